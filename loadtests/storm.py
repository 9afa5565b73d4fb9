"""Eight o'clock: everybody signs in within a minute, and those who are in already go on reading.

An open load: people come at their own moment, whatever the server is doing. Each asks for the
form, sends it, comes back as told when the door is full, and opens the home page.
"""

import http.client
import os
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus

from loadtests import people
from loadtests.report import Section, table
from loadtests.stack import HOST, Stack

MOST_AT_ONCE = 400  # threads of the generator; more people than that at once would wait here
MOST_TRIES = 8
READERS = 100
READERS_FIRST = 1001  # seeded behind those who storm
CALM_SECONDS = 30
THINK_SECONDS = (5, 10)
HOME = "/dashboard/"
NEW_BROWSERS = float(os.environ.get("ISME_LOAD_NEW_BROWSERS", "10"))  # percent of those who come


@dataclass
class Tally:
    """Times in seconds by step, what went wrong, and how often somebody was sent away."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    away: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, step: str, seconds: float) -> None:
        with self.lock:
            self.seconds.setdefault(step, []).append(seconds)

    def fail(self, why: str) -> None:
        with self.lock:
            self.wrong[why] += 1

    def sent_away(self) -> None:
        with self.lock:
            self.away += 1


def storm(stack: Stack, number: int, seconds: float) -> list[Section]:
    """Let ``number`` people sign in at random moments of ``seconds``."""
    print(f"  {READERS} people read for {CALM_SECONDS} s ...", flush=True)
    cookies = people.sign_in(stack.port, range(READERS_FIRST, READERS_FIRST + READERS))
    known = range(1, 1 + round(number * (1 - NEW_BROWSERS / 100)))
    browsers = people.browsers(stack.port, known)
    calm, busy = Tally(), Tally()
    _read_for(stack, cookies, calm, CALM_SECONDS)
    print(f"  {number:,} people sign in within {seconds:g} s ...", flush=True)
    reading = threading.Thread(target=_read_for, args=(stack, cookies, busy, seconds))
    before, started = stack.cpu(), time.monotonic()
    reading.start()
    arrivals = Tally()
    _arrive(stack, number, seconds, browsers, arrivals)
    elapsed, after = time.monotonic() - started, stack.cpu()
    reading.join()
    cores = sum(after[name] - before[name] for name in after) / elapsed
    memory = stack.memory()
    return [
        _arrivals(arrivals, number, seconds, elapsed, cores),
        _bystanders(calm, busy),
        Section(
            "Memory after the storm",
            "Proportional set size.",
            table(["part", "MB"], [[name, f"{size:.0f}"] for name, size in memory.items()]),
        ),
    ]


def _arrive(
    stack: Stack, number: int, seconds: float, browsers: dict[int, str], tally: Tally
) -> None:
    """Everybody at their own moment; who is not in ``browsers`` comes with a new one."""
    moments = sorted(random.uniform(0, seconds) for _person in range(number))
    persons = random.sample(range(1, number + 1), number)
    started = time.monotonic()
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        for person, moment in zip(persons, moments, strict=True):
            time.sleep(max(0.0, started + moment - time.monotonic()))
            name, device = people.student(person), browsers.get(person, "")
            pool.submit(_guarded, tally, _come_in, stack.port, name, device, tally)


def _guarded(tally: Tally, work: Callable[..., None], *args: object) -> None:
    try:
        work(*args)
    except (OSError, http.client.HTTPException) as error:
        tally.fail(type(error).__name__)


def _come_in(port: int, name: str, device: str, tally: Tally) -> None:
    """One person: form, password, home page. Each times itself, pauses of the door apart."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    csrf = people.csrf_secret()
    began = time.monotonic()
    if not _timed(connection, "form", people.LOGIN, {}, tally):
        return
    headers = {"Cookie": people.at_the_door(csrf, device), "Content-Type": people.FORM}
    for tries in range(MOST_TRIES):
        started = time.monotonic()
        connection.request("POST", people.LOGIN, people.login_form(name, csrf), headers)
        response = connection.getresponse()
        response.read()
        tally.note("password", time.monotonic() - started)
        if response.status != HTTPStatus.SERVICE_UNAVAILABLE:
            break
        tally.sent_away()
        time.sleep(float(response.headers["Retry-After"]) + random.random() * (1 + tries))
    session = people.cookie_of(response.headers.get_all("Set-Cookie", []))
    if response.status != HTTPStatus.FOUND or not session:
        tally.fail(f"password: {response.status}")
        return
    cookie = {"Cookie": f"__Host-sid={session}; __Host-csrf={csrf}"}
    if _timed(connection, "home page", HOME, cookie, tally):
        tally.note("all of it, pauses too", time.monotonic() - began)
    connection.close()


def _timed(
    connection: http.client.HTTPConnection,
    step: str,
    path: str,
    cookie: dict[str, str],
    tally: Tally,
) -> bool:
    """Ask for ``path`` and note how long it took; whether it was there."""
    started = time.monotonic()
    connection.request("GET", path, headers=cookie)
    response = connection.getresponse()
    response.read()
    tally.note(step, time.monotonic() - started)
    if response.status != HTTPStatus.OK:
        tally.fail(f"{step}: {response.status}")
    return response.status == HTTPStatus.OK


def _read_for(stack: Stack, cookies: list[str], tally: Tally, seconds: float) -> None:
    until = time.monotonic() + seconds

    def read(cookie: str) -> None:
        connection = http.client.HTTPConnection(HOST, stack.port, timeout=30)
        time.sleep(random.uniform(0, THINK_SECONDS[0]))
        while time.monotonic() < until:
            _timed(connection, "page", HOME, {"Cookie": cookie}, tally)
            time.sleep(random.uniform(*THINK_SECONDS))
        connection.close()

    with ThreadPoolExecutor(len(cookies)) as pool:
        for cookie in cookies:
            pool.submit(_guarded, tally, read, cookie)


def _arrivals(tally: Tally, number: int, seconds: float, elapsed: float, cores: float) -> Section:
    arrived = len(tally.seconds.get("all of it, pauses too", []))
    wrong = ", ".join(f"{why} ({times})" for why, times in tally.wrong.items()) or "none"
    text = (
        f"{number:,} people come at random moments of {seconds:g} s: form, password, home page; "
        f"{NEW_BROWSERS:g} % of them with a browser that was never here. "
        f"{arrived:,} got in within {elapsed:.0f} s; errors: {wrong}. The door sent somebody away "
        f"for a moment {tally.away:,} times. The set-up used {cores:.2f} cores. Milliseconds."
    )
    return Section("The storm", text, _times(tally.seconds))


def _bystanders(calm: Tally, busy: Tally) -> Section:
    before, during = calm.seconds.get("page", []), busy.seconds.get("page", [])
    times = {"before the storm": before, "during it": during}
    ratio = _percentile(during, 95) / _percentile(before, 95)
    wrong = sum(calm.wrong.values()) + sum(busy.wrong.values())
    text = (
        f"{READERS} people who are in already read the home page every 5-10 s. Their p95 is "
        f"{ratio:.2f} times that of before; errors: {wrong}. Milliseconds."
    )
    return Section("Those who were in already", text, _times(times))


def _times(seconds: dict[str, list[float]]) -> str:
    rows = [
        [step, f"{len(found):,}", *(f"{_percentile(found, p) * 1000:.0f}" for p in (50, 95, 99))]
        for step, found in seconds.items()
        if found
    ]
    return table(["step", "requests", "p50", "p95", "p99"], rows)


def _percentile(values: list[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
