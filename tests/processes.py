"""Real processes for tests that kill and freeze them: Redis servers and web processes."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from redis import Redis
from redis.exceptions import RedisError

PATIENCE_SECONDS = 45
REDIS = shutil.which("redis-server") or shutil.which("valkey-server")
FORM = "application/x-www-form-urlencoded"
PASSWORD = "a password for tests"
on_sqlite = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
real_processes = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(on_sqlite, reason="needs a database that other processes share"),
    pytest.mark.skipif(REDIS is None, reason="needs a Redis of its own"),
]


def until(
    condition: Callable[[], object],
    what: str = "",
    seconds: float = PATIENCE_SECONDS,
    *,
    log: Path | None = None,
) -> object:
    """Poll ``condition`` until it is true; its value. Fails with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            said = f"\n{log.read_text()}" if log and log.exists() else ""
            pytest.fail(f"waited {seconds:.0f} s for: {what or condition}{said}")
        time.sleep(0.02)
    return value


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url() -> str:
    """Return the address of the test database, for another process."""
    given = connection.settings_dict
    user = f"{given['USER']}:{quote(given['PASSWORD'])}@" if given["USER"] else ""
    host = given["HOST"] or "localhost"
    if host.startswith("/"):
        host = quote(host, safe="")
    port = f":{given['PORT']}" if given["PORT"] else ""
    unix_socket = given["OPTIONS"].get("unix_socket")
    return f"mysql://{user}{host}{port}/{given['NAME']}" + (
        f"?unix_socket={unix_socket}" if unix_socket else ""
    )


class PrivateRedis:
    """A Redis of the test's own, as production configures it ("cache" or "durable")."""

    def __init__(self, folder: Path, role: str) -> None:
        self.folder = folder
        self.role = role
        self.socket = folder / f"{role}.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def client(self) -> Redis:
        return Redis(unix_socket_path=str(self.socket))

    def start(self) -> None:
        data = self.folder / self.role
        data.mkdir(exist_ok=True)
        command = [REDIS, settings.BASE_DIR / "deploy" / "redis" / f"{self.role}.conf"]
        options = {"port": "0", "unixsocket": self.socket, "dir": data, "maxmemory": "64mb"}
        command += [str(word) for pair in options.items() for word in (f"--{pair[0]}", pair[1])]
        # As under systemd: a write that is too long is an error, no signal that kills.
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, restore_signals=False)
        until(self.socket.exists, f"the {self.role} Redis")

    def freeze(self) -> None:
        """Stop it where it stands; whoever asks it from now on has to connect anew, and can't."""
        with self.client as client:
            client.client_kill_filter(_type="normal", skipme=True)
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)
        with self.client as client:
            client.ping()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)


class Sentinels:
    """A Redis, its replica, and who watches over them; all of the test's own."""

    MASTER = "isme"

    def __init__(self, folder: Path, watchers: int = 3) -> None:
        self.folder = folder
        self.processes: dict[int, subprocess.Popen[bytes]] = {}
        self.first, self.second = free_port(), free_port()
        self._run("first", self.first, "save ''")
        self._run("second", self.second, f"save ''\nreplicaof 127.0.0.1 {self.first}")
        until(lambda: self._info(self.second).get("master_link_status") == "up", "the replica")
        self.watchers = [free_port() for _ in range(watchers)]
        for port in self.watchers:
            watched = f"sentinel monitor {self.MASTER} 127.0.0.1 {self.first} {watchers // 2 + 1}"
            times = [f"down-after-milliseconds {self.MASTER} 400"]
            times += [f"failover-timeout {self.MASTER} 3000"]
            lines = [watched, *(f"sentinel {one}" for one in times)]
            self._run(f"watcher-{port}", port, "\n".join(lines), "--sentinel")
        for port in self.watchers:
            until(lambda: self._sees_all(port), "the sentinels")  # noqa: B023

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.watchers)
        return f"redis+sentinel://{hosts}/{self.MASTER}/0"

    def kill_master(self) -> None:
        """At once, once its replica has all that it had."""
        with Redis(port=self.first) as client:
            client.execute_command("WAIT", 1, 2000)
        self.processes[self.first].kill()
        self.processes[self.first].wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()

    def _run(self, name: str, port: int, text: str, *words: str) -> None:
        place = self.folder / name
        place.mkdir()
        file = place / "conf"
        file.write_text(f"port {port}\nbind 127.0.0.1\ndir {place}\n{text}\n")
        command = [REDIS, str(file), *words]
        self.processes[port] = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def _info(self, port: int) -> dict[str, object]:
        try:
            with Redis(port=port) as client:
                return client.info("replication")
        except RedisError:
            return {}

    def _sees_all(self, port: int) -> bool:
        try:
            with Redis(port=port) as client:
                state = client.sentinel_master(self.MASTER)
        except RedisError:
            return False
        others = len(self.watchers) - 1
        return state["num-other-sentinels"] == others and state["num-slaves"] == 1


