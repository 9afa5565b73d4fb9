"""People at work for half an hour, and what each part holds in memory each minute: no growth."""

import csv
import os
import threading
import time
from pathlib import Path
from statistics import mean
from typing import Self

from loadtests.days import enough, start_locust
from loadtests.people import Unexpected
from loadtests.report import FOLDER, WRONG, Section, table
from loadtests.stack import Stack

EVERY_SECONDS = 60
# A part may breathe by so much between the second and the last third of the time.
LEEWAY = 0.04
LEEWAY_MB = 6.0
# It fills its buffer pool for as long as new rows are read: isme.cnf bounds it.
BOUNDED = "MariaDB"


class Watch:
    """Memory of each part in MB, once a minute until the block ends."""

    def __init__(self, stack: Stack, every: float) -> None:
        self.stack, self.every = stack, every
        self.seen: list[dict[str, float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(self.every):
            self.seen.append(self.stack.memory())


def growth(values: list[float]) -> float:
    """MB by which the last third lies above the second; the first is for warming up."""
    third = len(values) // 3
    return mean(values[-third:]) - mean(values[third : len(values) - third])


def grown(seen: list[dict[str, float]]) -> list[str]:
    """What to say of each part that grew."""
    said = []
    for part in seen[0]:
        values = [one[part] for one in seen]
        allowed = max(LEEWAY_MB, LEEWAY * mean(values))
        if part != BOUNDED and growth(values) > allowed:
            said.append(f"{part} grew by {growth(values):.0f} MB in a third of the time")
    return said


def soak(stack: Stack, users: int, seconds: float) -> list[Section]:
    """``users`` of the mix for ``seconds`` after the last is in. Raises Unexpected."""
    enough(users)
    prefix = Path(os.environ["ISME_VAR"], f"soak-{users}")
    FOLDER.mkdir(exist_ok=True)
    every = min(EVERY_SECONDS, seconds / 6)
    with Path(f"{prefix}.log").open("wb") as log:
        locust = start_locust(stack, users, seconds, prefix, log)
        while not Path(f"{prefix}.in").exists() and locust.poll() is None:
            time.sleep(0.2)
        with Watch(stack, every) as watch:
            locust.wait()
    file = Path(f"{prefix}_stats.csv")
    if not file.exists() or len(watch.seen) < 3:
        raise Unexpected(f"locust did not run:\n{Path(f'{prefix}.log').read_text()}")
    with file.open(newline="") as handle:
        [total] = [row for row in csv.DictReader(handle) if row["Name"] == "Aggregated"]
    wrong = grown(watch.seen) + refused(Path(f"{prefix}_failures.csv"))
    return _sections(users, seconds, watch, total, wrong)


def refused(file: Path) -> list[str]:
    """What locust says of each kind of request that failed, and when: the logs go with the run."""
    with file.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [
        f"{row['Occurrences']} times {row['Name']} failed, {row['First Seen']} to "
        f"{row['Last Seen']}: {row['Error']}"
        for row in rows
    ]


def _sections(
    users: int, seconds: float, watch: Watch, total: dict[str, str], wrong: list[str]
) -> list[Section]:
    seen, failed = watch.seen, int(total["Failure Count"])
    parts = [*seen[0]]
    rows = [
        [f"{number * watch.every / 60:.4g}", *(f"{one[part]:.1f}" for part in parts)]
        for number, one in enumerate(seen, 1)
    ]
    change = [f"{growth([one[part] for one in seen]):+.1f}" for part in parts]
    rows.append(["last third over second", *change])
    text = (
        f"{users:,} people of the mix for {seconds / 60:.4g} minutes after the last came in: "
        f"{int(total['Request Count']):,} requests, {failed} failed. Proportional set size in MB; "
        f"{BOUNDED} may fill its buffer pool. " + ("No part grew." if not wrong else "WRONG:")
    )
    found = [Section("Soak", text, table(["minute", *parts], rows))]
    if wrong:
        found.append(Section(WRONG, "\n".join(f"* {one}" for one in wrong), ""))
    return found
