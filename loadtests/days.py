"""A day of 100, 500, 1,000 and 3,000 people by the mix, judged by the targets (locust)."""

import csv
import http.client
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from redis import Redis

from loadtests import mix
from loadtests.journeys import SIGN_INS_PER_SECOND
from loadtests.ledger import ask
from loadtests.people import Unexpected
from loadtests.report import FOLDER, Section, table
from loadtests.stack import HOST, Stack

SAMPLE = re.compile(r"^(isme_view_queries_total|isme_requests_total)\{(.*)\} (\S+)$", re.MULTILINE)
VIEW = re.compile(r'view="([^"]*)"')
SHOWN_VIEWS = 12
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Counts:
    """What was counted so far."""

    at: float
    requests: dict[str, float]
    queries: dict[str, float]
    statements: int
    hits: int
    misses: int
    cpu: float

    @classmethod
    def now(cls, stack: Stack) -> "Counts":
        sums: dict[str, dict[str, float]] = {
            "isme_requests_total": {},
            "isme_view_queries_total": {},
        }
        for name, labels, value in SAMPLE.findall(_metrics(stack)):
            found = VIEW.search(labels)
            view = found[1] if found else "-"
            sums[name][view] = sums[name].get(view, 0.0) + float(value)
        with Redis.from_url(os.environ["REDIS_CACHE_URL"]) as client:
            stats = client.info("stats")
        return cls(
            time.monotonic(),
            sums["isme_requests_total"],
            sums["isme_view_queries_total"],
            stack.traffic()[0],
            int(stats["keyspace_hits"]),
            int(stats["keyspace_misses"]),
            sum(stack.cpu().values()),
        )


def _metrics(stack: Stack) -> str:
    line = http.client.HTTPConnection(HOST, stack.port, timeout=30)
    line.request("GET", "/metrics", headers={"Connection": "close"})
    answer = line.getresponse()
    if answer.status != http.HTTPStatus.OK:
        raise Unexpected(f"/metrics was answered {answer.status}")
    return answer.read().decode()


def _facts() -> str:
    """Threads that every student may read, courses, and how many accounts there are."""
    threads = ask(
        "SELECT t.id FROM forum_thread t JOIN forum_forumcategory c ON c.id = t.category_id "
        "WHERE c.slug = 'mahasiswa' OR t.title = 'Diskusi besar' ORDER BY t.id LIMIT 20"
    )
    courses = ask("SELECT code FROM academics_course ORDER BY id LIMIT 20")
    facts = {"threads": [row[0] for row in threads], "courses": [row[0] for row in courses]}
    people = dict(ask("SELECT role, COUNT(*) FROM accounts_user WHERE is_demo GROUP BY role"))
    return json.dumps(facts | {"students": people["student"], "lecturers": people["lecturer"]})


def enough(users: int) -> None:
    """Raise Unexpected where two would share an account: each new sign-in ends the other's."""
    facts = json.loads(_facts())
    lecturers = users // (100 // mix.ROLES["lecturer"])
    if lecturers > facts["lecturers"] or users - lecturers > facts["students"]:
        raise Unexpected(f"too few accounts for {users} people: {facts}")


def day(stack: Stack, users: int, seconds: float) -> list[Section]:
    """``users`` come at 17 a second; once the last is in, ``seconds`` are measured.

    Raises Unexpected when they are not all in after ten times as long as they came.
    """
    enough(users)
    prefix = Path(os.environ["ISME_VAR"], f"mix-{users}")
    mark = Path(f"{prefix}.in")
    mark.unlink(missing_ok=True)
    FOLDER.mkdir(exist_ok=True)
    began = time.monotonic()
    with Path(f"{prefix}.log").open("wb") as log:
        locust = start_locust(stack, users, seconds, prefix, log)
        while not mark.exists() and locust.poll() is None:
            time.sleep(POLL_SECONDS)
        coming, before = time.monotonic() - began, Counts.now(stack)
        locust.wait()
        after = Counts.now(stack)
    file = Path(f"{prefix}_stats.csv")
    if not mark.exists() or not file.exists():
        why = "locust did not run" if not file.exists() else "not everybody came in"
        raise Unexpected(f"{why}:\n{Path(f'{prefix}.log').read_text()}")
    with file.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [
        _latencies(users, rows, coming),
        _judged(users, rows, before, after, stack.memory()),
        _views(users, before, after),
    ]