class Web:
    """One gunicorn of its own, with the points of tests/faults.py at which it can be held."""

    def __init__(self, folder: Path, name: str, **environment: str) -> None:
        self.folder = folder / name
        self.folder.mkdir()
        self.log = self.folder / "log"
        self.port = free_port()
        command = [str(Path(sys.executable).with_name("gunicorn"))]
        command += ["-c", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{self.port}"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "tests.faults:application"],
                cwd=settings.BASE_DIR,
                env={
                    **os.environ,
                    # Near production's 0.15, and patient with a busy machine: a slow Redis that is
                    # taken for a dead one raises the fence that a test wants to see down.
                    "ISME_TEST_REDIS_SECONDS": "0.5",
                    **environment,
                    "ISME_FAULTS": str(self.folder),
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def fault(self, path: str, **fields: object) -> int:
        """Ask what only tests/faults.py answers; the status, 0 when nobody does."""
        return Visitor().post(self, f"/faults/{path}/", **fields)

    def ready(self) -> "Web":
        until(lambda: self.fault("reset") == 204, "a web process", log=self.log)
        return self

    @contextmanager
    def held(self, point: str) -> Iterator[Callable[[], int]]:
        """Hold the process at ``point``; gives a function that waits for it and tells its pid."""
        gate, mark = self.folder / f"hold-{point}", self.folder / f"at-{point}"
        mark.unlink(missing_ok=True)
        gate.touch()

        def arrived() -> int:
            until(mark.exists, f"the process at {point}", log=self.log)
            return int(mark.read_text())

        try:
            yield arrived
        finally:
            gate.unlink(missing_ok=True)

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Visitor:
    """Somebody's browser: keeps its cookies, whichever process it asks."""

    def __init__(self) -> None:
        self.cookies = {settings.CSRF_COOKIE_NAME: "c" * 32}

    def get(self, web: Web, path: str = "/dashboard/") -> int:
        return self._ask(web, "GET", path)

    def post(self, web: Web, path: str, **fields: object) -> int:
        token = {"csrfmiddlewaretoken": self.cookies[settings.CSRF_COOKIE_NAME]}
        return self._ask(web, "POST", path, urlencode({**token, **fields}))

    def upload(self, web: Web, path: str, **fields: object) -> int:
        token = {"csrfmiddlewaretoken": self.cookies[settings.CSRF_COOKIE_NAME]}
        body = encode_multipart(BOUNDARY, {**token, **fields})
        return self._ask(web, "POST", path, body, MULTIPART_CONTENT)

    def sign_in(self, web: Web, login: str, password: str = PASSWORD) -> int:
        return self.post(web, settings.LOGIN_URL, login=login, password=password)

    def sign_out(self, web: Web) -> int:
        return self.post(web, "/accounts/logout/")

    def copy(self) -> "Visitor":
        """Somebody who has noted the cookies of now."""
        other = Visitor()
        other.cookies = dict(self.cookies)
        return other

    def _ask(
        self, web: Web, method: str, path: str, body: str | bytes | None = None, kind: str = FORM
    ) -> int:
        line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE_SECONDS)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Connection": "close",
            **({"Content-Type": kind} if body else {}),
        }
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            for header in answer.headers.get_all("Set-Cookie", []):
                for name, morsel in SimpleCookie(header).items():
                    self.cookies[name] = morsel.value
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        else:
            return answer.status
        finally:
            line.close()
