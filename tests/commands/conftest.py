"""Starts script/server as a person would: in a terminal of its own, with nothing prepared."""

import http.client
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tests.processes import PATIENCE_SECONDS, free_port, until

ROOT = Path(__file__).resolve().parents[2]
# How long a slow machine may take. Nothing waits longer than it must: all of it polls.
START_SECONDS = 120
CHANGE_SECONDS = PATIENCE_SECONDS

# What script/test exports for its own tests must not reach a server that a person would start.
KEPT = {"PATH", "HOME", "LANG", "TMPDIR", "ISME_VENV"}


def plain_environment(**extra: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in KEPT or k.startswith("PIP_")}
    return {**kept, **extra}


def status_of(port: int, path: str = "/livez") -> int:
    """Return the status of one request; 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def child_of(parent: int, found: Iterable[psutil.Process]) -> psutil.Process | None:
    """Return the one of ``found`` that ``parent`` started; a process may end while asked."""
    for process in found:
        try:
            if process.ppid() == parent:
                return process
        except psutil.NoSuchProcess:
            continue
    return None


def is_alive(process: psutil.Process) -> bool:
    """Whether it still does something; a dead one that nobody has asked for yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Server:
    """One script/server with a state folder and a port of its own."""

    def __init__(self, folder: Path, **extra: str) -> None:
        self.var = folder / "var"
        self.port = free_port()
        self.output_path = folder / f"output-{self.port}"
        env = plain_environment(
            ISME_VAR=str(self.var),
            PORT=str(self.port),
            TMPDIR=str(folder),  # what killed processes leave there goes with the test
            **{"DEMO": "0", **extra},
        )
        with self.output_path.open("wb") as output:
            self.process = subprocess.Popen(
                [ROOT / "script" / "server"],
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own, like a terminal's
            )

    @property
    def output(self) -> str:
        return self.output_path.read_text(errors="replace")

    @property
    def sockets(self) -> Path:
        lines = (self.var / "run" / "instance").read_text().splitlines()
        return Path(dict(line.split("=", 1) for line in lines)["run"])

    def ready(self) -> "Server":
        def announced() -> bool:
            if self.process.poll() is not None:
                pytest.fail(f"script/server ended:\n{self.output}")
            return "Stop with Ctrl-C." in self.output

        until(announced, f"the address on the console of\n{self.output}", START_SECONDS)
        return self

    def processes(self, *words: str) -> dict[int, psutil.Process]:
        """Return all its processes, or those whose command line holds each of ``words``."""
        found = {}
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("ISME_VAR") == str(self.var)
                line = " ".join(process.cmdline())
                alive = process.status() != psutil.STATUS_ZOMBIE
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            if ours and alive and all(word in line for word in words):
                found[process.pid] = process
        return found

    def top(self, *words: str) -> psutil.Process:
        """Return the one of them that the supervisor itself started."""
        supervisor = self.supervisor.pid
        return until(
            lambda: child_of(supervisor, self.processes(*words).values()), f"{words} running"
        )

    @property
    def supervisor(self) -> psutil.Process:
        # What it forks looks like itself for a moment: only the console's own child is it.
        return until(
            lambda: child_of(self.process.pid, self.processes("supervisor.supervisord").values()),
            "the supervisor",
        )

    def ctrl_c(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=CHANGE_SECONDS)

    def gone(self) -> bool:
        return not self.processes()

    def destroy(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=CHANGE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        for process in self.processes().values():
            process.kill()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers in one state folder; all of them are gone after the test."""
    started: list[Server] = []

    def start_one(**extra: str) -> Server:
        server = Server(tmp_path, **extra)
        started.append(server)
        return server

    yield start_one
    for server in started:
        server.destroy()


@pytest.fixture
def set_up_before(tmp_path: Path) -> None:
    """The state folder as a start before left it, from what script/test has made for itself.

    For tests of what happens once a server runs: collecting and compressing the static files
    and migrating take 15 s of CPU at a first start, which test_one_server_from_start_... makes.
    """
    var, made = tmp_path / "var", Path(os.environ.get("ISME_VAR", "none"))
    static = Path(settings.STATIC_ROOT)
    if static.is_relative_to(made) and (static / "staticfiles.json").exists():
        shutil.copytree(static, var / "static")
        (var / "static" / ".collected").touch()
    if (made / "db.sqlite3").exists():
        var.mkdir(exist_ok=True)
        shutil.copy(made / "db.sqlite3", var)
