"""The whole way in: the form, the password, and the first page that somebody sees.

wrk can't follow it, because each page needs what the one before gave. Here a few threads do, as
browsers would: one after the other, and again when the door asks to. They read no more of an
answer than they need: what Python's own client takes is taken from the sign-ins that are counted.
"""

import http
import itertools
import re
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from loadtests import people
from loadtests.stack import HOST

# As many as always find a place before the hashes: two hash, four wait. Of eight some are told to
# come again, and while they wait out their two seconds a quarter of a core has nothing to do.
AT_ONCE = 6
HOME = "/dashboard/"


@dataclass
class Walks:
    """What the threads saw: seconds of each finished way, bytes, and how often all was full."""

    seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    busy: int = 0
    errors: list[str] = field(default_factory=list)

    def quantile(self, part: int) -> float:
        """Milliseconds below which ``part`` of a hundred ways took."""
        return 1000 * statistics.quantiles(self.seconds, n=100)[part - 1]


def walk_in(port: int, browsers: dict[int, str], seconds: float) -> Walks:
    """Sign these people in, in turn, for ``seconds``; ``browsers``: the device of each, or ""."""
    walks, lock = Walks(), threading.Lock()
    turns = itertools.cycle(browsers.items())
    until = time.monotonic() + seconds

    def work() -> None:
        with Line(port) as line:
            while time.monotonic() < until and not walks.errors:
                with lock:
                    number, device = next(turns)
                started = time.perf_counter()
                try:
                    sizes = list(_way(line, people.student(number), device, walks))
                except (OSError, people.Unexpected) as error:
                    walks.errors.append(repr(error))
                    return
                with lock:
                    walks.seconds.append(time.perf_counter() - started)
                    walks.sizes.append(sum(sizes))

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if walks.errors:
        raise people.Unexpected(walks.errors[0])
    return walks


class Line:
    """A kept connection to ISME, for answers that say how long they are."""

    LENGTH = re.compile(rb"^content-length: *(\d+)\r$", re.IGNORECASE | re.MULTILINE)
    COOKIE = re.compile(rb"^set-cookie: *(.*)\r$", re.IGNORECASE | re.MULTILINE)
    AGAIN = re.compile(rb"^retry-after: *(.*)\r$", re.IGNORECASE | re.MULTILINE)
    END = b"\r\n\r\n"

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def ask(self, first: str, cookie: str, body: str = "") -> tuple[int, bytes, int]:
        """Status, head, and the bytes of the body. Raises OSError; Unexpected for any other."""
        lines = [f"{first} HTTP/1.1", f"Host: {HOST}", f"Cookie: {cookie}"]
        if body:
            lines += [f"Content-Type: {people.FORM}", f"Content-Length: {len(body)}"]
        self._socket.sendall("\r\n".join([*lines, "", body]).encode())
        found = b""
        while self.END not in found:
            found += self._more()
        head, _end, rest = found.partition(self.END)
        length = self.LENGTH.search(head + b"\r\n")
        if length is None:
            raise people.Unexpected(f"{first}: an answer of no known length")
        size, got = int(length[1]), len(rest)
        while got < size:
            got += len(self._more())
        return int(head[9:12]), head + b"\r\n", size

    def _more(self) -> bytes:
        piece = self._socket.recv(65536)
        if not piece:
            raise people.Unexpected("the line was closed")
        return piece


def _way(line: Line, name: str, device: str, walks: Walks) -> Iterator[int]:
    """The bytes of each page on the way. Raises Unexpected when it doesn't lead in."""
    csrf = people.csrf_secret()
    at_door = people.at_the_door(csrf, device)
    yield _page(line, people.LOGIN, at_door)
    form = people.login_form(name, csrf)
    while True:
        status, head, _size = line.ask(f"POST {people.LOGIN}", at_door, form)
        if status != http.HTTPStatus.SERVICE_UNAVAILABLE:
            break
        walks.busy += 1
        again = line.AGAIN.search(head)
        time.sleep(people.pause(again[1].decode() if again else None))
    session = people.cookie_of(one.decode() for one in line.COOKIE.findall(head))
    if status != http.HTTPStatus.FOUND or not session:
        raise people.Unexpected(f"{name} could not sign in: {status}")
    yield _page(line, HOME, f"__Host-sid={session}; __Host-csrf={csrf}")


def _page(line: Line, path: str, cookie: str) -> int:
    status, _head, size = line.ask(f"GET {path}", cookie)
    if status != http.HTTPStatus.OK:
        raise people.Unexpected(f"{path} answered {status}")
    return size
