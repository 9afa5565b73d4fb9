"""People who write while parts die, and the book that is kept of it: nothing lost, nothing doubled.

Each writes down what they are about to send, on disk, before they send it, and what was answered
after it. At the end everything acknowledged must be there once, and what ended in an error not
or once; sent again under its key, exactly once.
"""

import contextlib
import http.client
import os
import random
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import MySQLdb

from loadtests import people
from loadtests.stack import HOST, Stack

PATIENCE_SECONDS = 40
REPLAY_TRIES = 30
FINE = {200, 302, 304}
READ = ("/dashboard/", "/dashboard/", "/notifications/count/", "/courses/", "/forum/")


def database() -> "MySQLdb.Connection":
    folder = Path(os.environ["ISME_RUN"]).parent
    socket = str(folder / "mariadb.sock")
    return MySQLdb.connect(unix_socket=socket, user="root", database="isme", autocommit=True)


def ask(statement: str) -> list[tuple]:
    with contextlib.closing(database()) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


class Crowd:
    """``users`` who read, one in ten of them writing replies; runs until the block ends."""

    def __init__(self, stack: Stack, cookies: list[str], thread: int, pauses: tuple[float, float]):
        self.stack = stack
        self.thread = thread
        self.pauses = pauses
        self.answers: Counter[int] = Counter()
        self.book: dict[str, tuple[str, int]] = {}  # key: (cookie, status; -1 until answered)
        self._lock = threading.Lock()
        self._over = threading.Event()
        # The clients' own disk: the server's may be full.
        self._file = tempfile.TemporaryFile("w", prefix="isme-ledger")  # noqa: SIM115 (as long as it lives)
        self._threads = [
            threading.Thread(target=self._live, args=(cookie, number % 10 == 0), daemon=True)
            for number, cookie in enumerate(cookies)
        ]

    def __enter__(self) -> Self:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join(PATIENCE_SECONDS)

    def _live(self, cookie: str, writes: bool) -> None:
        while not self._over.wait(random.uniform(*self.pauses)):
            if writes and random.random() < 0.5:
                self._write(cookie)
            else:
                status = self._send("GET", random.choice(READ), cookie)
                with self._lock:
                    self.answers[status] += 1

    def _note(self, *words: object) -> None:
        with self._lock:
            self._file.write(" ".join(map(str, words)) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def _write(self, cookie: str) -> None:
        key = uuid.uuid4().hex
        self._note("sends", key)
        self.book[key] = (cookie, -1)
        status = self.reply(cookie, key)
        self.book[key] = (cookie, status)
        self._note("got", key, status)
        with self._lock:
            self.answers[status] += 1

    def reply(self, cookie: str, key: str) -> int:
        csrf = cookie.rpartition("__Host-csrf=")[2]
        fields = {"body": f"buku {key}", "idempotency_key": key, "csrfmiddlewaretoken": csrf}
        return self._send("POST", f"/forum/t/{self.thread}/reply/", cookie, urlencode(fields))

    def _send(self, method: str, path: str, cookie: str, body: str | None = None) -> int:
        """The status, or 0 for no answer."""
        line = http.client.HTTPConnection(HOST, self.stack.port, timeout=PATIENCE_SECONDS)
        headers = {"Cookie": cookie, "Connection": "close"}
        if body is not None:
            headers["Content-Type"] = people.FORM
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        else:
            return answer.status
        finally:
            line.close()

    # --- At the end -----------------------------------------------------------------------------

    def settle(self) -> list[str]:
        """Compare the book with the database and send again what failed; what is wrong."""
        wrong = self._compare("before sending again")
        for key, (cookie, status) in list(self.book.items()):
            if status in {302, 429}:
                continue
            for _ in range(REPLAY_TRIES):
                again = self.reply(cookie, key)
                if again in {302, 429}:
                    break
                time.sleep(1)
            self.book[key] = (cookie, again)
        return wrong + self._compare("after sending again")

    def _compare(self, when: str) -> list[str]:
        rows = ask("SELECT body, COUNT(*) FROM forum_post WHERE body LIKE 'buku %' GROUP BY body")
        there = {str(body).split()[-1]: int(number) for body, number in rows}
        wrong = [f"{when}: {key} is there {n} times" for key, n in there.items() if n > 1]
        wrong += [
            f"{when}: {key} was acknowledged and is lost"
            for key, (_cookie, status) in self.book.items()
            if status == 302 and key not in there
        ]
        wrong += [
            f"{when}: {key} was refused and is there"
            for key, (_cookie, status) in self.book.items()
            if status == 429 and key in there
        ]
        return wrong + [
            f"{when}: {key} is in nobody's book" for key in there if key not in self.book
        ]


def overdue(seconds: int) -> int:
    """Jobs that should have begun so long ago, or whose worker is gone."""
    late = f"UTC_TIMESTAMP(6) - INTERVAL {int(seconds)} SECOND"
    rows = ask(
        "SELECT COUNT(*) FROM lib_job WHERE (state = 'pending' AND due_at < "
        f"{late}) OR (state = 'running' AND lease_until < {late})"
    )
    return int(rows[0][0])


def dead_jobs() -> int:
    return int(ask("SELECT COUNT(*) FROM lib_job WHERE state = 'dead'")[0][0])


def wrong_counters() -> list[str]:
    """Counted twice: what a thread says of its replies and what lies there."""
    rows = ask(
        "SELECT t.id, t.reply_count, COUNT(p.id) FROM forum_thread t JOIN forum_post p "
        "ON p.thread_id = t.id AND p.depth > 0 AND p.state = 'visible' "
        "WHERE t.title = 'Kacau' GROUP BY t.id HAVING t.reply_count <> COUNT(p.id)"
    )
    return [f"thread {pk} says {says} replies and has {has}" for pk, says, has in rows]
