"""The whole way in: the form, the password, and the first page that somebody sees.

wrk can't follow it, because each page needs what the one before gave. Here a few threads do, as
browsers would: one after the other, and again when the door asks to.
"""

import http.client
import itertools
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from loadtests import people
from loadtests.stack import HOST

AT_ONCE = 8  # as many as find a place: two hash, four wait, two look at a page
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
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        while time.monotonic() < until and not walks.errors:
            with lock:
                number, device = next(turns)
            started = time.perf_counter()
            try:
                sizes = list(_way(connection, people.student(number), device, walks))
            except (OSError, http.client.HTTPException, people.Unexpected) as error:
                walks.errors.append(repr(error))
                return
            with lock:
                walks.seconds.append(time.perf_counter() - started)
                walks.sizes.append(sum(sizes))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if walks.errors:
        raise people.Unexpected(walks.errors[0])
    return walks


def _way(
    connection: http.client.HTTPConnection, name: str, device: str, walks: Walks
) -> Iterator[int]:
    """The bytes of each page on the way. Raises Unexpected when it doesn't lead in."""
    csrf = people.csrf_secret()
    at_door = people.at_the_door(csrf, device)
    yield _page(connection, people.LOGIN, at_door)
    while True:
        headers = {"Cookie": at_door, "Content-Type": people.FORM}
        connection.request("POST", people.LOGIN, people.login_form(name, csrf), headers)
        response = connection.getresponse()
        response.read()
        if response.status != http.HTTPStatus.SERVICE_UNAVAILABLE:
            break
        walks.busy += 1
        time.sleep(people.pause(response.headers.get("Retry-After")))
    session = people.cookie_of(response.headers.get_all("Set-Cookie", []))
    if response.status != http.HTTPStatus.FOUND or not session:
        raise people.Unexpected(f"{name} could not sign in: {response.status}")
    yield _page(connection, HOME, f"__Host-sid={session}; __Host-csrf={csrf}")


def _page(connection: http.client.HTTPConnection, path: str, cookie: str) -> int:
    answer = people.get(connection, path, {"Cookie": cookie})
    if answer.status != http.HTTPStatus.OK:
        raise people.Unexpected(f"{path} answered {answer.status}")
    return len(answer.body)
