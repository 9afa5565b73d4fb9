"""The load test measures pages: a step that meets a refusal or a redirect would measure nothing."""

import os
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from loadtests import mix
from tests.conftest import enter, make_user
from tests.deploy.test_chaos import OURS
from tests.factories.academics import CourseFactory
from tests.forum import cast

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


@pytest.mark.slow
@pytest.mark.skipif(not ALL, reason="takes a minute: only with --all")
def test_day_of_thirty_people_is_carried_without_an_error():
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    done = subprocess.run(
        [ROOT / "loadtests" / "run", "mix"],
        env={**environment, "ISME_LOAD_USERS": "30", "ISME_LOAD_SECONDS": "30"},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    [failed] = [line for line in done.stdout.splitlines() if line.startswith("| failed requests")]
    assert "| met" in failed
