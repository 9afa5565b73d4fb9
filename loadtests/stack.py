"""The running production set-up: starting and stopping it, what it burns and what it holds."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import MySQLdb
import psutil
from redis import Redis

HOST = "127.0.0.1"
READY_SECONDS = 90
STOP_SECONDS = 45
GROUPS = ("web", "workers and beat", "supervisor", "MariaDB", "Redis")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """What the supervisor runs, and the databases that loadtests/run started before."""

    port: int
    process: "subprocess.Popen[bytes] | None" = None
    services: list[psutil.Process] = field(default_factory=list)

    def groups(self) -> dict[str, list[psutil.Process]]:
        """Every process of ours under what it is."""
        found: dict[str, list[psutil.Process]] = {name: [] for name in GROUPS}
        for service in self.services:
            found["MariaDB" if service.name().startswith("maria") else "Redis"].append(service)
        if self.process is not None:
            supervisor = psutil.Process(self.process.pid)
            found["supervisor"].append(supervisor)
            for child in supervisor.children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    web = any("gunicorn" in word for word in child.cmdline())
                    found["web" if web else "workers and beat"].append(child)
        return found

    def memory(self) -> dict[str, float]:
        """MB of each group: proportional set size, so that shared pages count once."""
        return {
            name: sum(one.memory_full_info().pss for one in processes) / 2**20
            for name, processes in self.groups().items()
        }

    def cpu(self) -> dict[str, float]:
        """CPU seconds that each group has burnt so far."""
        return {
            name: sum(sum(one.cpu_times()[:2]) for one in processes)
            for name, processes in self.groups().items()
        }

    def traffic(self) -> tuple[int, int]:
        """How many statements MariaDB and commands both Redis have carried out so far."""
        folder = Path(os.environ["ISME_RUN"]).parent
        database = MySQLdb.connect(unix_socket=str(folder / "mariadb.sock"), user="root")
        with contextlib.closing(database), database.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
            statements = int(cursor.fetchone()[1])
        commands = 0
        for name in ("REDIS_CACHE_URL", "REDIS_DURABLE_URL"):
            with Redis.from_url(os.environ[name]) as client:
                commands += int(client.info("stats")["total_commands_processed"])
        return statements, commands

    def respond(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", "/readyz", headers={"Connection": "close"})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def logs(self) -> str:
        """The end of every log: what to look at when something did not work."""
        files = sorted(Path(os.environ["ISME_VAR"], "log").glob("*.log"))
        return "\n".join(
            f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-15:])
            for path in files
        )


@contextlib.contextmanager
def running(parts: str, extra: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Run ``parts`` of deploy/supervisor until the block ends, whatever ends it."""
    stack = Stack(free_port())
    pids = os.environ["ISME_SERVICE_PIDS"].split()
    stack.services = [psutil.Process(int(pid)) for pid in pids]
    environment = {
        **os.environ,
        **(extra or {}),
        "ISME_PARTS": parts,
        "ISME_SOCKET": f"tcp://{HOST}:{stack.port}",
    }
    command = [sys.executable, "-m", "supervisor.supervisord", "-n"]
    command += ["-c", "deploy/supervisor/supervisord.conf"]
    # Of its own session: Ctrl-C reaches only us, and we stop it in order.
    stack.process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        _wait_until_ready(stack)
        yield stack
    finally:
        stop(stack.process)


def _wait_until_ready(stack: Stack) -> None:
    until = time.monotonic() + READY_SECONDS
    while not stack.respond():
        if stack.process is None or stack.process.poll() is not None or time.monotonic() > until:
            sys.exit(f"The production set-up did not start.\n{stack.logs()}")
        time.sleep(0.2)


def stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        children = psutil.Process(process.pid).children(recursive=True)
        for one in [psutil.Process(process.pid), *children]:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()
