"""Lists as files: one person must not keep the server's threads busy by asking again and again."""

import dataclasses

import pytest

from isme.lib import exports
from tests.conftest import enter, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_only(monkeypatch):
    monkeypatch.setattr(exports, "LISTS", dataclasses.replace(exports.LISTS, most=2))


@pytest.mark.parametrize("path", ["/courses/", "/rooms/", "/reports/teaching/"])
def test_files_are_limited_and_pages_are_not(client, two_only, path):
    enter(client, make_user(role="office"))
    answers = [client.get(path, {"format": "xlsx"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= exports.LISTS.seconds
    assert client.get(path).status_code == 200


def test_limit_is_each_persons_own(client, two_only):
    """Else one colleague's script keeps the office from its lists."""
    enter(client, make_user(role="office"))
    for _ in range(3):
        client.get("/rooms/", {"format": "xlsx"})

    enter(client, make_user("ratna", role="office"))
    assert client.get("/rooms/", {"format": "xlsx"}).status_code == 200
