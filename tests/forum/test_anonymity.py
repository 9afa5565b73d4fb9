"""Who wrote anonymously shows nowhere, and can be told by nothing else that is shown."""

import re

import pytest
from django.test import Client

from accounts.models import User
from forum.models import Attachment, Post, Pseudonym
from forum.services.merging import merge
from isme.lib import jobs, privacy
from isme.lib.models import Job
from tests.conftest import enter, make_user
from tests.forum import cast
from tests.forum.test_view_writing import upload

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
MASKED = ("Oki", "Pemilik", "owner", '"OP"')


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


def test_who_read_an_anonymous_thread_is_told_to_its_starter_alone(owner):
    """Else the office opens a new one and sees a single reader: the one who wrote it."""
    made = cast.thread(owner, is_anonymous=True)
    starter, office = browser(owner), browser(cast.person("boss", "office"))
    address = made.get_absolute_url()
    starter.get(address)
    assert office.get(f"{address}readers/").status_code == 403
    assert "readers/" not in office.get(f"{address}manage/").text
    assert starter.get(f"{address}readers/").status_code == 200
    assert "readers/" in starter.get(f"{address}manage/").text


def test_nobody_is_told_who_read_a_thread_in_which_another_wrote_anonymously(owner):
    """Else the starter waits with the list open: who comes to stand on it next has written."""
    made = cast.thread(owner)
    starter, address = browser(owner), made.get_absolute_url()
    assert starter.get(f"{address}readers/").status_code == 200
    cast.answer(owner, made, is_anonymous=True)
    assert starter.get(f"{address}readers/").status_code == 200, "their own is no secret to them"
    cast.answer(cast.person("other"), made, is_anonymous=True)
    for client in (starter, browser(cast.person("boss", "office"))):
        assert client.get(f"{address}readers/").status_code == 403
        assert "readers/" not in client.get(f"{address}manage/").text


def test_who_wrote_anonymously_in_two_threads_stays_two_when_they_are_merged(owner):
    """Else the merge says that the one who failed is the one who complained."""
    other, boss = cast.person("other"), cast.person("boss", "office")
    source = cast.thread(owner, title="Sumber", is_anonymous=True)
    target = cast.thread(cast.person("peer"), source.category, title="Tujuan")
    cast.answer(owner, target, is_anonymous=True)
    cast.answer(other, source, is_anonymous=True)
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    moved = cast.answer(other, target, is_anonymous=True)
    new = cast.answer(boss, target, is_anonymous=True)
    numbers = Post.objects.filter(thread=target).order_by("number")
    expected = [
        (None, "peer"),
        (1, "owner"),
        (2, "owner"),
        (3, "other"),
        (3, "other"),
        (4, "boss"),
    ]
    assert list(numbers.values_list("pseudonym", "author__username")) == expected
    assert (moved.pseudonym, new.pseudonym) == (3, 4)


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
    assert str(owner.pk) not in str(payload), "who looks into the trail has given no reason"


def test_who_was_unmasked_is_told_by_whom(owner, anonymous):
    """Else one never learns that one's pseudonym is known; and nobody learns it beside them."""
    post = Post.objects.get(thread=anonymous, number=1)
    admin = cast.person("admin", "super_admin", "Sri Super")
    browser(admin).post(f"/forum/posts/{post.pk}/unmask/", {"reason": "Ancaman"})
    for pk in Job.objects.filter(kind="accounts.audit_append").values_list("pk", flat=True):
        jobs.run(pk)
    mine, theirs = (
        browser(user).get("/accounts/privacy/").text
        for user in (owner, User.objects.get(username="other"))
    )
    assert "Sri Super" in mine
    assert "Mengetahui" in mine
    assert "Sri Super" not in theirs
    trail = browser(admin).get("/accounts/audit/").text
    assert "Ancaman" in trail
    assert "Oki" not in without_chance(trail)


def test_own_data_of_others_say_nothing(owner, anonymous):
    """Else one orders a file of one's own data, and finds in it who answered."""
    peer, other = cast.person("peer"), User.objects.get(username="other")
    mine = cast.answer(peer, anonymous, "Bernama")
    cast.answer(owner, anonymous, "Balasan untukmu @peer @other", mine)
    for pk in Job.objects.filter(kind="notifications.tell").values_list("pk", flat=True):
        jobs.run(pk)
    for reader in (peer, other):
        browser(reader).get(anonymous.get_absolute_url())
        browser(reader).post(f"/forum/posts/{cast.opening(anonymous).pk}/bookmark/")
        kept = str(privacy.export(reader.pk))
        assert "forum.PostMark" in kept
        assert [word for word in (*MASKED, str(owner.pk)) if word in kept] == []
    assert "Balasan untukmu" in str(privacy.export(owner.pk))


def test_who_can_find_out_is_said_where_one_chooses_to_be_anonymous(owner):
    """Else people trust the box with more than it keeps, or with nothing."""
    client, made = browser(owner), cast.thread(owner)
    masked = cast.thread(owner, is_anonymous=True)
    for path in (
        made.get_absolute_url(),
        masked.get_absolute_url(),
        f"{made.get_absolute_url()}reply/",
        f"{made.category.get_absolute_url()}new/",
    ):
        text = client.get(path).text
        said = re.search(
            r'<p[^>]* id="(\w+is_anonymous_helptext)"[^>]*>\s*(.*?)</p>', text, re.DOTALL
        )
        assert said is not None, path
        assert "hanya super admin" in said[2]
        assert "dicatat" in said[2]
        if path != masked.get_absolute_url():
            assert f'aria-describedby="{said[1]}"' in text, path


def test_a_new_thread_is_asked_about_before_it_is_sent(owner):
    """Else who sends it from a phone never sees that it could be private or anonymous."""
    text = browser(owner).get(f"{cast.thread(owner).category.get_absolute_url()}new/").text
    send = text.rindex("Buka utas")
    for name in ("is_question", "is_anonymous", "tags", "closes_at", "is_private", "allowed"):
        assert text.index(f'name="{name}"') < send
