"""One's own picture: put in, replaced, taken away; seen by everybody who is signed in."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from isme.lib.models import Job, StoredFile
from tests.conftest import enter, make_user
from tests.lib.test_files import picture

UPLOAD = "/accounts/profile/avatar/"
REMOVE = "/accounts/profile/avatar/remove/"


def put(client: Client, content: bytes | None = None, key: str = "k1", name: str = "me.png"):
    upload = SimpleUploadedFile(name, picture() if content is None else content)
    return client.post(UPLOAD, {"avatar": upload, "idempotency_key": key})


@pytest.fixture
def with_picture(signed_in, user, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = put(signed_in)
    assert response.status_code == 302
    return signed_in


def test_initials_stand_where_no_picture_is(signed_in):
    page = signed_in.get("/accounts/profile/").text
    assert re.search(r'avatar--xl"\s+aria-hidden="true"\s*>NP<', page)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("dr. Lukman Kurniawan, Sp.JP", "LK"),
        ("Prof. Dr. dr. Sri Hartati Wibowo, M.Kes, Ph.D", "SW"),
        ("Nadia", "N"),
        ("A. Rahman", "R"),
        ("12 Monyet", "M"),
        ("...", ""),
    ],
)
def test_titles_are_no_part_of_the_initials(name, letters):
    """Else every lecturer is "DS" in lists, and nobody is told apart by them."""
    assert User(name=name).initials == letters


def test_picture_shows_at_once(with_picture, user):
    user.refresh_from_db()
    page = with_picture.get("/accounts/profile/").text
    assert re.search(
        rf'avatar--xl"\s+src="/files/{user.avatar_id}/avatar.webp"\s+width="96"', page
    )
    response = with_picture.get(f"/files/{user.avatar_id}/avatar.webp")
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Disposition"].startswith("inline")


def test_another_person_sees_it(with_picture, user):
    user.refresh_from_db()
    other = enter(Client(), make_user("tiara"))
    assert other.get(f"/files/{user.avatar_id}/x").status_code == 200


def test_second_press_stores_nothing_more(with_picture):
    assert put(with_picture).status_code == 302
    assert StoredFile.objects.count() == 1
    assert not Job.objects.filter(kind="lib.delete_file").exists()


def test_new_picture_takes_the_old_one_away(with_picture, user):
    old = StoredFile.objects.get()
    put(with_picture, key="k2")
    user.refresh_from_db()
    assert StoredFile.objects.get().pk == user.avatar_id != old.pk
    assert Job.objects.get(kind="lib.delete_file").payload == {"path": old.path}


def test_removed_picture_is_gone(with_picture, user):
    assert with_picture.post(REMOVE, {"idempotency_key": "k3"}).status_code == 302
    user.refresh_from_db()
    assert user.avatar_id is None
    assert not StoredFile.objects.exists()


def test_removing_nothing_is_no_error(signed_in):
    assert signed_in.post(REMOVE).status_code == 302


def test_refused_picture_is_explained_at_the_field(signed_in):
    response = put(signed_in, b"<html>")
    assert response.status_code == 422
    assert 'id="id_avatar_error">Pilih berkas dengan format ini: JPG, PNG, WEBP.' in response.text
    assert not User.objects.exclude(avatar_id=None).exists()


def test_empty_picture_is_explained_in_our_words(signed_in):
    assert "Berkas ini kosong" in put(signed_in, b"").text


def test_form_without_a_file_is_explained(signed_in):
    response = signed_in.post(UPLOAD, {"avatar": "text"})
    assert "Pilih sebuah foto." in response.text
