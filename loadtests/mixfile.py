"""People who ask for what loadtests/mix.py says (locust).

The steady state begins when the last of them is in: what was counted before is forgotten then,
and ISME_LOAD_MARK is written so that the report can count from there as well.
"""

import itertools
import json
import os
import random
import secrets
from pathlib import Path
from typing import Any

import gevent
from locust import between, task

from loadtests import mix, people
from loadtests.locustfile import Visitor

NONE = '{"threads": [1], "courses": ["x"], "students": 1, "lecturers": 1}'
FACTS = json.loads(os.environ.get("ISME_LOAD_FACTS", NONE))
STEPS = [step for step in mix.MIX if step.name != "sign-in"]
SHARES = [step.share for step in STEPS]
SIGN_IN = next(step.share for step in mix.MIX if step.name == "sign-in") / 100
PEOPLE = int(os.environ.get("ISME_LOAD_PEOPLE", "0"))
STEADY_SECONDS = float(os.environ.get("ISME_LOAD_STEADY", "0"))
inside = itertools.count(1)
students, lecturers, all_of_them = itertools.count(), itertools.count(), itertools.count(1)


def next_name() -> str:
    """The first is the office; one in fourteen is a lecturer."""
    number = next(all_of_them)
    if number == 1:
        return "akademik"
    every = 100 // mix.ROLES["lecturer"]
    if number % every == 0:
        return f"dosen{next(lecturers) % FACTS.get('lecturers', 60) + 1:03}"
    return people.student(next(students) % FACTS["students"] + 1)


def begin_steady_state(runner: Any) -> None:
    """Forget what was counted until now, and stop after STEADY_SECONDS."""
    runner.stats.reset_all()
    Path(os.environ["ISME_LOAD_MARK"]).touch()
    gevent.spawn_later(STEADY_SECONDS, runner.quit)


class Somebody(Visitor):
    wait_time = between(*mix.THINK_SECONDS)
    is_in = False

    def on_start(self) -> None:
        super().on_start()
        if not self.is_in and next(inside) == PEOPLE:
            begin_steady_state(self.environment.runner)
        self.is_in = True

    def login_name(self) -> str:
        return next_name()

    @task
    def step(self) -> None:
        if random.random() < SIGN_IN:
            self.on_start()
            return
        step = random.choices(STEPS, SHARES)[0]
        path = random.choice(step.paths).format(
            thread=random.choice(FACTS["threads"]), course=random.choice(FACTS["courses"])
        )
        if step.writes:
            self.reply(path, step.name)
            return
        headers = {"HX-Request": "true"} if step.fragment else {}
        if step.name == "home" and self.etag and random.random() < 0.5:
            headers["If-None-Match"] = self.etag
        tag = self.read(path, step.name, (200, 304), **headers)
        if step.name == "home":
            self.etag = tag

    def reply(self, path: str, name: str) -> None:
        csrf = self.sent["Cookie"].rpartition("__Host-csrf=")[2]
        fields = {
            "body": f"Terima kasih, jelas. {secrets.token_hex(4)}",
            "idempotency_key": secrets.token_hex(16),
            "csrfmiddlewaretoken": csrf,
        }
        with self.client.post(
            path, data=fields, headers=self.sent, name=name,
            allow_redirects=False, catch_response=True,
        ) as answer:  # fmt: skip
            # Who may only read a thread, or writes too fast, is told so: no failure of ours.
            fits = answer.status_code in {302, 403, 404, 429}
            answer.success() if fits else answer.failure(f"reply: {answer.status_code}")
