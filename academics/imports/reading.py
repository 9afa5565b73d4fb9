"""The parent's side of reading a file: starts the child, holds it to its limits, yields rows."""

import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

CHILD = Path(__file__).with_name("child.py")
MOST_ROWS = 20_000
MOST_COLUMNS = 60
WALL_SECONDS = 60  # of the clock, also when the child waits; its CPU time is limited to 20 s
MOST_LINE_BYTES = 1024 * 1024
MOST_OUTPUT_BYTES = 128 * 1024 * 1024
COPY_BYTES = 64 * 1024
FORMATS = {".xlsx": "xlsx", ".csv": "csv"}
logger = logging.getLogger(__name__)


class Unreadable(Exception):
    """The file as a whole can't be taken. ``code`` and ``params`` are for messages.explain."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class SheetRow:
    """One row with content, as the sheet has it. Cells as child.plain makes them."""

    sheet: str
    number: int
    cells: list[Any]


def read(file: IO[bytes], *, suffix: str, rows: int = MOST_ROWS) -> Iterator[SheetRow]:
    """Yield the rows of every visible sheet in order. Raises Unreadable, also after some rows.

    ``file`` may come from any storage; the child gets a copy that is a real file.
    """
    asked = {"format": FORMATS[suffix.lower()], "rows": rows, "columns": MOST_COLUMNS}
    with tempfile.TemporaryFile() as copy:
        while chunk := file.read(COPY_BYTES):
            copy.write(chunk)
        copy.seek(0)
        with _child(copy, asked) as (output, ended):
            yield from _rows(output, ended)


@contextmanager
def _child(copy: IO[bytes], asked: dict[str, Any]) -> Iterator[tuple[IO[bytes], Any]]:
    """A reader that knows no secret: its environment is empty. It never outlives this block."""
    with subprocess.Popen(
        [sys.executable, "-I", str(CHILD), json.dumps(asked)],
        stdin=copy,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"OPENPYXL_LXML": "False", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"},
        close_fds=True,
    ) as process:
        alarm = threading.Timer(WALL_SECONDS, process.kill)
        alarm.start()
        try:
            assert process.stdout is not None  # noqa: S101 (asked for a pipe)
            yield process.stdout, process.wait
        finally:
            alarm.cancel()
            process.kill()


def _rows(output: IO[bytes], ended: Any) -> Iterator[SheetRow]:
    sheet, total = "", 0
    while line := output.readline(MOST_LINE_BYTES):
        total += len(line)
        if total > MOST_OUTPUT_BYTES or not line.endswith(b"\n"):
            raise Unreadable("too_heavy")  # leaving the block kills the child, which is blocked
        said = json.loads(line)
        if isinstance(said, list):
            yield SheetRow(sheet, said[0], said[1])
        elif "sheet" in said:
            sheet = said["sheet"]
        elif "done" in said:
            return
        else:
            code = said.pop("refused")
            raise Unreadable(code, **said)
    logger.warning("reading a spreadsheet ended with %s after %s bytes", ended(), total)
    raise Unreadable("too_heavy")
