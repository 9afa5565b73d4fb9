"""Coordinators come in with the list of courses, by the rules of a role given by hand."""

import pytest

from academics.imports.choices import ImportState
from academics.models import CourseOffering, Expertise, LecturerExpertise, TeachingRole
from accounts.models import User
from notifications.models import Notice
from tests.academics.importing import counts, problems, save, undo, upload, workbook
from tests.academics.test_import_structure import COURSE_HEAD, course
from tests.conftest import make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db
HEAD = [*COURSE_HEAD, "koordinator"]
RATNA, BAGAS = "11000123", "11000124"


@pytest.fixture
def office(db):
    return make_user("akademik", role="office")


@pytest.fixture
def term():
    return make.TermFactory()


def lecturer(nid: str, knows: str = "Anatomi", **changes):
    made = make.LecturerFactory(**changes)
    made.user.identifiers.create(kind="nid", value=nid)
    expertise, _made = Expertise.objects.get_or_create(name=knows)
    LecturerExpertise.objects.create(lecturer=made, expertise=expertise)
    return made


def up(*rows, by=None, term=None):
    return upload(workbook([HEAD, *rows]), kind="course", by=by, term=term)


def coordinators() -> dict[str, int]:
    roles = TeachingRole.objects.filter(kind="coordinator")
    return dict(roles.values_list("offering__course__code", "lecturer_id"))


def test_coordinators_come_in_are_told_change_and_go(office, term):
    ratna, bagas = lecturer(RATNA), lecturer(BAGAS, knows="FISIOLOGI")
    other = course("MKU24102", jenis="Non Blok", tipe_non_block="CSR", blok="")
    first = save(up([*course(), RATNA], [*other, ""], by=office, term=term), office)
    assert first.state == ImportState.SAVED
    assert coordinators() == {"MKB24101": ratna.pk}
    assert first.notices["counts"]["no_coordinator"] == 1
    assert Notice.objects.get(kind="academics.role_given").audience[0]["values"] == {
        "ids": [ratna.pk]
    }

    second = save(up([*course(), BAGAS], [*other, RATNA], by=office, term=term), office)
    assert counts(second) == (0, 2, 0, 0)
    assert coordinators() == {"MKB24101": bagas.pk, "MKU24102": ratna.pk}
    assert Notice.objects.filter(kind="academics.role_taken").count() == 1

    assert undo(second, office).state == ImportState.UNDONE, second.refusal
    assert coordinators() == {"MKB24101": ratna.pk}
    assert undo(first, office).state == ImportState.UNDONE, first.refusal
    assert not CourseOffering.objects.exists()


def test_empty_cell_leaves_the_coordinator_and_a_dash_takes_the_role(office, term):
    ratna = lecturer(RATNA)
    save(up([*course(), RATNA], by=office, term=term), office)
    same = up([*course(), ""], by=office, term=term)
    assert counts(same) == (0, 0, 1, 0)
    save(up([*course(), "-"], by=office, term=term), office)
    assert coordinators() == {}
    assert ratna.teaching_roles.count() == 0


@pytest.mark.parametrize(
    ("cell", "changes", "code"),
    [
        ("99999999", {}, "no_lecturer"),
        ("dr. Ratna", {}, "only_digits"),
        (RATNA, {"keahlian": "Gizi"}, "unfit_lecturer"),
        (RATNA, {"mulai": "", "akhir": ""}, "coordinator_needs_dates"),
        ("11000200", {}, "standby_lecturer"),
        ("11000300", {}, "inactive_lecturer"),
        ("12345678901234567", {}, None),
    ],
)
def test_bad_coordinator_is_a_bad_cell(term, cell, changes, code):
    lecturer(RATNA)
    lecturer("11000200", main_role="standby")
    closed = lecturer("11000300")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    lecturer("12345678901234567")  # as text it keeps all its digits
    expected = [(2, "coordinator", code)] if code else []
    assert problems(up([*course(**changes), cell], term=term)) == expected


def test_role_given_by_hand_since_stops_the_undo(office, term):
    """Else the undo of a list takes a coordinator away whom somebody chose afterwards."""
    bagas = lecturer(BAGAS)
    new = save(up([*course(), ""], by=office, term=term), office)
    offering = CourseOffering.objects.get()
    make.TeachingRoleFactory(offering=offering, lecturer=bagas, kind="coordinator")
    assert undo(new, office).refusal["code"] == "undo_touched"
    assert coordinators() == {"MKB24101": bagas.pk}


def test_other_roles_hang_on_the_course_as_ever(office, term):
    ratna = lecturer(RATNA)
    new = save(up([*course(), RATNA], by=office, term=term), office)
    role = {"offering": CourseOffering.objects.get(), "lecturer": ratna}
    make.TeachingRoleFactory(kind="team", **role)
    assert undo(new, office).refusal["code"] == "undo_hangs"
    assert coordinators() == {"MKB24101": ratna.pk}


def test_offering_that_others_staffed_is_not_taken_back(office, term):
    """A known course got its dates from a list, and its coordinator by hand: both stay."""
    bagas = lecturer(BAGAS)
    save(up([*course(mulai="", akhir=""), ""], by=office), office)
    dated = save(up([*course(), ""], by=office, term=term), office)
    offering = CourseOffering.objects.get()
    make.TeachingRoleFactory(offering=offering, lecturer=bagas, kind="coordinator")
    assert undo(dated, office).refusal["code"] == "undo_hangs"
    assert coordinators() == {"MKB24101": bagas.pk}


def test_checking_costs_the_same_for_any_number_of_rows(term):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(3):
        lecturer(f"1100050{number}")
    asked = []
    for rows in (1, 3):
        list_ = [
            [*course(f"MKU2410{n}", jenis="Non Blok", tipe_non_block="Non-CSR", blok=""),
             f"1100050{n}"]
            for n in range(rows)
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as found:
            assert problems(up(*list_, term=term)) == []
        asked.append(len(found))
    assert asked[0] == asked[1]
