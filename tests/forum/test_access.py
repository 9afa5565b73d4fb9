"""What somebody may not see they see on no path."""

import pytest
from django.test import Client

from forum.choices import Follow, PostState
from forum.models import Attachment, Draft, Post, Thread, ThreadReader
from forum.services.posts import Message, reply, set_state
from tests.conftest import enter
from tests.forum import cast
from tests.forum.test_view_writing import upload

pytestmark = pytest.mark.django_db
SECRET = "Rahasia Negara"


@pytest.fixture
def owner(db):
    cast.category("umum")
    return cast.person("owner", name="Oki Pemilik")


def browser(user) -> Client:
    return enter(Client(), user)


def private_thread(owner) -> Thread:
    made = cast.thread(owner, title=SECRET, is_private=True)
    cast.answer(owner, made, SECRET)
    return made


def closed_category_thread(owner) -> Thread:
    boss = cast.person("lecturer", "lecturer")
    made = cast.thread(boss, cast.lecturers_only(), title=SECRET)
    cast.answer(boss, made, SECRET)
    return made


def deleted_thread(owner) -> Thread:
    made = cast.thread(owner, title=SECRET)
    cast.answer(owner, made, SECRET)
    Thread.objects.filter(pk=made.pk).update(state="deleted")
    return made


def inactive_category_thread(owner) -> Thread:
    made = cast.thread(owner, where := cast.category(), title=SECRET)
    cast.answer(owner, made, SECRET)
    where.is_active = False
    where.save()
    return made


@pytest.mark.parametrize(
    "make", [private_thread, closed_category_thread, deleted_thread, inactive_category_thread]
)
def test_unseen_thread_is_seen_on_no_path(owner, make):
    """The predecessor checked who may read in no list, no search and no like."""
    made = make(owner)
    post = Post.objects.filter(thread=made).latest("pk")
    checked = Attachment.objects.create(post=post, file=_stored(owner))
    stranger = browser(cast.person("stranger"))
    # Somebody who liked and followed it before they lost the right.
    post.marks.create(user_id=ThreadReader.objects.first().user_id, kind="bookmark")
    me = cast.person("former")
    post.marks.create(user=me, kind="bookmark")
    ThreadReader.objects.create(thread=made, user=me, follow=Follow.FOLLOWING)
    Draft.objects.create(user=me, place=f"t{made.pk}", thread=made, body="Kataku sendiri")
    former = browser(me)
    assert "Kataku sendiri" in former.get("/forum/drafts/").text
    for client in (stranger, former):
        for path in _reading(made, post):
            assert client.get(path).status_code == 404, path
        for path in _acting(made, post):
            assert client.post(path, {"body": "x", "reason": "spam"}).status_code == 404, path
        assert client.get(f"/files/{checked.file_id}/x").status_code == 404
        for path in _listing(made):
            assert SECRET not in client.get(path).text, path
    assert Post.objects.filter(thread=made).count() == 2


def _stored(owner):
    from forum.services import attachments
    from isme.lib import files

    return files.keep(attachments.check(upload(), owner_id=owner.pk), owner_id=owner.pk)


def _reading(made, post) -> list[str]:
    parts = ("", "unread/", "reply/", "manage/", "change/", "readers/")
    acts = ("", "menu/", "edit/", "report/", "history/", "unmask/")
    return [
        *(f"/forum/t/{made.pk}/{part}" for part in parts),
        *(f"/forum/posts/{post.pk}/{act}" for act in acts),
    ]


def _acting(made, post) -> list[str]:
    parts = ("reply/", "follow/", "state/", "pin/", "move/", "merge/", "change/")
    acts = (
        "like/", "bookmark/", "edit/", "delete/", "hide/", "show/", "accept/", "endorse/",
        "report/", "unmask/",
    )  # fmt: skip
    return [
        *(f"/forum/t/{made.pk}/{part}" for part in parts),
        *(f"/forum/posts/{post.pk}/{act}" for act in acts),
    ]


def _listing(made) -> list[str]:
    return [
        "/forum/",
        f"/forum/c/{made.category.slug}/",
        f"/forum/c/{made.category.slug}/?q=Rahasia",
        "/forum/search/?q=Rahasia",
        "/forum/mine/",
        "/forum/bookmarks/",
        "/forum/drafts/",
        "/dashboard/",
    ]


def test_private_thread_is_open_to_its_people_and_staff(owner):
    friend = cast.person("friend")
    made = cast.thread(owner, is_private=True, allowed=[friend.pk])
    for user in (owner, friend, cast.person("boss", "office")):
        assert browser(user).get(made.get_absolute_url()).status_code == 200
    for user in (cast.person("peer"), cast.person("teacher", "lecturer")):
        assert browser(user).get(made.get_absolute_url()).status_code == 404


def test_public_thread_with_people_of_old_stands_once_in_lists(owner):
    friend = cast.person("friend")
    made = cast.thread(owner, is_private=True, allowed=[friend.pk, cast.person("b").pk])
    Thread.objects.filter(pk=made.pk).update(is_private=False)
    page = browser(friend).get(f"/forum/c/{made.category.slug}/").text
    assert page.count(f"/forum/t/{made.pk}/") == 1


def test_hidden_reply_is_for_the_office_alone(owner):
    made = cast.thread(owner)
    post = cast.answer(owner, made, SECRET)
    boss = browser(cast.person("boss", "office"))
    assert boss.post(f"/forum/posts/{post.pk}/hide/").status_code == 302
    peer = browser(cast.person("peer"))
    assert SECRET not in peer.get(made.get_absolute_url()).text
    assert peer.get(f"/forum/posts/{post.pk}/menu/").status_code == 404
    assert peer.post(f"/forum/posts/{post.pk}/like/").status_code == 404
    assert SECRET in boss.get(f"/forum/posts/{post.pk}/menu/").text
    assert "disembunyikan" in boss.get(made.get_absolute_url()).text


@pytest.mark.parametrize("state", ["hidden", "deleted"])
def test_file_of_a_removed_reply_is_fetched_by_nobody_but_the_office(owner, state):
    made = cast.thread(owner)
    post = cast.answer(owner, made)
    stored = Attachment.objects.create(post=post, file=_stored(owner)).file
    path = f"/files/{stored.pk}/x"
    peer, office = browser(cast.person("peer")), browser(boss := cast.person("boss", "office"))
    assert peer.get(path).status_code == 200
    set_state(actor=boss, post_id=post.pk, state=PostState(state))
    assert peer.get(path).status_code == 404
    assert office.get(path).status_code == (200 if state == "hidden" else 404)


def test_mentions_of_people_who_may_not_read_tell_nothing_more_than_their_name(owner):
    made = private_thread(owner)
    cast.person("stranger", name="Asing")
    post = reply(
        author=owner, thread_id=made.pk, parent_id=None, message=Message("Halo @stranger")
    )
    assert "@Asing" in post.html
