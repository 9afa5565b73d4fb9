"""Veterans go through their states, with a history that tells the truth."""

import pytest

from academics.errors import AcademicsError
from academics.models import VeteranEvent, VeteranRecord
from academics.services import veterans
from academics.services.rows import By
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return By(make_user("office1", role="office").pk)


def events():
    return list(
        VeteranEvent.objects.order_by("pk").values_list("verb", "from_status", "to_status")
    )


@pytest.mark.parametrize(("status", "remembered"), [("active", None), ("graduated", 3)])
def test_pending_veteran_goes_back(by, status, remembered):
    """To what they were: an ordinary student, or a graduate whom the office took for a veteran."""
    student = make.StudentFactory(level=3, status=status)
    veterans.mark(student.pk, by=by, note_text="Repeats a block")
    record = veterans.mark(student.pk, by=by)  # harmless to repeat
    assert record.level_at_graduation == remembered
    veterans.add_level(student.pk, 2, by=by)
    VeteranEvent.objects.all().delete()
    for _time in range(2):  # harmless to repeat
        veterans.remove(student.pk, by=by)
    student.refresh_from_db()
    assert (student.level, student.status) == (3, status)
    assert not record.levels.exists()
    assert events() == [("removed", "pending", "none")]


def test_graduate_comes_back_and_graduates_again(by):
    student = make.StudentFactory(level=7, status="graduated")
    record = veterans.mark(student.pk, by=by)
    student.refresh_from_db()
    assert (student.status, record.level_at_graduation) == ("active", 7)
    VeteranRecord.objects.update(status="active", terms=2)
    record = veterans.remove(student.pk, by=by)
    student.refresh_from_db()
    assert (student.status, record.status, record.terms) == ("graduated", "completed", 2)
    assert record.completed_at >= record.set_at
    assert events() == [("marked", "none", "pending"), ("removed", "active", "completed")]
    at = record.completed_at
    assert veterans.remove(student.pk, by=by).completed_at == at, "repeated, it stays that day"


def test_who_left_stays_away(by):
    student = make.StudentFactory(status="left")
    with pytest.raises(AcademicsError):
        veterans.mark(student.pk, by=by)
    assert not VeteranRecord.objects.exists()


def test_several_levels_and_back_to_the_first(by):
    student = make.StudentFactory(level=4)
    with pytest.raises(AcademicsError):
        veterans.add_level(student.pk, 2, by=by)
    veterans.mark(student.pk, by=by)
    for level in (4, 2, 2):
        veterans.add_level(student.pk, level, by=by)
    record = VeteranRecord.objects.get()
    assert record.is_multi
    veterans.keep_first_level(student.pk, by=by)
    record.refresh_from_db()
    assert (record.is_multi, list(record.levels.values_list("level", flat=True))) == (False, [4])


def test_veteran_in_the_browser(client):
    enter(client, make_user(role="office"))
    student = make.StudentFactory()
    student.user.identifiers.create(kind="nim", value="20261010001")
    assert client.post("/veterans/new/", {"numbers": "20261010001"}).status_code == 302
    assert student.user.name in client.get("/veterans/").text
    assert client.post("/veterans/new/", {"numbers": "999"}).status_code == 422
    client.post(f"/veterans/{student.pk}/remove/")
    assert VeteranRecord.objects.get().status == "none"
