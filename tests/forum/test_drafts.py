"""What somebody was writing waits for them, whole, and is gone when it is sent."""

import re

import pytest

from forum.models import Draft, Thread, ThreadAccess
from tests.forum import cast

HTMX = {"HX-Request": "true"}
SAVE = "/forum/drafts/save/"
pytestmark = pytest.mark.django_db


def send(client, made, body="Setuju", **values):
    return client.post(f"/forum/t/{made.pk}/reply/", {"body": body, **values})


def test_draft_is_kept_and_gone_when_posted(writer, made):
    place = f"t{made.pk}"
    saved = writer.post("/forum/drafts/save/", {"place": place, "body": "Setengah"}, headers=HTMX)
    assert "Konsep tersimpan" in saved.text
    assert "Setengah" in writer.get("/forum/drafts/").text
    assert "Setengah" in writer.get(f"/forum/t/{made.pk}/reply/").text
    send(writer, made)
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "place", ["", "x1", "t0", "t999999", "c-1", "t1p", "t" + "9" * 30, "t1\0"]
)
def test_draft_of_no_place_is_not_found(writer, place):
    assert writer.post("/forum/drafts/save/", {"place": place, "body": "x"}).status_code == 404


def test_draft_of_anothers_private_thread_is_not_found(writer):
    secret = cast.thread(cast.person("other"), is_private=True)
    response = writer.post("/forum/drafts/save/", {"place": f"t{secret.pk}", "body": "x"})
    assert response.status_code == 404


TYPED = {
    "title": "Bolehkah saya?",
    "body": "Baris satu\r\nBaris dua",
    "tags": "ujian, remedial",
    "allowed": "starter",
    "closes_at": "2099-01-02T08:00",
    "is_question": "on",
    "is_private": "on",
    "is_anonymous": "on",
}


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the form as it stands on the page."""
    form = page[page.index("data-composer") :]
    form = form[: form.index("</form>")]
    values = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag):
            values[name[1]] = value[1] if value else "on"
    values["body"] = re.search(r"<textarea[^>]*>([^<]*)</textarea>", form)[1].lstrip("\r\n")
    return values


@pytest.mark.smoke
def test_draft_of_a_thread_comes_back_whole_and_opens_it_so(writer, where, made):
    """Else a private or anonymous question of yesterday is opened today for all, by name."""
    writer.post(SAVE, {"place": f"c{where.pk}", **TYPED})
    found = form_of(writer.get(f"/forum/c/{where.slug}/new/").text)
    expected = {**TYPED, "body": TYPED["body"].replace("\r\n", "\n")}
    assert {name: found.get(name) for name in TYPED} == expected
    found.pop("files")
    assert writer.post(f"/forum/c/{where.slug}/new/", found).status_code == 302
    opened = Thread.objects.latest("pk")
    assert (opened.is_anonymous, opened.is_private, opened.is_question) == (True, True, True)
    assert opened.tag_list == ["ujian", "remedial"]
    assert ThreadAccess.objects.get().user_id == made.author_id
    assert not Draft.objects.exists()


def test_anonymous_reply_is_still_one_after_a_night_as_a_draft(writer, made):
    typed = {"body": "Saya malu", "is_anonymous": "on", "tags": "x", "parent": "7", "evil": "y"}
    writer.post(SAVE, {"place": f"t{made.pk}", **typed})
    assert Draft.objects.get().details == {"is_anonymous": "on"}
    found = form_of(writer.get(f"/forum/t/{made.pk}/reply/").text)
    assert (found["body"], found["is_anonymous"]) == ("Saya malu", "on")


def test_discarded_draft_comes_back_with_its_ticks(writer, where):
    writer.post(SAVE, {"place": f"c{where.pk}", **TYPED})
    before = Draft.objects.values("title", "body", "details").get()
    pk = Draft.objects.get().pk
    writer.post(f"/forum/drafts/{pk}/drop/")
    writer.post(f"/forum/drafts/{pk}/restore/")
    assert Draft.objects.values("title", "body", "details").get() == before


def test_ticks_alone_are_no_draft_but_tags_are(writer, where):
    place = {"place": f"c{where.pk}"}
    writer.post(SAVE, {**place, "is_private": "on", "body": " "})
    assert not Draft.objects.exists()
    writer.post(SAVE, {**place, "tags": "ujian"})
    assert Draft.objects.get().details == {"tags": "ujian"}


@pytest.mark.parametrize("field", [*TYPED])
def test_draft_of_a_megabyte_is_cut(writer, where, field):
    writer.post(SAVE, {"place": f"c{where.pk}", "body": "x", field: "a\0" * 500_000})
    row = Draft.objects.get()
    assert all(len(text) <= 20_000 for text in (row.title, row.body, *row.details.values()))
    assert "\0" not in f"{row.title}{row.body}{row.details}"


def test_text_kept_before_it_became_an_answer_is_gone_when_sent(writer, made):
    """Else what stands in the thread already waits among the drafts, to be sent once more."""
    post = cast.answer(made.author, made)
    text = "Satu\nDua"
    writer.post(SAVE, {"place": f"t{made.pk}", "body": text})
    writer.post(SAVE, {"place": f"t{made.pk}p{post.pk}", "body": text})
    other = cast.thread(made.author)
    writer.post(SAVE, {"place": f"t{other.pk}", "body": text})
    send(writer, made, text.replace("\n", "\r\n"), parent=post.pk)
    assert [row.place for row in Draft.objects.all()] == [f"t{other.pk}"]
