"""Writing through the pages: once, at the right place, and nothing typed is lost."""

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from forum.choices import Follow
from forum.models import Attachment, Post, Thread, ThreadAccess
from forum.services.marks import follow_thread
from tests.forum import cast
from tests.lib.test_files import picture

HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


def send(client, made, body="Setuju", **values):
    headers = values.pop("headers", {})
    return client.post(f"/forum/t/{made.pk}/reply/", {"body": body, **values}, headers=headers)


def test_reply_leads_to_its_place(writer, made):
    response = send(writer, made)
    post = Post.objects.get(depth=1)
    assert response["Location"] == f"/forum/posts/{post.pk}/"
    assert "Setuju" in writer.get(response["Location"], follow=True).text


def test_reply_in_place_is_a_part(writer, made):
    opening = cast.answer(made.author, made)
    response = send(writer, made, parent=opening.pk, headers=HTMX)
    assert response.status_code == 200
    assert response.text.lstrip().startswith("<li><article")
    assert 'hx-swap-oob="true"' in response.text
    assert Post.objects.get(depth=2).parent_id == opening.pk


@pytest.mark.parametrize("former", [None, Follow.NONE, Follow.FOLLOWING, Follow.MUTED])
def test_button_says_after_a_reply_what_it_says_after_loading(writer, made, former):
    """Else who has just replied is offered to follow, though they do."""
    if former is not None:
        follow_thread(user=User.objects.get(username="writer"), thread=made, follow=former)
    address = made.get_absolute_url()
    part = send(writer, made, headers=HTMX)
    button = re.search(r'<form\s[^>]*id="follow".*?</form>', part.text, re.DOTALL)[0]
    said = "Mengikuti" if former != Follow.MUTED else "Ikuti"
    assert said in button
    page = writer.get(address).text
    again = re.search(r'<form\s[^>]*id="follow".*?</form>', page, re.DOTALL)[0]
    assert said in again
    # Else who muted the thread looks for why they hear nothing of it.
    for form in (button, again):
        assert ("Disenyapkan" in form) is (former == Follow.MUTED)


def test_reply_to_the_opening_text_is_one_to_the_thread(writer, made):
    send(writer, made, parent=cast.opening(made).pk)
    assert Post.objects.get(depth=1).parent_id is None


def test_same_key_takes_effect_once(writer, made):
    answers = [send(writer, made, idempotency_key="k1") for _press in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Post.objects.filter(depth=1).count() == 1
    send(writer, made, idempotency_key="k2")
    assert Post.objects.filter(depth=1).count() == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "Tulis sesuatu dulu"),
        ("  \n ", "Tulis sesuatu dulu"),
        ("a" * 5001, "paling banyak 5000 karakter"),
        ("x\0y", "arakter null"),
        ("[" * 4000, "Sederhanakan dulu"),
        ("a" * 1_000_000, "terlalu panjang"),
    ],
    ids=["empty", "blank", "long", "nul", "bomb", "1 MB"],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_refused_reply_keeps_what_was_typed(writer, made, body, why, headers):
    response = send(writer, made, body, idempotency_key="k1", headers=headers)
    assert response.status_code == 422
    assert why in response.text
    assert body.replace("\0", "").strip()[:2000] in response.text.replace("\0", "")
    assert 'value="k1"' in response.text, "nothing happened: the same key may be used again"
    assert ("HX-Retarget" in response) is bool(headers)
    assert not Post.objects.filter(depth=1).exists()


@pytest.mark.parametrize(
    "body",
    ["a" * 5000, "👩‍⚕️" * 500, "> " * 1000 + "x", "\u202eterbalik", "z\u0351" * 900, "é" * 4000],
    ids=["word", "emoji", "quotes", "direction", "zalgo", "accents"],
)
def test_odd_reply_is_posted_clean(writer, made, body):
    response = send(writer, made, body)
    assert response.status_code == 302
    assert writer.get(response["Location"], follow=True).status_code == 200
    assert "\u202e" not in Post.objects.get(depth=1).html


@pytest.mark.parametrize("parent", ["0", "-1", "abc", "9" * 30, "9" * 18, "١", "1.5"])
def test_made_up_parent_is_refused_at_the_form(writer, made, parent):
    response = send(writer, made, parent=parent)
    assert response.status_code == 422
    assert "Setuju" in response.text
    assert not Post.objects.filter(depth=1).exists()


def test_reply_to_a_closed_thread_is_refused_and_not_lost(writer, made):
    Thread.objects.update(state="closed")
    response = send(writer, made, "Sudah saya tulis panjang")
    assert response.status_code == 403
    assert "Sudah saya tulis panjang" in response.text
    assert "Utas ini sudah ditutup" in response.text


