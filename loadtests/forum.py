"""Threads of 200, 5,000 and 50,000 replies: pages a second, the unchanged page, and replies."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlencode

from loadtests import people
from loadtests.report import Section, table
from loadtests.saturation import HOME, PEOPLE, Case, Plan, Run, get_request, measure
from loadtests.stack import HOST, Stack

SIZES = (200, 5000, 50_000)
REPLIES = 60
FOLLOWERS = 1000
CLIENTS = 16
SEED = """
import random
from django.contrib.auth import get_user_model
from forum import demo
from forum.models import ForumCategory, Thread, ThreadReader
from forum.services.posts import Message
from forum.services.threads import Plan, open_thread
people = list(get_user_model().objects.filter(role="student")[:1000])
category = ForumCategory.objects.get(slug="mahasiswa")
for size in {sizes}:
    made = open_thread(author=people[0], category=category, plan=Plan(title=f"Beban {{size}}"),
                       message=Message("Halo"))
    demo.grow(made, people, size, random.Random(size))
    ThreadReader.objects.filter(thread=made).delete()
    print(size, made.pk, flush=True)
followed = open_thread(author=people[0], category=category, plan=Plan(title="Diikuti seribu"),
                       message=Message("Halo"))
ThreadReader.objects.filter(thread=followed).delete()
ThreadReader.objects.bulk_create(
    ThreadReader(thread=followed, user=one, follow="following") for one in people)
print(0, followed.pk, flush=True)
"""


def seed() -> dict[int, int]:
    """Make the threads; returns the id of each size's, and under 0 of the followed one."""
    print("  threads of 200, 5,000 and 50,000 replies ...", flush=True)
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", SEED.format(sizes=SIZES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    lines = [line.split() for line in done.stdout.splitlines() if line[:1].isdigit()]
    return {int(size): int(pk) for size, pk in lines}


def cases(port: int, threads: dict[int, int], cookies: list[str]) -> Iterator[Case]:
    """Each is prepared when it is its turn: a notice that comes meanwhile changes every page."""
    for size in SIZES:
        path = f"/forum/t/{threads[size]}/"
        people.check(port, path, cookies)  # notes what was seen
        length = len(people.check(port, path, cookies)[0].body)
        yield Case(
            f"thread of {size:,} replies, first page",
            [get_request(path, cookie) for cookie in cookies],
            size=length,
            connections=CLIENTS,
        )
        if size == SIZES[0]:
            tagged = zip(cookies, people.check(port, path, cookies), strict=True)
            yield Case(
                f"thread of {size:,}, unchanged since the last look (304)",
                [get_request(path, cookie, one.headers["ETag"]) for cookie, one in tagged],
                size=0,
                connections=CLIENTS,
            )


def forum(stack: Stack, plan: Plan) -> list[Section]:
    threads = seed()
    cookies = people.sign_in(stack.port, range(1, PEOPLE + 1))
    people.check(stack.port, HOME, cookies)  # where everybody comes by after signing in
    results = {
        case.name: measure(stack, case, plan) for case in cases(stack.port, threads, cookies)
    }
    return [_pages(results, plan), _replies(stack, threads[0], cookies)]


def _pages(results: dict[str, list[Run]], plan: Plan) -> Section:
    rows = [
        [
            name,
            f"{median(run.rate for run in runs):,.0f}",
            " / ".join(
                f"{median(getattr(r, p) for r in runs):.0f}" for p in ("p50", "p95", "p99")
            ),
            f"{median(run.size for run in runs):,.0f}",
            f"{median(run.statements for run in runs):.2f}",
            f"{median(sum(run.cpu.values()) for run in runs):,.0f}",
            f"{max(run.strangers for run in runs):.2f}",
        ]
        for name, runs in results.items()
    ]
    head = ["page", "per second", "p50 / p95 / p99 ms", "bytes", "statements"]
    head += ["us of CPU", "others' cores"]
    text = (
        f"wrk, {CLIENTS} connections, {plan.runs} x {plan.seconds:g} s, {PEOPLE} people in turn who have "
        "seen the page before. Figures taken while others' cores exceed 0.2 are not to be quoted."
    )
    return Section("Threads at saturation", text, table(head, rows))


def _replies(stack: Stack, pk: int, cookies: list[str]) -> Section:
    """Replies one after the other in a thread that 1,000 people follow."""
    connection = http.client.HTTPConnection(HOST, stack.port, timeout=30)
    waits = []
    for number in range(REPLIES):
        cookie = cookies[number % len(cookies)]
        csrf = cookie.rpartition("__Host-csrf=")[2]
        body = urlencode(
            {
                "body": f"Balasan {number}",
                "idempotency_key": f"b{number}",
                "csrfmiddlewaretoken": csrf,
            }
        )
        begun = time.perf_counter()
        headers = {"Cookie": cookie, "Content-Type": people.FORM}
        connection.request("POST", f"/forum/t/{pk}/reply/", body, headers)
        response = connection.getresponse()
        response.read()
        waits.append(1000 * (time.perf_counter() - begun))
        if response.status != http.HTTPStatus.FOUND:
            raise people.Unexpected(f"A reply was answered {response.status}")
    connection.close()
    waits.sort()
    cells = [f"{waits[int(len(waits) * part)]:.0f}" for part in (0.5, 0.95)]
    text = f"{REPLIES} replies, one after the other, in a thread with {FOLLOWERS:,} followers."
    return Section("Posting a reply", text, table(["", "p50 ms", "p95 ms"], [["reply", *cells]]))
