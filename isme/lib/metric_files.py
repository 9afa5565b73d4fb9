"""The files in which processes count, added up; those of processes that ended are kept in one.

A counter must never fall: Prometheus would take the rest for new events. So what an ended
process counted is added to the file of the ended before its own is deleted.
"""

import fcntl
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

ENDED = "ended"


@contextmanager
def added_up(folder: Path) -> Iterator[CollectorRegistry]:
    """Give a registry of what all processes counted, living and ended. One at a time."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fold_ended(folder)
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
        yield registry


def living(folder: Path) -> list[int]:
    """The processes that count here and still live."""
    return sorted({pid for _path, pid in _files(folder) if Path(f"/proc/{pid}").exists()})


def fold_ended(folder: Path) -> None:
    """Add the files of ended processes to the file of the ended, and delete them."""
    for path, pid in _files(folder):
        if Path(f"/proc/{pid}").exists():
            continue
        kind = path.name.partition("_")[0]
        kept = MmapedDict(str(folder / f"{kind}_{ENDED}.db"))  # type: ignore[no-untyped-call]
        try:
            # A process that is killed while it creates its file leaves half a one.
            with suppress(RuntimeError, ValueError, struct.error):
                _add(path, kept)
        finally:
            kept.close()  # type: ignore[no-untyped-call]
        path.unlink(missing_ok=True)


def _add(path: Path, kept: MmapedDict) -> None:
    rows = list(MmapedDict.read_all_values_from_file(str(path)))  # type: ignore[no-untyped-call]
    for key, value, _timestamp, _position in rows:
        before, _then = kept.read_value(key)  # type: ignore[no-untyped-call]
        kept.write_value(key, before + value, 0.0)  # type: ignore[no-untyped-call]


def _files(folder: Path) -> list[tuple[Path, int]]:
    """The files of processes, ``<kind>_<pid>.db``, with the process's number."""
    found = []
    for path in sorted(folder.glob("*_*.db")):
        pid = path.stem.partition("_")[2]
        if pid.isdigit():
            found.append((path, int(pid)))
    return found
