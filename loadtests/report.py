"""What was measured, as Markdown that reads well in a terminal too."""

import os
import platform
import statistics
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil
from argon2.low_level import Type, hash_secret

FOLDER = Path(__file__).resolve().parent / "reports"
# A section of this name: the promises were not kept, and the command fails.
WRONG = "What went wrong"
HASHES = 5


@dataclass(frozen=True)
class Section:
    title: str
    text: str
    table: str


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; all columns but the first are numbers and stand to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(cells: list[str]) -> str:
        first, *others = [
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "| " + " | ".join([first, *others]) + " |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(head), line(rule), *(line(row) for row in rows)])


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def hash_milliseconds() -> float:
    """How long a password's hash takes by itself, on the CPU: machines of one name differ."""
    times = []
    for _time in range(HASHES):
        began = time.thread_time()
        hash_secret(
            b"password", b"saltsaltsaltsalt",
            time_cost=2, memory_cost=19456, parallelism=1, hash_len=32, type=Type.ID,
        )  # fmt: skip
        times.append(1000 * (time.thread_time() - began))
    return statistics.median(times)


def machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    cores = len(os.sched_getaffinity(0))
    changed = " with changes" if _output("git", "status", "--porcelain") else ""
    load = os.getloadavg()[0]
    return (
        f"{cores} cores ({_processor()}), {memory:.0f} GB; Python {platform.python_version()}; "
        f"commit {_output('git', 'rev-parse', '--short', 'HEAD')}{changed}; "
        f"load {load:.1f} at the end; a password's hash takes {hash_milliseconds():.0f} ms of CPU. "
        "Generator on the same machine; loopback, no TLS, no nginx."
    )


def write(profile: str, sections: list[Section]) -> Path:
    """Print the report and keep it; the last one of a day stays."""
    now = datetime.now().astimezone()
    parts = [
        f"# loadtests/run {profile}, {now:%Y-%m-%d %H:%M}",
        machine(),
        *(f"## {one.title}\n\n{one.text}\n\n{one.table}".rstrip() for one in sections),
    ]
    text = "\n\n".join(parts) + "\n"
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / f"{now:%Y-%m-%d}-{profile}.md"
    file.write_text(text)
    print(f"\n{text}\nWritten to {file}", flush=True)
    return file
