"""Marks on posts: what a button says is what happens, however often and fast it is pressed."""

import re

import pytest
from django.test import Client

from forum.models import Post, PostMark
from tests.conftest import enter
from tests.forum import cast

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def made(db):
    cast.category("umum")
    return cast.thread(cast.person("starter"), is_question=True)


@pytest.fixture
def answer(made) -> Post:
    return cast.answer(cast.person("peer"), made)


def button(page: str, act: str, pk: int) -> dict[str, str]:
    """The fields that the button of ``act`` sends, with those of its form."""
    found = re.search(rf"<button([^>]*formaction=\"?/forum/posts/{pk}/{act}/[^>]*)>", page)
    named = re.search(r'name="?(\w+)', found[1])
    assert '<input type="hidden" name="on" value="1">' in page
    return {"on": "1", **({named[1]: ""} if named else {})}


def state_of(act: str, pk: int) -> bool:
    post = Post.objects.select_related("thread").get(pk=pk)
    if act in {"like", "bookmark"}:
        return PostMark.objects.filter(post=post, kind=act).exists()
    return post.thread.accepted_id == pk if act == "accept" else post.endorsed_at is not None


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "in place"])
@pytest.mark.parametrize("act", ["like", "bookmark", "accept", "endorse"])
def test_button_pressed_twice_does_what_it_says_once(made, answer, act, headers):
    """Else a nervous thumb takes back at once what it gave: the second press was a toggle."""
    office = enter(Client(), cast.person("boss", "office"))
    place = made.get_absolute_url() if act == "like" else f"/forum/posts/{answer.pk}/menu/"
    for wanted in (True, False):
        fields = button(office.get(place).text, act, answer.pk)
        for _press in range(2):
            office.post(f"/forum/posts/{answer.pk}/{act}/", fields, headers=headers)
            assert state_of(act, answer.pk) is wanted
    answer.refresh_from_db()
    assert answer.like_count == 0


def test_client_that_only_presses_turns_the_like_over(answer):
    """A load test, an old page of a browser: the address alone has always been enough."""
    reader = enter(Client(), cast.person("reader"))
    for wanted in (True, False):
        reader.post(f"/forum/posts/{answer.pk}/like/")
        assert state_of("like", answer.pk) is wanted


def test_answer_accepted_in_place_takes_the_mark_off_the_former(made, answer):
    """Else two replies of the page are the answer, until it is loaded anew."""
    other = cast.answer(made.author, made, "Lebih baik")
    client = enter(Client(), made.author)
    for post, former in ((answer, None), (other, answer), (other, None)):
        part = client.post(f"/forum/posts/{post.pk}/accept/", {"on": "1"}, headers=HTMX).text
        assert part.count("Jawaban yang diterima") == 1
        assert ("hx-swap-oob=true" in part) is (former is not None)
        assert former is None or f"id=p{former.pk}" in part
    part = client.post(f"/forum/posts/{other.pk}/accept/", {"off": ""}, headers=HTMX).text
    assert "Jawaban yang diterima" not in part


def test_like_of_who_never_opened_the_thread_is_shown_when_they_do(answer, made):
    """Else a like from a search, or before a first look, looks as if it had not been given."""
    reader = enter(Client(), cast.person("reader"))
    reader.post(f"/forum/posts/{answer.pk}/like/", {"on": "1"})
    page = reader.get(made.get_absolute_url()).text
    assert f"formaction=/forum/posts/{answer.pk}/like/ aria-pressed=true" in page
