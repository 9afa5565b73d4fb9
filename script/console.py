"""Runs the whole system in the foreground: starts the supervisor, shows what matters, stops it.

The last step of script/server. Standard library only.
"""

from __future__ import annotations

import ctypes
import http.client
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from local import INSTANCE, say, stop_instance, write_instance

FIRST_PAGE = "/accounts/login/"
READY_SECONDS = 60
# Web processes that died this often before the first page answered will not come up.
START_FAILURES = 4
POLL_SECONDS = 0.25
EVERYWHERE = "0.0.0.0"
# In the log files, not on the console: "spawned" says it already; a sweep every 10 seconds.
ROUTINE = (b" INFO success: ", b" INFO celery.")
LOGS = ("supervisord", "web-0", "web-1", "critical", "bulk", "beat", "cache", "durable")


class Follower:
    """Prints what is appended to a log from now on; survives its rotation."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.label = path.stem
        self.handle: BinaryIO | None = None
        self.rest = b""
        self._open(at_end=True)

    def _open(self, *, at_end: bool) -> None:
        try:
            self.handle = self.path.open("rb")
        except OSError:
            self.handle = None
            return
        if at_end:
            self.handle.seek(0, os.SEEK_END)

    def show(self) -> None:
        if self.handle is None:
            self._open(at_end=False)
            if self.handle is None:
                return
        self._drain()
        try:
            now = self.path.stat()
        except OSError:
            return
        then = os.fstat(self.handle.fileno())
        if (now.st_ino, now.st_dev) != (then.st_ino, then.st_dev):
            self.handle.close()
            self._open(at_end=False)
            self._drain()

    def _drain(self) -> None:
        if self.handle is None:
            return
        *lines, self.rest = (self.rest + self.handle.read()).split(b"\n")
        for line in lines:
            if any(words in line for words in ROUTINE):
                continue
            say(f"{self.label:<11} | {line.decode(errors='replace')}")


def last_lines(path: Path, count: int = 25) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def first_page(host: str, port: int) -> int:
    """Return the status of the page that people see first. 0: nobody answers."""
    # Not urllib: a proxy from the environment has no business between us and ourselves.
    connection = http.client.HTTPConnection(
        "127.0.0.1" if host == EVERYWHERE else host,
        port,
        timeout=10,
    )
    try:
        connection.request("GET", FIRST_PAGE, headers={"Connection": "close"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _tie_to(parent: int) -> Callable[[], None]:
    """Make the supervisor a session of its own that ends with us, however we end.

    Of its own: Ctrl-C and a closed terminal then reach only us, and we stop it in order
    (a hang-up would make it reload). Ends with us: Linux sends it TERM when we die.
    """
    try:
        prctl = ctypes.CDLL(None).prctl
    except (AttributeError, OSError):
        return os.setsid

    def tie() -> None:
        os.setsid()
        prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return tie


class System:
    """The supervisor and all that it runs, from start to the last process gone."""

    def __init__(self) -> None:
        env = os.environ
        self.var = Path(env["ISME_VAR"])
        self.run = Path(env["ISME_RUN"])
        self.token = env[INSTANCE]
        self.host, self.port = env["HOST"], int(env["PORT"])
        shown = "127.0.0.1" if self.host == EVERYWHERE else self.host
        self.url = f"http://{shown}:{self.port}/"
        self.signals = 0
        self.status = 0
        self.ready = threading.Event()
        self.log = self.var / "log" / "supervisord.log"
        self.log_start = self.log.stat().st_size if self.log.exists() else 0
        self.followers: list[Follower] = []

    def supervise(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        write_instance(
            self.var, token=self.token, pid=str(os.getpid()), url=self.url, run=str(self.run)
        )
        root = os.environ["ISME_ROOT"]
        conf = f"{root}/deploy/supervisor/supervisord.conf"
        self.supervisor = subprocess.Popen(
            [os.environ["ISME_PYTHON"], "-m", "supervisor.supervisord", "-n", "-c", conf],
            cwd=root,
            stdin=subprocess.DEVNULL,
            preexec_fn=_tie_to(os.getpid()),  # noqa: PLW1509
        )
        try:
            return self._watch()
        finally:
            self._clean()

    def _on_signal(self, _number: int, _frame: object) -> None:
        self.signals += 1

    def _watch(self) -> int:
        threading.Thread(target=self._wait_for_page, daemon=True).start()
        deadline = time.monotonic() + READY_SECONDS
        while not self.signals:
            if self.supervisor.poll() is not None:
                return self._supervisor_gone()
            if self.ready.is_set():
                self._announce()
                break
            if time.monotonic() > deadline or self._deaths() >= START_FAILURES:
                return self._not_ready()
            time.sleep(POLL_SECONDS / 2)
        while not self.signals:
            if self.supervisor.poll() is not None:
                return self._supervisor_gone()
            self._follow()
            time.sleep(POLL_SECONDS)
        return self._stop()

    def _wait_for_page(self) -> None:
        while not self.ready.is_set() and not self.signals:
            self.status = first_page(self.host, self.port)
            if 0 < self.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                self.ready.set()
            else:
                time.sleep(POLL_SECONDS / 2)

    def _deaths(self) -> int:
        try:
            with self.log.open("rb") as log:
                log.seek(self.log_start)
                return log.read().count(b" exited: web_")
        except OSError:
            return 0

    def _announce(self) -> None:
        lines = ["", f"ISME is running:  {self.url}", ""]
        if os.environ.get("DEMO") == "1":
            password = os.environ.get("ISME_DEMO_PASSWORD", "")
            lines += [
                f"  Demo accounts, all with the password  {password}",
                "    admin      super admin",
                "    akademik   academic office",
                "    dosen001   lecturer",
                "    mhs0001    student",
                "",
            ]
        if self.host == EVERYWHERE:
            lines += [f"  HOST={EVERYWHERE}: everybody on your network reaches this server.", ""]
        lines += [f"  State and logs: {self.var}", "  Stop with Ctrl-C.", ""]
        say("\n".join(lines))
        self.followers = [Follower(self.var / "log" / f"{name}.log") for name in LOGS]

    def _follow(self) -> None:
        for follower in self.followers:
            follower.show()

    def _not_ready(self) -> int:
        answer = f"answers with status {self.status}" if self.status else "does not answer"
        say(f"\nThe first page {answer}. The last lines of {self.var / 'log' / 'web-0.log'}:\n")
        say(last_lines(self.var / "log" / "web-0.log"))
        self._stop()
        return 1

    def _supervisor_gone(self) -> int:
        self._follow()
        code = self.supervisor.returncode
        say(f"\nThe supervisor ended by itself ({_how_ended(code)}); stopping what it ran ...")
        if not self.followers:
            say(last_lines(self.log))
        stop_instance(self.token)
        return 1

    def _stop(self) -> int:
        say("\nStopping ... (Ctrl-C again: at once)")
        asked = self.signals
        self.supervisor.terminate()
        while self.supervisor.poll() is None:
            if self.signals > max(asked, 1):
                self.supervisor.kill()
                stop_instance(self.token, at_once=True)
            time.sleep(POLL_SECONDS / 5)
        stop_instance(self.token)
        say("Stopped.")
        return 0

    def _clean(self) -> None:
        (self.var / "run" / "instance").unlink(missing_ok=True)
        if self.run != self.var / "run":
            shutil.rmtree(self.run, ignore_errors=True)


def _how_ended(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit status {code}"


if __name__ == "__main__":
    sys.exit(System().supervise())
