"""script/server as somebody starts it on a laptop: how soon there is a page, what it holds idle."""

import contextlib
import http.client
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

from loadtests.people import LOGIN, Unexpected
from loadtests.report import Section, table
from loadtests.stack import HOST, free_port

START_SECONDS, STOP_SECONDS = 600, 60
SETTLE_SECONDS = 10
POLL_SECONDS = 0.02
# What loadtests/run set for its own servers must not reach this one.
KEPT = {"PATH", "HOME", "LANG", "TMPDIR", "ISME_VENV"}
PARTS = (
    ("gunicorn", "web"),
    ("celery", "workers and beat"),
    ("valkey-server", "embedded servers"),
    ("supervisor", "supervisor"),
)


class Laptop:
    """One run of script/server, with its state in ``var``."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port()
        self.started = time.monotonic()
        kept = {k: v for k, v in os.environ.items() if k in KEPT or k.startswith("PIP_")}
        with (var.parent / "output").open("wb") as output:
            self.process = subprocess.Popen(
                [Path(os.environ["ISME_ROOT"], "script", "server")],
                env={**kept, "ISME_VAR": str(var), "PORT": str(self.port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def first_page(self) -> float:
        """Seconds from the command to the first page."""
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > self.started + START_SECONDS:
                said = (self.var.parent / "output").read_text(errors="replace")
                raise Unexpected(f"script/server gave no page:\n{said}")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - self.started

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", LOGIN, headers={"Connection": "close"})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def memory(self) -> dict[str, float]:
        """MB of each part, shared pages counted once, when all of them have started."""
        logs = [self.var / "log" / f"{lane}.log" for lane in ("critical", "bulk")]
        until = time.monotonic() + START_SECONDS
        while not all(log.exists() and " ready." in log.read_text() for log in logs):
            if time.monotonic() > until:
                raise Unexpected("script/server's workers did not start")
            time.sleep(POLL_SECONDS)
        time.sleep(SETTLE_SECONDS)
        found = {name: 0.0 for _word, name in PARTS} | {"console": 0.0}
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if process.environ().get("ISME_VAR") == str(self.var):
                    line = " ".join(process.cmdline())
                    name = next((name for word, name in PARTS if word in line), "console")
                    found[name] += process.memory_full_info().pss / 2**20
        return found

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()


def laptop(runs: int) -> list[Section]:
    """Set it up once, then start it ``runs`` times as on any later day."""
    print("  script/server ...", end=" ", flush=True)
    waits: list[float] = []
    memory: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="isme-laptop-") as folder:
        for number in range(runs + 1):
            server = Laptop(Path(folder, "var"))
            try:
                waits.append(server.first_page())
                if number == runs:
                    memory = server.memory()
            finally:
                server.stop()
    first, *later = waits
    print(", ".join(f"{wait:.1f} s" for wait in waits), flush=True)
    rows = [[name, f"{held:.0f}"] for name, held in memory.items()]
    rows.append(["all", f"{sum(memory.values()):.0f}"])
    text = (
        f"A start on any later day shows its first page after {min(later):.1f}-{max(later):.1f} s "
        f"({runs} starts); the first, with migrations and the demo faculty but without installing "
        f"dependencies, after {first:.0f} s. MB (PSS: shared pages count once) {SETTLE_SECONDS} s "
        "after everything had started, nobody there:"
    )
    return [Section("script/server", text, table(["part", "idle"], rows))]
