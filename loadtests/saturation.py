"""How many requests a second the machine carries at most, and what each of them costs (wrk)."""

import json
import os
import re
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from loadtests import door, people
from loadtests.report import Section, table
from loadtests.stack import HOST, Stack

PEOPLE = 100
STUDENTS = 1000
CONNECTIONS = 32
HOME, STATIC, BARE = "/dashboard/", "/loadtests/static/", "/loadtests/bare/"
PROFILE = "/accounts/profile/"
# How far the average answer may be from the right one: a redirect or an error page is further.
TOLERANCE = 0.1
REPEATS = 50
MOST_STRANGERS = 0.2
MOST_WARM_STATEMENTS = 0.2
QUIET_SECONDS = 120
SIGN_IN_SECONDS = 8.0


@dataclass(frozen=True)
class Case:
    """One kind of request: raw HTTP for each person, and how to know a right answer."""

    name: str
    requests: list[str] = field(default_factory=list)
    status: int | None = None
    size: int | None = None
    connections: int = CONNECTIONS
    browsers: dict[int, str] | None = None  # of those who come in by the form (loadtests.door)


@dataclass(frozen=True)
class Run:
    rate: float
    p50: float
    p95: float
    p99: float
    cpu: dict[str, float]
    size: float
    statements: float
    commands: float
    strangers: float
    busy: float


@dataclass(frozen=True)
class Plan:
    seconds: float
    runs: int
    warm_up: float


def get_request(path: str, cookie: str = "", etag: str = "") -> str:
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += [f"If-None-Match: {etag}"] if etag else []
    return "\r\n".join([*lines, "", ""])


def sign_in_request(number: int, device: str = "") -> str:
    csrf = people.csrf_secret()
    body = people.login_form(people.student(number), csrf)
    head = [
        f"POST {people.LOGIN} HTTP/1.1",
        f"Host: {HOST}",
        f"Cookie: {people.at_the_door(csrf, device)}",
        f"Content-Type: {people.FORM}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", body])


def write_static_page(home: bytes) -> None:
    """A template that yields exactly ``home`` and computes nothing."""
    file = Path(os.environ["ISME_VAR"], "templates", "loadtests-static.html")
    file.write_bytes(b"{% verbatim %}" + home + b"{% endverbatim %}")


def cases(port: int, cookies: list[str], browsers: dict[int, str]) -> list[Case]:
    homes = people.check(port, HOME, cookies)
    write_static_page(homes[0].body)
    people.check(port, STATIC, cookies)
    people.check(port, PROFILE, cookies)
    profile_size = len(people.check(port, PROFILE, cookies[:1])[0].body)
    size = round(statistics.mean(len(one.body) for one in homes))
    tagged = zip(cookies, homes, strict=True)
    return [
        Case("home page, signed in, warm", [get_request(HOME, c) for c in cookies], size=size),
        Case(
            "static template of that size, same sign-in check",
            [get_request(STATIC, c) for c in cookies],
            size=len(homes[0].body),
        ),
        Case("bare view, nobody signed in", [get_request(BARE)], size=2),
        Case(
            "home page, not modified (304)",
            [get_request(HOME, c, h.headers["ETag"]) for c, h in tagged],
            size=0,
        ),
        Case(
            "profile, signed in (queries)",
            [get_request(PROFILE, c) for c in cookies],
            size=profile_size,
        ),
        Case(
            "sign-in (argon2), browser that was here before",
            [sign_in_request(number, device) for number, device in browsers.items()],
            status=302,
        ),
        Case(
            "whole sign-in (form, password, first page), browser that was here before",
            status=302,
            browsers=browsers,
        ),
        # What these leave to the workers would be counted with whatever came after them.
        Case(
            "sign-in (argon2), new browser: its owner is told",
            [sign_in_request(number) for number in browsers],
            status=302,
        ),
        Case("whole sign-in, new browser", status=302, browsers=dict.fromkeys(browsers, "")),
    ]


def wrk(stack: Stack, case: Case, seconds: float) -> Run:
    file = Path(os.environ["ISME_VAR"], "requests")
    file.write_bytes("".join(f"{one}\n%%\n" for one in case.requests).encode())
    command = ["wrk", "-t1", f"-c{case.connections}", f"-d{seconds:g}s", "--timeout", "10s"]
    command += ["-s", "loadtests/rotate.lua", f"http://{HOST}:{stack.port}/", "--", str(file)]
    command += [str(case.status)] if case.status else []

    def generate() -> dict[str, float]:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        result: dict[str, float] = json.loads(done.stdout.rpartition("RESULT ")[2])
        _judge(case, result)
        return result

    return _watched(stack, generate, counts="fitting" if case.status else "requests")


def ways_in(stack: Stack, case: Case, seconds: float) -> Run:
    """Whole sign-ins: a request of this run is a form, a password and a first page."""

    def generate() -> dict[str, float]:
        started = time.monotonic()
        walks = door.walk_in(stack.port, case.browsers or {}, seconds)
        return {
            "requests": len(walks.seconds),
            "seconds": time.monotonic() - started,
            "bytes": sum(walks.sizes),
            "busy": walks.busy,
            **{f"p{part}": walks.quantile(part) for part in (50, 95, 99)},
        }

    return _watched(stack, generate, counts="requests")


