"""A store that is away while somebody sends a file: told at the field, nothing typed is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from academics.models import ImportJob, Material
from accounts.models import User
from forum.models import Attachment, Post, Thread
from isme.lib.models import IdempotencyKey, StoredFile
from tests.academics.importing import student, students
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.forum import cast
from tests.lib.test_files import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dead_store")]
TYPED = "Kalimat yang panjang & penting"
SHOWN = "Kalimat yang panjang &amp; penting"
WHY = "Berkas sedang tidak dapat disimpan"


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", b"%PDF-1.7 something")


def refused(response, field: str, form: str = "form") -> str:
    """The page that says it at ``field``, when nothing was kept: no row, no key used up."""
    assert response.status_code == 422
    assert list(response.context[form].errors) == [field]
    assert WHY in response.text
    assert not StoredFile.objects.exists()
    assert not IdempotencyKey.objects.exists()
    return response.text


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_reply_keeps_its_text(signed_in, user, headers):
    made = cast.thread(user)
    values = {"body": TYPED, "files": [pdf()], "idempotency_key": "k1"}
    response = signed_in.post(f"/forum/t/{made.pk}/reply/", values, headers=headers)
    assert SHOWN in refused(response, "files")
    assert not Post.objects.filter(depth=1).exists()


def test_thread_keeps_its_title_and_text(signed_in, user):
    where = cast.category()
    values = {"title": "Judul saya", "body": TYPED, "files": [pdf()], "idempotency_key": "k1"}
    text = refused(signed_in.post(f"/forum/c/{where.slug}/new/", values), "files")
    assert SHOWN in text
    assert "Judul saya" in text
    assert not Thread.objects.exists()
    assert not Attachment.objects.exists()


def test_material_keeps_its_title(client):
    offering = make.CourseOfferingFactory()
    client = enter(client, make_user("admin", role="super_admin"))
    values = {"title": TYPED, "document": pdf(), "idempotency_key": "k1"}
    text = refused(client.post(f"/offerings/{offering.pk}/materials/new/", values), "document")
    assert SHOWN in text
    assert not Material.objects.exists()
    values = {"document": pdf(), "idempotency_key": "k1"}
    refused(client.post(f"/offerings/{offering.pk}/syllabus/", values), "document")


def test_picture_of_a_person_stays_what_it_was(signed_in):
    values = {"avatar": SimpleUploadedFile("me.png", picture()), "idempotency_key": "k1"}
    refused(signed_in.post("/accounts/profile/avatar/", values), "avatar", "avatar_form")
    assert User.objects.get().avatar_id is None


def test_spreadsheet_is_not_listed_without_its_file(client):
    client = enter(client, make_user("admin", role="super_admin"))
    file = SimpleUploadedFile("a.xlsx", students(student(1)))
    values = {"file": file, "idempotency_key": "k1"}
    refused(client.post("/people/import/?kind=student", values), "file", "upload_form")
    assert not ImportJob.objects.exists()