def test_extra_fields_are_ignored(writer, made):
    send(writer, made, author=made.author_id, pseudonym=5, state="hidden", number=99)
    post = Post.objects.get(depth=1)
    assert (post.author.username, post.pseudonym, post.state, post.number) == (
        "writer", None, "visible", 1,
    )  # fmt: skip


# --- Files ---------------------------------------------------------------------------------------


def upload(name="catatan.pdf", content=b"%PDF-1.7 isi"):
    return SimpleUploadedFile(name, content)


def test_file_hangs_on_the_post_and_who_reads_it_may_fetch_it(writer, made):
    send(writer, made, files=[upload(), upload("foto.png", picture())])
    page = writer.get(made.get_absolute_url()).text
    stored = [attachment.file for attachment in Attachment.objects.order_by("pk")]
    assert [one.name for one in stored] == ["catatan.pdf", "foto.webp"]
    for one in stored:
        assert f"<a href=/files/{one.pk}/{one.name}>" in page
        assert writer.get(f"/files/{one.pk}/x").status_code == 200
    assert f'<img src=/files/{stored[1].pk}/foto.webp alt="foto.webp" loading=lazy>' in page
    assert page.count("loading=lazy") == 1, "a document is no picture"


@pytest.mark.parametrize(
    ("count", "one", "why"),
    [
        (11, upload, "Paling banyak 10 berkas"),
        (1, lambda: upload("a.pdf", b""), "Berkas ini kosong"),
        (1, lambda: upload("a.pdf", b"%PDF-" + b"x" * 10 * 1024 * 1024), "terlalu besar"),
        (1, lambda: upload("a.svg", b"<svg onload=alert(1)>"), "Pilih berkas dengan format ini"),
        (1, lambda: upload("a.docx", b"<html>"), "Pilih berkas dengan format ini"),
        (1, lambda: upload("a.docx", b"PK\x03\x04 junk"), "rusak"),
        (1, lambda: upload("a.pdf.exe", b"MZ"), "Pilih berkas dengan format ini"),
        (1, lambda: upload("a.png", b"\x89PNG\r\n\x1a\n junk"), "rusak"),
    ],
    ids=["eleven", "empty", "large", "svg", "html", "no zip", "exe", "broken"],
)
def test_bad_file_is_refused_and_the_text_kept(writer, made, count, one, why):
    response = send(writer, made, "Lihat lampiran", files=[one() for _file in range(count)])
    assert response.status_code == 422
    assert why in response.text
    assert "Lihat lampiran" in response.text
    assert not Post.objects.filter(depth=1).exists()


def test_file_beyond_ones_room_is_refused_and_the_text_kept(writer, made, settings):
    """Else the forum is the way round the limit that holds everywhere else."""
    settings.UPLOAD_ROOM_BYTES = 5
    response = send(writer, made, "Lihat lampiran", files=[upload()])
    assert response.status_code == 422
    assert "catatan.pdf: Ruang Anda tinggal" in response.text
    assert "Lihat lampiran" in response.text


def test_picture_of_an_anonymous_post_tells_nothing(writer, made):
    """The camera's data and the file's name would say who it was."""
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "Wulan Writer"  # Artist
    Image.new("RGB", (60, 40), "teal").save(target, "JPEG", exif=exif)
    shot = upload("wulan_writer.jpg", target.getvalue())
    assert send(writer, made, is_anonymous="on", files=[shot]).status_code == 302
    stored = Attachment.objects.get().file
    content = b"".join(writer.get(f"/files/{stored.pk}/x").streaming_content)
    assert b"Wulan" not in content
    assert "wulan" not in stored.name.lower()
    response = send(writer, made, is_anonymous="on", files=[upload()])
    assert (response.status_code, Attachment.objects.count()) == (422, 1)


# --- Threads -------------------------------------------------------------------------------------