def _watched(stack: Stack, generate: Callable[[], dict[str, float]], counts: str) -> Run:
    """What ``generate`` found, with what it cost; ``counts`` names the results that count."""
    traffic, generator = stack.traffic(), _own_seconds()
    before, busy, started = stack.cpu(), _busy(), time.monotonic()
    result = generate()
    after, elapsed = stack.cpu(), time.monotonic() - started
    generator, busy = _own_seconds() - generator, _busy() - busy
    statements, commands = (b - a for a, b in zip(traffic, stack.traffic(), strict=True))
    cpu = {name: after[name] - before[name] for name in after}
    # A sign-in that is asked to come again costs something, but it is none.
    count = result[counts]
    return Run(
        rate=count / result["seconds"],
        p50=result["p50"],
        p95=result["p95"],
        p99=result["p99"],
        cpu={name: 1e6 * used / count for name, used in cpu.items()},
        size=result["bytes"] / result["requests"],
        statements=statements / count,
        commands=commands / count,
        busy=result["busy"] / result["requests"],
        strangers=max(0.0, (busy - sum(cpu.values()) - generator) / elapsed),
    )


def _own_seconds() -> float:
    """Of CPU: this process and what it has started and ended."""
    return sum(os.times()[:4])


def _busy() -> float:
    times = psutil.cpu_times()
    return times.user + times.nice + times.system


def _judge(case: Case, result: dict[str, float]) -> None:
    """Refuse a figure that was not measured on the right answers."""
    if not result["requests"]:
        raise people.Unexpected(f"{case.name}: no answer in {result['seconds']:.0f} s")
    if result["errors"]:
        raise people.Unexpected(f"{case.name}: {result['errors']:.0f} errors")
    right = result["fitting"] + result["busy"]
    if case.status and (right < result["requests"] or not result["fitting"]):
        raise people.Unexpected(
            f"{case.name}: {result['fitting']} of {result['requests']} answers were "
            f"{case.status}, {result['busy']} asked to come again"
        )
    body = result["bytes"] / max(1, result["requests"])
    # wrk counts headers too: up to 1 KB of them.
    if (
        case.size is not None
        and not (1 - TOLERANCE) * case.size <= body <= (1 + TOLERANCE) * case.size + 1024
    ):
        raise people.Unexpected(f"{case.name}: {body:.0f} bytes an answer, not {case.size}")


def measure(stack: Stack, case: Case, plan: Plan) -> list[Run]:
    print(f"  {case.name} ...", end=" ", flush=True)
    # In a shorter run than Retry-After all might be told to come again.
    seconds = max(plan.seconds, SIGN_IN_SECONDS) if case.status else plan.seconds
    run = ways_in if case.browsers else wrk
    run(stack, case, SIGN_IN_SECONDS if case.status else plan.warm_up)
    runs = [run(stack, case, seconds) for _ in range(plan.runs)]
    print(", ".join(f"{run.rate:,.0f}/s" for run in runs), flush=True)
    return runs


def saturation(stack: Stack, plan: Plan) -> list[Section]:
    idle = stack.memory()
    cookies = people.sign_in(stack.port, range(1, PEOPLE + 1))
    others = range(PEOPLE + 1, 1 + (STUDENTS if plan.runs > 1 else 3 * PEOPLE))
    browsers = people.browsers(stack.port, others)
    results: dict[str, list[Run]] = {}
    for case in cases(stack.port, cookies, browsers):
        results[case.name] = measure(stack, case, plan)
        # Whoever was signed out meanwhile would have been measured as a redirect.
        people.check(stack.port, HOME, cookies)
    time.sleep(2)
    sections = [_rates(results, plan), _costs(results), _memory(idle, stack.memory())]
    return [*_doubts(results), *sections]


def _rates(results: dict[str, list[Run]], plan: Plan) -> Section:
    names = list(results)
    rate = {name: statistics.median(run.rate for run in results[name]) for name in names}
    static, bare = rate[names[1]], rate[names[2]]
    rows = []
    for name in names:
        runs = results[name]
        spread = f"{min(r.rate for r in runs):,.0f}-{max(r.rate for r in runs):,.0f}"
        waits = [statistics.median(getattr(r, p) for r in runs) for p in ("p50", "p95", "p99")]
        rows.append(
            [
                name,
                f"{rate[name]:,.0f}",
                spread,
                f"{rate[name] / static:.0%}",
                f"{rate[name] / bare:.0%}",
                " / ".join(f"{wait:.0f}" for wait in waits),
                f"{statistics.median(r.size for r in runs):,.0f}",
            ]
        )
    asked = max(run.busy for runs in results.values() for run in runs)
    head = ["request", "per second", "least-most", "of static", "of bare"]
    head += ["p50 / p95 / p99 ms", "bytes"]
    text = (
        f"wrk -t1 -c{CONNECTIONS}, {plan.runs} x {plan.seconds:g} s after {plan.warm_up:g} s of "
        f"warming up, medians; {PEOPLE} people in turn; bytes include headers. `static` is "
        "`render()` of a template without tags, behind the same middleware, exchange and sign-in "
        "check; `bare` is `HttpResponse` behind the same middleware without a cookie. A whole "
        f"sign-in is three requests of one of {door.AT_ONCE} browsers at once. Only finished "
        f"sign-ins count; up to {asked:.0%} of the answers asked to come again after 2 s (the "
        "queue before the hashes is short on purpose)."
    )
    return Section("Saturation", text, table(head, rows))


