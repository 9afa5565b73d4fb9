"""What one does to a thread or a reply by mistake is taken back by one press."""

import re
from html import unescape

import pytest

from forum.models import Post
from tests.conftest import enter
from tests.forum import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db):
    cast.category("umum")
    return cast.thread(cast.person("starter", name="Siti Starter"))


@pytest.fixture
def office(client, made):
    return enter(client, cast.person("office", role="office", name="Ratna"))


def undo_of(page: str) -> str:
    """Where the undo that ``page`` offers leads; plain or in place."""
    return unescape(
        re.search(
            r'<form\s+method="post"\s+action="([^"]+)"[^>]*>[^<]*<input[^>]*>[^<]*<button[^>]*>\s*Urungkan',
            page,
        )[1]
    )


def test_closed_thread_is_opened_again(office, made):
    page = office.post(f"{made.get_absolute_url()}state/", {"state": "closed"}, follow=True).text
    made.refresh_from_db()
    assert made.state == "closed"
    office.post(undo_of(page))
    made.refresh_from_db()
    assert made.state == "open"


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "in place"])
def test_hidden_reply_is_shown_again(office, made, headers):
    cast.answer(made.author, made)
    post = Post.objects.get(depth=1)
    page = office.post(f"/forum/posts/{post.pk}/hide/", headers=headers, follow=True).text
    post.refresh_from_db()
    assert post.state == "hidden"
    if headers:
        assert 'hx-swap-oob="beforeend:#toasts"' in page
        target = re.search(r'hx-target="#([^"]+)"', page)[1]
        assert re.search(rf'id="?{target}\b', page), "what is swapped is there"
    office.post(undo_of(page))
    post.refresh_from_db()
    assert post.state == "visible"
