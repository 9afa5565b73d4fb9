"""What somebody may not see they see on no path; who wrote anonymously shows nowhere."""

import re

import pytest
from django.test import Client

from forum.choices import Follow, PostState
from forum.models import Attachment, Draft, Post, Pseudonym, Thread, ThreadReader
from forum.services.posts import Message, reply, set_state
from isme.lib.models import Job
from tests.conftest import enter, make_user
from tests.forum import cast
from tests.forum.test_view_writing import upload

pytestmark = pytest.mark.django_db
SECRET = "Rahasia Negara"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def owner(db):
    cast.category("umum")
    # A number that stands on no page for another reason: 4 would be the rows of a field.
    made = make_user("owner", pk=7_654_321)
    made.name = "Oki Pemilik"
    made.save(update_fields=["name"])
    return made


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


# --- Pseudonyms ------------------------------------------------------------------------------------

MASKED = ("Oki", "Pemilik", "owner", '"OP"')


@pytest.fixture
def anonymous(owner):
    """An anonymous question, its starter's replies, and another person's anonymous one."""
    made = cast.thread(owner, title="Bolehkah?", is_anonymous=True, is_question=True)
    other = cast.person("other", name="Lain Orang")
    first = cast.answer(owner, made, "Saya malu bertanya", is_anonymous=False)
    cast.answer(other, made, "Sama", first, is_anonymous=True)
    cast.answer(other, made, "Bukan anonim")
    return made


def without_chance(text: str) -> str:
    """``text`` but for its tokens: 64 letters by chance, which may spell a short name."""
    return re.sub(r"\b\w{64}\b", "", text)


def test_starter_of_an_anonymous_thread_shows_nowhere(owner, anonymous):
    posts = list(Post.objects.filter(thread=anonymous))
    peer = cast.person("peer", "office")
    client = browser(peer)
    for post in posts:
        client.post(f"/forum/posts/{post.pk}/bookmark/")
        client.post(f"/forum/posts/{post.pk}/report/", {"reason": "spam"})
    paths = [
        anonymous.get_absolute_url(),
        f"{anonymous.get_absolute_url()}?sort=newest",
        f"{anonymous.get_absolute_url()}?sort=liked",
        f"{anonymous.get_absolute_url()}manage/",
        f"/forum/c/{anonymous.category.slug}/",
        f"/forum/c/{anonymous.category.slug}/?q=malu",
        "/forum/search/?q=malu",
        "/forum/",
        "/forum/mine/",
        "/forum/bookmarks/",
        "/forum/reports/",
        *(f"/forum/posts/{post.pk}/menu/" for post in posts),
        *(f"/forum/posts/{post.pk}/history/" for post in posts),
        *(f"/forum/t/{anonymous.pk}/reply/?parent={post.pk}" for post in posts),
    ]
    for path in paths:
        text = without_chance(client.get(path, follow=True).text)
        assert [word for word in MASKED if word in text] == [], path
        assert f'"{owner.pk}"' not in text, path
    for post in posts:
        part = without_chance(client.post(f"/forum/posts/{post.pk}/like/", headers=HTMX).text)
        assert [word for word in MASKED if word in part] == []


def test_who_read_an_anonymous_thread_is_told_to_its_starter_alone(owner, anonymous):
    """Else the office opens a new one and sees a single reader: the one who wrote it."""
    starter, office = browser(owner), browser(cast.person("boss", "office"))
    address = anonymous.get_absolute_url()
    starter.get(address)
    assert office.get(f"{address}readers/").status_code == 403
    assert "readers/" not in office.get(f"{address}manage/").text
    assert starter.get(f"{address}readers/").status_code == 200


def test_readers_are_told_by_the_day(owner):
    """Else who read at 12.03 is the one whose anonymous reply is of 12.03."""
    made = cast.thread(owner)
    peer = cast.person("peer", name="Peer Baca")
    browser(peer).get(made.get_absolute_url())
    page = browser(owner).get(f"{made.get_absolute_url()}readers/").text
    row = page.split("Peer Baca")[1].split("</p>")[0]
    assert re.search(r"\d{4}<", row)
    assert not re.search(r"\d\d\.\d\d", row)


def test_document_of_the_starter_of_an_anonymous_thread_is_refused(owner, anonymous):
    """They write under a pseudonym without ticking the box; the file's name would say it all."""
    answer = {"body": "Lihat ini", "files": [upload("oki_pemilik.pdf")]}
    address = f"{anonymous.get_absolute_url()}reply/"
    assert browser(owner).post(address, answer).status_code == 422
    assert not Attachment.objects.exists()
    named = {"body": "Lihat ini", "files": [upload("skripsi.pdf")]}
    assert browser(cast.person("peer")).post(address, named).status_code == 302


def test_pseudonyms_are_one_per_person_and_thread(owner, anonymous):
    numbers = list(Post.objects.order_by("number").values_list("pseudonym", flat=True))
    assert numbers == [1, 1, 2, None]
    other = cast.thread(cast.person("else"), is_anonymous=True)
    cast.answer(owner, other, is_anonymous=True)
    assert Pseudonym.objects.get(thread=other, user=owner).number == 2
    text = browser(cast.person("peer")).get(anonymous.get_absolute_url()).text
    assert "Anonim 1" in text
    assert "<b>Anonim 1</b><i>Pembuka</i>" in text


def test_own_anonymous_post_is_still_ones_own(owner, anonymous):
    post = Post.objects.get(thread=anonymous, number=1)
    assert browser(owner).get(f"/forum/posts/{post.pk}/edit/").status_code == 200


def test_unmasking_needs_a_super_admin_and_a_reason_and_is_audited(owner, anonymous):
    post = Post.objects.get(thread=anonymous, number=1)
    path = f"/forum/posts/{post.pk}/unmask/"
    assert browser(cast.person("boss", "office")).get(path).status_code == 403
    admin = browser(cast.person("admin", "super_admin"))
    assert "Oki" not in admin.get(path).text
    assert admin.post(path, {"reason": "  "}).status_code == 422
    Job.objects.all().delete()
    assert "Oki Pemilik" in admin.post(path, {"reason": "Ancaman"}).text
    payload = Job.objects.get(kind="accounts.audit_append").payload
    assert payload["verb"] == "forum.unmasked"
    assert "Ancaman" in payload["details"]


def test_mentions_of_people_who_may_not_read_tell_nothing_more_than_their_name(owner):
    made = private_thread(owner)
    cast.person("stranger", name="Asing")
    post = reply(
        author=owner, thread_id=made.pk, parent_id=None, message=Message("Halo @stranger")
    )
    assert "@Asing" in post.html