def test_thread_is_opened_once_with_all_it_has(writer, where):
    friend = cast.person("friend")
    values = {
        "title": "  Nyeri   dada ",
        "body": "Kenapa?",
        "tags": "Angina, nyeri alih, angina",
        "is_question": "on",
        "is_private": "on",
        "allowed": "@friend",
        "closes_at": "2099-01-02T08:00",
        "idempotency_key": "k1",
    }
    for _press in range(2):
        response = writer.post(f"/forum/c/{where.slug}/new/", values)
    opened = Thread.objects.get(title="Nyeri dada")
    assert response["Location"] == opened.get_absolute_url()
    assert opened.tag_list == ["angina", "nyeri alih"]
    assert (opened.is_question, opened.is_private) == (True, True)
    assert ThreadAccess.objects.get().user_id == friend.pk
    assert "Kenapa?" in writer.get(opened.get_absolute_url()).text


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"title": ""}, "Beri utas ini judul"),
        ({"title": "a" * 256}, "255"),
        ({"body": ""}, "Tulis sesuatu dulu"),
        ({"closes_at": "2001-01-01T00:00"}, "masih akan datang"),
        ({"closes_at": "2026-02-30T00:00"}, "tanggal"),
        ({"tags": "a,b,c,d,e,f"}, "Paling banyak lima label"),
        ({"allowed": "nobody-here"}, "nobody-here"),
        ({"title": "x\0"}, "null"),
    ],
)
def test_refused_thread_keeps_what_was_typed(writer, where, values, why):
    posted = {"title": "Judul saya", "body": "Isi yang panjang", **values}
    response = writer.post(f"/forum/c/{where.slug}/new/", posted)
    assert response.status_code == 422
    assert why in response.text
    assert "Isi yang panjang" in response.text or "body" in values
    assert Thread.objects.count() == 1


def test_buttons_of_a_text_stand_between_its_label_and_its_field(writer, where):
    """Else they float below the title, and nobody knows what they change."""
    page = writer.get(f"/forum/c/{where.slug}/new/").text
    parts = ('name="title"', '<label for="id_body"', 'aria-controls="id_body"', "<textarea")
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_acts_of_a_post_have_the_signs_of_what_they_do(writer, made):
    """Else "Edit" looks like settings and a link like a way to go on."""
    send(writer, made)
    menu = writer.get(f"/forum/posts/{Post.objects.get(depth=1).pk}/menu/").text
    signs = re.findall(r'<use href="[^"#]*#(\w+)" />\s*</svg>\s*([\w ]+)', menu)
    assert {"link": "Tautan ke kiriman ini", "edit": "Ubah", "trash": "Hapus"}.items() <= {
        (sign, said.strip()) for sign, said in signs
    }


# --- Edit, delete, report -------------------------------------------------------------------------


def test_edit_form_holds_the_source_and_saves(writer, made):
    send(writer, made, "Halo **dunia**")
    post = Post.objects.get(depth=1)
    address = f"/forum/posts/{post.pk}/edit/"
    assert "Halo **dunia**" in writer.get(address).text
    assert "<form" in writer.get(address, headers=HTMX).text
    response = writer.post(address, {"body": "Halo <b>kamu</b>"}, headers=HTMX)
    assert "&lt;b&gt;kamu" in response.text
    refused = writer.post(address, {"body": ""})
    assert refused.status_code == 422


def test_another_person_edits_and_deletes_nothing(writer, made):
    post = cast.answer(made.author, made)
    assert writer.get(f"/forum/posts/{post.pk}/edit/").status_code == 403
    for act in ("edit", "delete", "hide", "accept", "endorse"):
        response = writer.post(f"/forum/posts/{post.pk}/{act}/", {"body": "x"})
        assert response.status_code == 403, act
    post.refresh_from_db()
    assert (post.state, post.body, post.endorsed_at) == ("visible", "Setuju", None)


def test_deleted_reply_leaves_no_text(writer, made):
    send(writer, made, "Rahasia besar")
    post = Post.objects.get(depth=1)
    cast.answer(made.author, made, parent=post)
    response = writer.post(f"/forum/posts/{post.pk}/delete/", headers=HTMX)
    assert "Balasan ini dihapus" in response.text
    page = writer.get(made.get_absolute_url()).text
    assert "Rahasia besar" not in page
    assert "Balasan ini dihapus" in page
    assert writer.get(f"/forum/posts/{post.pk}/").status_code == 404


def test_like_in_place_and_as_a_form(writer, made):
    post = cast.answer(made.author, made)
    assert (
        "aria-pressed=true>1 Suka"
        in writer.post(f"/forum/posts/{post.pk}/like/", headers=HTMX).text
    )
    assert writer.post(f"/forum/posts/{post.pk}/like/").status_code == 302
    post.refresh_from_db()
    assert post.like_count == 0


# --- Preview, mentions --------------------------------------------------------------------------


def test_preview_shows_what_will_be_and_keeps_nothing(writer):
    response = writer.post("/forum/preview/", {"body": "**a** <script>"})
    assert "<strong>a</strong> &lt;script&gt;" in response.text
    assert "Tulis sesuatu dulu" in writer.post("/forum/preview/").text


def test_people_for_a_mention(writer):
    found = json.loads(writer.get("/forum/people/?q=wul").content)["people"]
    assert found == [{"username": "writer", "name": "Wulan Writer", "role": "Mahasiswa"}]
    for query in ("", "w", "%25%25", "__", "%00", "x" * 500):
        people = json.loads(writer.get(f"/forum/people/?q={query}").content)["people"]
        assert people == [], query
