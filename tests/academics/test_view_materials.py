"""Syllabus and materials: who may give them, and what is refused whatever its name."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from academics.choices import TeachingKind
from academics.models import CourseOffering, Material, Term
from accounts.models import User
from isme.lib import documents, home
from isme.lib.models import StoredFile
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 something"


def zipped(entries, compression=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


def office_file(folder, **more):
    return zipped({"[Content_Types].xml": "x", f"{folder}main.xml": "x", **more})


def picture():
    target = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def offering():
    return make.CourseOfferingFactory()


def as_lecturer(client, offering, kind):
    user = make_user("dosen", role="lecturer")
    lecturer = make.LecturerFactory(user=user)
    make.TeachingRoleFactory(offering=offering, lecturer=lecturer, kind=kind)
    return enter(client, user)


def give(client, offering, name, content, title="Slides"):
    upload = SimpleUploadedFile(name, content)
    address = f"/offerings/{offering.pk}/materials/new/"
    return client.post(address, {"title": title, "document": upload})


def test_coordinator_gives_a_syllabus_and_replaces_it(client, offering):
    as_lecturer(client, offering, TeachingKind.COORDINATOR)
    address = f"/offerings/{offering.pk}/syllabus/"
    for name in ("one.pdf", "two.pdf"):
        response = client.post(address, {"document": SimpleUploadedFile(name, PDF)})
        assert response.status_code == 302
    offering = CourseOffering.objects.get()
    assert offering.syllabus.name == "two.pdf"
    assert StoredFile.objects.count() == 1
    page = client.get(offering.course.get_absolute_url())
    assert "two.pdf" in page.text
    assert client.get(f"/files/{offering.syllabus_id}/two.pdf").status_code == 200


def test_team_gives_materials_but_no_syllabus(client, offering):
    as_lecturer(client, offering, TeachingKind.TEAM)
    assert client.get(f"/offerings/{offering.pk}/syllabus/").status_code == 403
    assert give(client, offering, "slides.pptx", office_file("ppt/")).status_code == 302
    material = Material.objects.get()
    assert client.post(f"/materials/{material.pk}/delete/").status_code == 302
    assert not Material.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_given_material_stands_on_the_home_page_of_colleagues(client, offering):
    Term.objects.filter(pk=offering.term_id).update(is_active=True)
    as_lecturer(client, offering, TeachingKind.TEAM)
    give(client, offering, "a.pdf", PDF, title="Katup jantung")
    assert home_of(User.objects.get(username="dosen")) is None, "one's own is no news"
    colleague = make.LecturerFactory()
    make.TeachingRoleFactory(offering=offering, lecturer=colleague, kind=TeachingKind.TEACHER)
    (entry,) = home_of(colleague.user)["entries"]
    assert (entry.title, entry.address) == (
        "Katup jantung",
        offering.course.get_absolute_url(),
    )
    Material.objects.all().delete()
    assert home_of(colleague.user) is None, "what is gone leads nowhere"


def home_of(user):
    blocks = home.blocks_for(user.role)
    return next(block for block in blocks if block.name == "latest").facts(user)


def test_teacher_gives_nothing(client, offering):
    as_lecturer(client, offering, TeachingKind.TEACHER)
    assert give(client, offering, "a.pdf", PDF).status_code == 403
    assert not StoredFile.objects.exists()


def test_title_is_new_in_its_course(client, offering):
    as_lecturer(client, offering, TeachingKind.TEAM)
    give(client, offering, "a.pdf", PDF)
    response = give(client, offering, "b.pdf", PDF)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["title", "document"]
    assert StoredFile.objects.count() == 1


def test_form_that_comes_back_asks_for_the_file_again(client, offering):
    """Else the title is mended, and nobody knows that the file was lost with it."""
    as_lecturer(client, offering, TeachingKind.COORDINATOR)
    give(client, offering, "one.pdf", PDF)
    form = give(client, offering, "two.pdf", PDF).context["form"]
    assert set(form.errors) == {"title", "document"}
    assert form.errors["document"] == [
        "Pilih lagi berkas ini: berkas tidak tersimpan ketika formulir kembali."
    ]
    assert set(give(client, offering, "three.pdf", PDF, title="").context["form"].errors) == {
        "title",
        "document",
    }


def test_limit_of_a_title_is_told(client, offering):
    """Else a long title is cut while it is pasted, without a word."""
    as_lecturer(client, offering, TeachingKind.COORDINATOR)
    page = client.get(f"/offerings/{offering.pk}/materials/new/").text
    assert "Paling banyak 150 karakter" in page


def test_picture_is_encoded_anew(client, offering):
    as_lecturer(client, offering, TeachingKind.TEAM)
    assert give(client, offering, "scheme.png", picture()).status_code == 302
    assert StoredFile.objects.get().content_type == "image/webp"


BOMB = zipped({"zeros": b"\0" * (30 * 1024 * 1024)})
REFUSED = {
    "program as pdf": ("a.pdf", b"MZ\x90\x00"),
    "page as text": ("a.html", b"<script>"),
    "svg": ("a.svg", b"<svg onload='x()'/>"),
    "text with NUL": ("a.txt", b"abc\0def"),
    "zip as docx": ("a.docx", zipped({"x": "y"})),
    "xlsx as docx": ("a.docx", office_file("xl/")),
    "macros": ("a.docx", office_file("word/", **{"word/vbaProject.bin": "x"})),
    "cut zip": ("a.zip", zipped({"x": "y" * 999})[:60]),
    "bomb": ("a.zip", BOMB),
    "bomb as xlsx": (
        "a.xlsx",
        zipped({"[Content_Types].xml": "x", "xl/a.xml": b"\0" * (30 * 1024 * 1024)}),
    ),
    "many entries": (
        "a.zip",
        zipped({f"{n}": "" for n in range(documents.MOST_ENTRIES + 1)}),
    ),
    "path out": ("a.zip", zipped({"../../etc/cron.d/x": "y"})),
    "absolute path": ("a.zip", zipped({"/etc/passwd": "y"})),
    "damaged picture": ("a.png", b"\x89PNG\r\n\x1a\n" + b"junk"),
    "empty": ("a.pdf", b""),
    "double ending": ("a.pdf.exe", PDF),
}


@pytest.mark.parametrize(("name", "content"), REFUSED.values(), ids=REFUSED)
def test_bad_file_is_refused_at_its_field(client, offering, name, content):
    as_lecturer(client, offering, TeachingKind.TEAM)
    response = give(client, offering, name, content, title="Kept")
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["document"]
    assert 'value="Kept"' in response.text, "what was typed is still there"
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.docx", office_file("word/")),
        ("a.xlsx", office_file("xl/")),
        ("a.doc", documents.OLE_HEAD + b"rest"),
        ("a.txt", b"Catatan kuliah"),
        ("a.zip", zipped({"folder/notes.txt": "x"})),
        ("a.mp3", b"ID3rest"),
        ("a.mp4", b"\0\0\0\x18ftypmp42"),
        ("a.wav", b"RIFF\0\0\0\0WAVE"),
    ],
)
def test_good_file_is_kept_and_only_downloaded(client, offering, name, content):
    as_lecturer(client, offering, TeachingKind.TEAM)
    assert give(client, offering, name, content).status_code == 302
    stored = StoredFile.objects.get()
    response = client.get(f"/files/{stored.pk}/{name}")
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
