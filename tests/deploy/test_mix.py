"""The load test measures pages: a step that meets a refusal or a redirect would measure nothing."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from loadtests import mix
from tests.conftest import enter, make_user
from tests.deploy.test_chaos import OURS
from tests.factories.academics import CourseFactory
from tests.forum import cast

TWICE = """
from locust.env import Environment
from loadtests.mixfile import Somebody

class Guest(Somebody):
    host = "http://127.0.0.1:1"

    def come_in(self, name, csrf):
        print(name)
        return "session", 0.0

    def wait(self):
        pass

first, second = (Guest(Environment()) for _ in range(2))
for one in (first, second, first):
    one.on_start()
"""
ROOT = Path(__file__).resolve().parents[2]
ALL = os.environ.get("ISME_TEST_ALL") == "1"
HTMX = {"HX-Request": "true"}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["student", "lecturer", "office"])
def test_every_step_of_the_mix_is_a_page_for_everybody_who_plays_it(client, role):
    thread, course = cast.thread(cast.person("starter")), CourseFactory()
    enter(client, make_user(role=role))
    for step in mix.MIX:
        for path in step.paths:
            address = path.format(thread=thread.pk, course=course.code)
            if step.name == "sign-in":
                continue
            if step.writes:
                fields = {"body": "Terima kasih", "idempotency_key": uuid4().hex}
                assert client.post(address, fields).status_code == 302, address
            else:
                answer = client.get(address, headers=HTMX if step.fragment else {})
                assert answer.status_code == 200, address


def test_who_signs_in_again_in_a_load_test_takes_nobody_elses_account_away():
    facts = '{"threads": [1], "courses": ["x"], "students": 1100, "lecturers": 70}'
    done = subprocess.run(
        # In a process of its own: locust replaces sockets and threads of the one that imports it.
        [sys.executable, "-c", TWICE],
        env={**os.environ, "PYTHONPATH": str(ROOT), "ISME_LOAD_FACTS": facts},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second, again = done.stdout.split()
    assert again == first != second


def test_day_of_thirty_people_is_carried_without_an_error():
    """A minute with all that starts and stops; with --all half a minute more. No time is judged."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    done = subprocess.run(
        [ROOT / "loadtests" / "run", "mix"],
        env={**environment, "ISME_LOAD_USERS": "30", "ISME_LOAD_SECONDS": "45" if ALL else "15"},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    [failed] = [line for line in done.stdout.splitlines() if line.startswith("| failed requests")]
    assert failed.split("|")[-2].strip() == "met", failed