def start_locust(
    stack: Stack, users: int, seconds: float, prefix: Path, log: IO[bytes]
) -> "subprocess.Popen[bytes]":
    """Start it. It stops ``seconds`` after the last came in, which ``prefix``.in tells."""
    ramp = users / SIGN_INS_PER_SECOND
    print(f"  {users:,} people, {ramp:.0f} s to come and {seconds:g} s more ...", flush=True)
    command = [sys.executable, "-m", "locust", "-f", "loadtests/mixfile.py", "--headless"]
    command += ["--users", str(users), "--spawn-rate", str(SIGN_INS_PER_SECOND)]
    command += ["--run-time", f"{10 * ramp + 2 * seconds:.0f}s"]
    command += ["--host", f"http://{HOST}:{stack.port}"]
    command += ["--csv", str(prefix), "--html", str(FOLDER / f"{prefix.name}.html")]
    command += ["--only-summary", "--loglevel", "WARNING"]
    environment = {
        **os.environ,
        "PYTHONPATH": os.environ["ISME_ROOT"],
        "ISME_LOAD_FACTS": _facts(),
        "ISME_LOAD_PEOPLE": str(users),
        "ISME_LOAD_STEADY": f"{seconds:g}",
        "ISME_LOAD_MARK": f"{prefix}.in",
    }
    return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def _latencies(users: int, rows: list[dict[str, str]], coming: float) -> Section:
    head = ["step", "requests", "failed", "per second", "p50", "p95", "p99"]
    cells = [
        [
            "all" if one["Name"] == "Aggregated" else one["Name"],
            f"{int(one['Request Count']):,}",
            f"{int(one['Failure Count']):,}",
            f"{float(one['Requests/s']):.1f}",
            *(one[part] for part in ("50%", "95%", "99%")),
        ]
        for one in rows
    ]
    text = f"All were in after {coming:.0f} s; steady state from then on; milliseconds."
    return Section(f"{users:,} people", text, table(head, cells))


def _p95(rows: list[dict[str, str]], name: str) -> float:
    found = [one["95%"] for one in rows if one["Name"] == name]
    return float(found[0]) if found and found[0] not in ("", "N/A") else 0.0


def _judged(
    users: int, rows: list[dict[str, str]], before: Counts, after: Counts, memory: dict[str, float]
) -> Section:
    seconds = after.at - before.at
    requests = sum(after.requests.values()) - sum(before.requests.values())
    queries = sum(after.queries.values()) - sum(before.queries.values())
    hits, misses = after.hits - before.hits, after.misses - before.misses
    rate = 100 * hits / max(1, hits + misses)
    failed = sum(int(one["Failure Count"]) for one in rows if one["Name"] == "Aggregated")
    parts = sum(value for name, value in memory.items() if name != "MariaDB")
    facts = [
        ("p95 of all pages, ms", _p95(rows, "Aggregated"), mix.ALL_P95_MS, False),
        ("p95 of the home page, ms", _p95(rows, "home"), mix.HOME_P95_MS, False),
        ("p95 of a thread, ms", _p95(rows, "thread"), mix.THREAD_P95_MS, False),
        ("failed requests", failed, 0, False),
        ("cache hit rate, %", rate, mix.HIT_RATE_PERCENT, True),
        (
            "web queries per 10,000 requests",
            10_000 * queries / max(1, requests),
            mix.QUERIES_PER_10_000,
            False,
        ),
        ("memory of all parts but MariaDB, MB", parts, mix.MEMORY_MB, False),
    ]
    cells = [
        [name, f"{value:,.1f}", f"{goal:,}", _verdict(value, goal, more)]
        for name, value, goal, more in facts
    ]
    text = (
        f"{60 * requests / seconds:,.0f} requests and {60 * queries / seconds:,.0f} queries of the "
        f"web processes a minute ({60 * (after.statements - before.statements) / seconds:,.0f} "
        f"statements of all parts); {(after.cpu - before.cpu) / seconds:.2f} cores without the "
        f"generator's; MariaDB {memory['MariaDB']:,.0f} MB."
    )
    return Section(
        f"{users:,} people against the targets", text, table(["", "found", "target", ""], cells)
    )


def _verdict(value: float, goal: float, more_is_better: bool) -> str:
    if (value >= goal) if more_is_better else (value <= goal):
        return "met"
    return f"missed by {abs(value - goal):,.1f}"


def _views(users: int, before: Counts, after: Counts) -> Section:
    rows = []
    for view, number in after.requests.items():
        requests = number - before.requests.get(view, 0)
        queries = after.queries.get(view, 0) - before.queries.get(view, 0)
        if requests:
            rows.append(
                (
                    queries,
                    [view, f"{requests:,.0f}", f"{queries:,.0f}", f"{queries / requests:.2f}"],
                )
            )
    rows.sort(key=lambda one: -one[0])
    text = "The views that asked the database most, in the same time."
    head = ["view", "requests", "queries", "each"]
    return Section(
        f"{users:,} people: queries by view",
        text,
        table(head, [r for _q, r in rows[:SHOWN_VIEWS]]),
    )


def largest(found: dict[int, float]) -> Section:
    """The largest of the numbers that was carried: users to p95."""
    carried = [users for users, p95 in found.items() if 0 < p95 < mix.BUSY_P95_MS]
    text = f"Of those tried, at a p95 below {mix.BUSY_P95_MS} ms: " + (
        f"{max(carried):,} people." if carried else "none."
    )
    return Section("How many people", text, "")


def days(stack: Stack, numbers: list[int], seconds: float) -> list[Section]:
    sections: list[Section] = []
    p95: dict[int, float] = {}
    for users in numbers:
        sections += day(stack, users, seconds)
        with Path(os.environ["ISME_VAR"], f"mix-{users}_stats.csv").open(newline="") as handle:
            p95[users] = _p95(list(csv.DictReader(handle)), "Aggregated")
    return [*sections, largest(p95)]
