"""How long people wait who use ISME as people do (locust)."""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

from loadtests.people import Unexpected
from loadtests.report import Section, table
from loadtests.stack import HOST, Stack

SIGN_INS_PER_SECOND = 17  # a thousand people in a minute


def journeys(stack: Stack, users: int, seconds: float) -> list[Section]:
    """Let ``users`` come at the rate of a busy morning and go on for ``seconds`` in all."""
    prefix = Path(os.environ["ISME_VAR"], "locust")
    print(f"  {users:,} people, {seconds:g} s ...", flush=True)
    command = [sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", "--headless"]
    command += ["--users", str(users), "--spawn-rate", str(SIGN_INS_PER_SECOND)]
    command += ["--run-time", f"{seconds:g}s", "--host", f"http://{HOST}:{stack.port}"]
    command += ["--csv", str(prefix), "--only-summary", "--loglevel", "WARNING"]
    before, started = stack.cpu(), time.monotonic()
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": os.environ["ISME_ROOT"]},
        capture_output=True,
        text=True,
        check=False,
    )
    elapsed, after = time.monotonic() - started, stack.cpu()
    file = Path(f"{prefix}_stats.csv")
    if not file.exists():
        raise Unexpected(f"locust did not run:\n{done.stdout}{done.stderr}")
    with file.open(newline="") as handle:
        rows = [_row(one) for one in csv.DictReader(handle)]
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
    cores = sum(after[name] - before[name] for name in after) / elapsed
    text = (
        f"{users:,} people come at {SIGN_INS_PER_SECOND} a second, sign in, then read a page "
        f"every 5-10 s; {elapsed:.0f} s in all, coming included. The set-up used {cores:.2f} "
        "cores (the generator's are not among them). Milliseconds."
    )
    head = ["page", "requests", "failed", "per second", "p50", "p95", "p99"]
    return [Section("Journeys", text, table(head, rows))]


def _row(one: dict[str, str]) -> list[str]:
    return [
        "all" if one["Name"] == "Aggregated" else one["Name"],
        f"{int(one['Request Count']):,}",
        f"{int(one['Failure Count']):,}",
        f"{float(one['Requests/s']):.1f}",
        *(one[part] for part in ("50%", "95%", "99%")),
    ]
