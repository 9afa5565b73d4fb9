"""What one does in a thread asks the database as often for 5,000 replies as for one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forum.models import Post, Thread
from tests.conftest import enter
from tests.forum import cast

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
# Statements, those of savepoints included: in a test every transaction is one.
BUDGET = {
    "read": 2, "newest first": 2, "most liked first": 2, "last page": 4, "first unread": 3,
    "category": 4, "categories": 1, "my threads": 2, "saved": 1,
    "menu": 2, "manage": 2, "like": 12, "save": 10,
    "answer page": 3, "reply": 16, "answer": 18, "edit": 12, "delete": 14,
}  # fmt: skip


def looks(client: Client, made: Thread, last: Post) -> dict[str, Callable[[], Any]]:
    address = made.get_absolute_url()
    return {
        "read": lambda: client.get(address),
        "newest first": lambda: client.get(f"{address}?sort=newest"),
        "most liked first": lambda: client.get(f"{address}?sort=liked"),
        "last page": lambda: client.get(f"/forum/posts/{last.pk}/", follow=True),
        "first unread": lambda: client.get(f"{address}unread/"),
        "category": lambda: client.get(made.category.get_absolute_url()),
        "categories": lambda: client.get("/forum/"),
        "my threads": lambda: client.get("/forum/mine/"),
        "saved": lambda: client.get("/forum/bookmarks/"),
    }


def acts(client: Client, made: Thread, last: Post) -> dict[str, Callable[[], Any]]:
    address, post = made.get_absolute_url(), f"/forum/posts/{last.pk}/"
    own = iter([cast.answer(made.author, made).pk for _act in range(4)])

    def send(path: str, **values: object) -> Any:
        return client.post(path, values, headers=HTMX)

    return {
        "menu": lambda: client.get(f"{post}menu/", headers=HTMX),
        "manage": lambda: client.get(f"{address}manage/"),
        "like": lambda: send(f"{post}like/"),
        "save": lambda: send(f"{post}bookmark/"),
        "answer page": lambda: client.get(f"{address}reply/?parent={last.pk}"),
        "reply": lambda: send(f"{address}reply/", body="x"),
        "answer": lambda: send(f"{address}reply/", body="x", parent=last.pk),
        "edit": lambda: send(f"/forum/posts/{next(own)}/edit/", body="y"),
        "delete": lambda: send(f"/forum/posts/{next(own)}/delete/"),
    }


def costs(client: Client, replies: int) -> dict[str, int]:
    """How many statements each thing takes, the second time that it is done."""
    starter = cast.person(f"starter{replies}")
    made = cast.grown(starter, replies)
    last = Post.objects.filter(thread=made).order_by("path").last()
    enter(client, starter)
    found = {}
    for name, act in {**looks(client, made, last), **acts(client, made, last)}.items():
        act()
        with CaptureQueriesContext(connection) as asked:
            response = act()
        assert response.status_code in {200, 302}, name
        found[name] = len(asked)
    return found


@pytest.mark.parametrize("replies", [1, 3, 200, 5000])
def test_everything_costs_the_same_at_any_size(client, replies):
    """Else a discussion gets slower with everybody who takes part, as the predecessor's did."""
    cast.category("umum")
    found = costs(client, replies)
    assert {name: number for name, number in found.items() if number > BUDGET[name]} == {}