def _costs(results: dict[str, list[Run]]) -> Section:
    rows = []
    for name, runs in results.items():
        middle = {group: statistics.median(r.cpu[group] for r in runs) for group in runs[0].cpu}
        total = statistics.median(sum(run.cpu.values()) for run in runs)
        rows.append(
            [
                name,
                f"{total:,.0f}",
                *(f"{middle[group]:,.0f}" for group in ("web", "MariaDB", "Redis")),
                *(
                    f"{statistics.median(getattr(run, what) for run in runs):.2f}"
                    for what in ("statements", "commands", "strangers")
                ),
            ]
        )
    head = ["request", "all", "web", "MariaDB", "Redis", "statements", "commands", "others' cores"]
    text = (
        "Microseconds of CPU for each request (the generator's are not among them), statements "
        "that MariaDB and commands that both Redis counted for each request, the workers' "
        "included; medians. `others' cores` went to processes that are no part of this."
    )
    return Section("Cost of a request under load", text, table(head, rows))


def _doubts(results: dict[str, list[Run]]) -> list[Section]:
    """What makes these figures worth less than they look."""
    doubts = []
    runs = [run for several in results.values() for run in several]
    strangers = max(run.strangers for run in runs)
    if strangers > MOST_STRANGERS:
        doubts.append(
            f"- Other processes took up to {strangers:.1f} cores meanwhile: repeat this on a "
            "machine that has nothing else to do."
        )
    home = next(iter(results.values()))
    if max(run.statements for run in home) > MOST_WARM_STATEMENTS:
        doubts.append(
            "- The warm home page asked the database: the web had given its cache up (a fence "
            "stands for 6 minutes after a Redis that took longer than 150 ms)."
        )
    return [Section("NOT TO BE QUOTED", "\n".join(doubts), "")] if doubts else []


def await_quiet() -> None:
    """Wait a while for other processes to come to an end; measure anyway afterwards."""
    until = time.monotonic() + QUIET_SECONDS
    told = False
    while time.monotonic() < until:
        busy = _busy()
        time.sleep(2)
        if _busy() - busy < 2 * MOST_STRANGERS:
            return
        if not told:
            print(f"  other processes are busy; waiting up to {QUIET_SECONDS} s ...", flush=True)
            told = True


def _memory(idle: dict[str, float], after: dict[str, float]) -> Section:
    rows = [[name, f"{idle[name]:.0f}", f"{after[name]:.0f}"] for name in idle]
    ours = [name for name in idle if name != "MariaDB"]
    for label, names in (("all but MariaDB", ours), ("all", list(idle))):
        rows.append([label, *(f"{sum(state[n] for n in names):.0f}" for state in (idle, after))])
    return Section(
        "Memory",
        "MB (PSS: shared pages count once), idle: before anybody came, and 2 s after the load.",
        table(["part", "before", "after"], rows),
    )


TIMING = re.compile(r'desc="(\d+) (queries|round trips)"')


def timings(stack: Stack) -> Section:
    """Queries and exchanges of each page, from Server-Timing: the middle one of many requests."""
    first, second = people.sign_in(stack.port, [1, 2])
    # Each thread's first request connects to Redis and the database: that is no page's cost.
    people.check(stack.port, HOME, [second] * REPEATS)
    people.check(stack.port, PROFILE, [second] * REPEATS)
    pages = [
        ("home page, first after sign-in", HOME, first, 1),
        ("home page, warm", HOME, first, REPEATS),
        ("static template", STATIC, first, REPEATS),
        ("profile", PROFILE, first, REPEATS),
        ("bare view", BARE, "", REPEATS),
        ("sign-in page, nobody signed in", people.LOGIN, "", REPEATS),
    ]
    rows = []
    for name, path, sent, times in pages:
        answers = people.check(stack.port, path, [sent] * times)
        rows.append([name, *_counts(answers), f"{len(answers[0].body):,}"])
    return Section(
        "Queries and exchanges",
        f"From `Server-Timing`, in a start of its own; the median of {REPEATS} requests (the "
        "most in brackets where it differs: a snapshot that is read anew, a new connection).",
        table(["page", "queries", "exchanges with Redis", "bytes"], rows),
    )


def _counts(answers: list[people.Answer]) -> list[str]:
    found = [
        {what: int(number) for number, what in TIMING.findall(one.headers["Server-Timing"])}
        for one in answers
    ]
    cells = []
    for what in ("queries", "round trips"):
        numbers = [one[what] for one in found]
        middle, most = statistics.median_low(numbers), max(numbers)
        cells.append(f"{middle}" if most == middle else f"{middle} ({most})")
    return cells
