"""What one does to a thread or a reply by mistake is taken back by one press."""

import re
from html import unescape

import pytest
from django.utils import timezone

from forum.choices import PostState
from forum.models import Draft, Post, Report, Thread
from forum.rules import UNDO
from forum.services.posts import set_state
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


@pytest.mark.parametrize(
    ("before", "pressed", "said"),
    [
        ("open", "state=closed", "Utas ditutup untuk balasan."),
        ("closed", "state=open", "Utas dibuka kembali untuk balasan."),
        ("open", "state=archived", "Utas diarsipkan."),
        ("archived", "state=open", "Utas dikeluarkan dari arsip."),
        ("open", "state=deleted", "Utas dihapus."),
        ("open", "pin=1", "Utas disematkan."),
        ("open", "pin=0", "Sematan utas dilepas."),
    ],
)
def test_what_was_done_to_a_thread_is_said_in_its_own_words(office, made, before, pressed, said):
    """Else who deletes a thread by mistake reads that "its state is changed", and goes on."""
    Thread.objects.filter(pk=made.pk).update(state=before)
    act, value = pressed.split("=")
    values = {"state": value} if act == "state" else {"on": value}
    assert said in office.post(f"{made.get_absolute_url()}{act}/", values, follow=True).text


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


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "in place"])
def test_deleted_reply_comes_back_for_its_author(client, made, headers):
    """Else a tap beside "Save" costs what somebody wrote: a phone asks nothing before."""
    other = cast.person("other")
    post = cast.answer(other, made, "Penting")
    enter(client, other)
    page = client.post(f"/forum/posts/{post.pk}/delete/", headers=headers, follow=True).text
    post.refresh_from_db()
    assert post.state == "deleted"
    made.refresh_from_db()
    assert made.reply_count == 0
    client.post(undo_of(page))
    post.refresh_from_db()
    made.refresh_from_db()
    assert (post.state, post.removed_by, made.reply_count) == ("visible", None, 1)


@pytest.mark.parametrize("case", ["too late", "another's", "hidden", "deleted by the office"])
def test_nobody_else_brings_a_reply_back(client, made, case):
    """Else what the office took away stands there again a minute later."""
    author, office = cast.person("other"), cast.person("office", role="office")
    post = cast.answer(author, made, "Penting")
    remover = author if case in {"too late", "another's"} else office
    state = PostState.HIDDEN if case == "hidden" else PostState.DELETED
    set_state(actor=remover, post_id=post.pk, state=state)
    if case == "too late":
        Post.objects.filter(pk=post.pk).update(removed_at=timezone.now() - UNDO * 1.01)
    enter(client, made.author if case == "another's" else author)
    assert client.post(f"/forum/posts/{post.pk}/show/").status_code in {403, 404}
    post.refresh_from_db()
    assert post.state == state


def test_discarded_draft_comes_back(office, made):
    place = f"t{made.pk}"
    office.post("/forum/drafts/save/", {"place": place, "body": "Setengah kalimat"})
    pk = Draft.objects.get().pk
    page = office.post(f"/forum/drafts/{pk}/drop/", follow=True).text
    assert not Draft.objects.exists()
    assert "Setengah kalimat" in office.post(undo_of(page), follow=True).text
    assert Draft.objects.get().place == place


def test_discarded_draft_never_replaces_what_was_written_since(office, made):
    place = f"t{made.pk}"
    office.post("/forum/drafts/save/", {"place": place, "body": "Dulu"})
    page = office.post(f"/forum/drafts/{Draft.objects.get().pk}/drop/", follow=True).text
    office.post("/forum/drafts/save/", {"place": place, "body": "Sekarang"})
    assert "tidak bisa dikembalikan" in office.post(undo_of(page), follow=True).text
    assert Draft.objects.get().body == "Sekarang"


def test_draft_that_another_discarded_stays_away(client, made):
    writer = enter(client, made.author)
    writer.post("/forum/drafts/save/", {"place": f"t{made.pk}", "body": "Rahasia"})
    page = writer.post(f"/forum/drafts/{Draft.objects.get().pk}/drop/", follow=True).text
    other = enter(client, cast.person("other", name="Orang Lain"))
    assert "Rahasia" not in other.post(undo_of(page), follow=True).text
    assert not Draft.objects.exists()


def test_handled_reports_are_open_again_and_only_those_of_this_press(office, made):
    post = Post.objects.get(thread=made, depth=0)
    readers = [cast.person(f"reader{n}") for n in range(2)]
    first = Report.objects.create(post=post, reporter=readers[0], reason="spam")
    office.post(f"/forum/reports/{post.pk}/handle/", follow=True)
    second = Report.objects.create(post=post, reporter=readers[1], reason="spam")
    page = office.post(f"/forum/reports/{post.pk}/handle/", follow=True).text
    office.post(undo_of(page))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.handled_at is None, second.handled_at, second.handled_by) == (False, None, None)


@pytest.mark.parametrize("at", ["", "yesterday", "2026-01-01", "2026-01-01T00:00:00"])
def test_reports_are_not_opened_by_a_made_up_moment(office, made, at):
    post = Post.objects.get(thread=made, depth=0)
    assert office.post(f"/forum/reports/{post.pk}/reopen/?at={at}").status_code == 404
