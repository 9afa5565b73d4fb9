"""The list of expertise, and what lecturers know: kept by the office, seen by each lecturer."""

import pytest

from academics.errors import AcademicsError
from academics.models import Expertise
from academics.services import expertise as services
from academics.services.rows import By
from isme.lib import audit
from isme.lib.models import Job
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.queries import page_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    return enter(client, make_user("office1", role="office"))


def knows(lecturer, kind="expertise"):
    rows = lecturer.expertise_rows.filter(kind=kind)
    return set(rows.values_list("expertise__name", flat=True))


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_budget(office, rows):
    for one in make.ExpertiseFactory.create_batch(rows):
        make.LecturerFactory().expertise_rows.create(expertise=one)
        make.CourseFactory().expertise_rows.create(expertise=one)
    office.get("/dashboard/")  # warm
    with page_queries(1):
        page = office.get("/expertise/", headers={"HX-Request": "true"})
    assert [(row.lecturers, row.courses) for row in page.context["listing"].page] == [
        (1, 1)
    ] * rows


def test_search_sort_and_sheet(office):
    for name in ("Anatomi", "Fisiologi", "Patologi Anatomi"):
        Expertise.objects.create(name=name)
    page = office.get("/expertise/", {"q": "anatomi", "sort": "-name"})
    assert [row.name for row in page.context["listing"].page] == ["Patologi Anatomi", "Anatomi"]
    assert office.get("/expertise/?format=xlsx").getvalue()[:2] == b"PK"


def test_a_second_name_in_another_case_is_refused_at_its_field(office):
    Expertise.objects.create(name="Anatomi")
    page = office.post("/expertise/new/", {"name": " anatomi "})
    assert page.status_code == 422
    assert "sudah ada" in page.context["form"].errors["name"][0]


def test_who_was_slower_sees_both_names(office):
    row = Expertise.objects.create(name="Anatomi")
    address = f"/expertise/{row.pk}/edit/"
    office.post(address, {"name": "Anatomi Klinik", "version": "1"})
    page = office.post(address, {"name": "Anatomi Dasar", "version": "1"})
    assert page.status_code == 409
    assert "Anatomi Klinik" in page.text
    assert Expertise.objects.get().name == "Anatomi Klinik"


def test_merging_loses_no_lecturer_and_doubles_none(office):
    """Else a lecturer who had both names has the field twice, or the other loses it."""
    old, new = Expertise.objects.create(name="Kardio"), Expertise.objects.create(name="Kardiologi")
    both, only = make.LecturerFactory.create_batch(2)
    both.expertise_rows.create(expertise=old)
    both.expertise_rows.create(expertise=new)
    only.expertise_rows.create(expertise=old, kind="competence")
    course, with_both = make.CourseFactory.create_batch(2)
    for asking, field in ((course, old), (with_both, old), (with_both, new)):
        asking.expertise_rows.create(expertise=field)
    response = office.post(f"/expertise/{old.pk}/merge/", {"target": new.pk})
    assert response["Location"] == f"/expertise/{new.pk}/"
    assert not Expertise.objects.filter(pk=old.pk).exists()
    assert both.expertise_rows.count() == 1
    assert knows(only, "competence") == {"Kardiologi"}
    page = office.get(f"/expertise/{new.pk}/")
    assert set(page.context["courses"]) == {course, with_both}
    assert with_both.expertise_rows.count() == 1
    assert page.context["listing"].page.paginator.count == 2


@pytest.mark.parametrize("name", ["Anatomi", "standby"])
def test_what_must_stay_is_not_merged(office, name):
    """With itself it would be gone; and "standby" would say that somebody teaches."""
    row, target = Expertise.objects.create(name=name), make.ExpertiseFactory()
    with pytest.raises(AcademicsError):
        services.merge(row.pk, row.pk if name == "Anatomi" else target.pk, by=By(1))
    assert Expertise.objects.filter(pk=row.pk).exists()


def test_what_a_lecturer_no_longer_knows_goes_and_stands_in_the_trail(office):
    lecturer = make.LecturerFactory()
    address = f"/lecturers/{lecturer.pk}/expertise/"
    office.post(address, {"expertises": "Anatomi\nFisiologi", "competences": "PBL"})
    entries = Job.objects.filter(kind=audit.APPEND, payload__verb__endswith="expertise_changed")
    assert entries.count() == 1
    office.post(address, {"expertises": "fisiologi", "competences": "PBL"})
    assert (knows(lecturer), entries.count()) == ({"Fisiologi"}, 2)
    office.post(address, {"expertises": "Fisiologi", "competences": "PBL"})
    assert entries.count() == 2, "nothing changed"
    many = "\n".join(f"Bidang {number}" for number in range(21))
    page = office.post(address, {"expertises": many, "competences": "PBL"})
    assert set(page.context["form"].errors) == {"expertises"}


def test_what_is_in_use_is_not_deleted(office):
    row = make.ExpertiseFactory()
    make.LecturerFactory().expertise_rows.create(expertise=row)
    office.post(f"/expertise/{row.pk}/delete/")
    assert Expertise.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("main_role", "expertises", "competences", "wrong"),
    [
        ("teacher", "Anatomi", "PBL", set()),
        ("teacher", "", "PBL", {"expertises"}),
        ("teacher", "Anatomi", "", {"competences"}),
        ("teacher", "standby", "PBL", {"expertises"}),
        ("standby", "standby", "", set()),
        ("standby", "standby\nAnatomi", "", {"expertises"}),
        ("standby", "standby", "PBL", {"competences"}),
    ],
)
def test_standby_rule(office, main_role, expertises, competences, wrong):
    lecturer = make.LecturerFactory(main_role=main_role)
    typed = {"expertises": expertises, "competences": competences}
    page = office.post(f"/lecturers/{lecturer.pk}/expertise/", typed)
    if wrong:
        assert page.status_code == 422
        assert set(page.context["form"].errors) == wrong
        assert lecturer.expertise_rows.count() == 0
    else:
        assert page.status_code == 302
        assert knows(lecturer) == {expertises}


def test_lecturer_and_office_see_the_same_on_their_pages(client, office):
    user = make_user("dosen", role="lecturer")
    lecturer = make.LecturerFactory(user=user)
    by = By(user.pk)
    services.set_of_lecturer(lecturer.pk, expertises=["Anatomi"], competences=["PBL"], by=by)
    address = f"/lecturers/{lecturer.pk}/expertise/"
    staff = office.get(f"/accounts/users/{lecturer.pk}/")
    assert "Anatomi" in staff.text
    assert address in staff.text
    own = enter(client, user).get("/accounts/profile/")
    assert "Anatomi" in own.text
    assert address not in own.text
