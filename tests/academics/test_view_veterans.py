"""The page of a veteran: levels, note and what happened, changed by the office."""

import pytest

from academics.models import VeteranRecord
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.queries import page_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    return enter(client, make_user("office1", role="office"))


@pytest.fixture
def record():
    return make.VeteranFactory(student=make.StudentFactory(level=3))


def levels(record):
    return sorted(record.levels.values_list("level", flat=True))


def test_levels_and_note_are_kept_with_their_history(office, record):
    address = f"/veterans/{record.pk}/"
    office.post(address, {"levels": ["1", "3"], "note": "Mengulang blok 1", "seen": ""})
    record.refresh_from_db()
    assert (levels(record), record.is_multi) == ([1, 3], True)
    office.post(address, {"levels": ["3"], "note": record.note, "seen": "1,3"})
    record.refresh_from_db()
    assert (levels(record), record.is_multi) == ([3], False)
    assert record.note == "Mengulang blok 1"
    page = office.get(address)
    texts = [event.text for event in page.context["history"]]
    assert texts[0] == "Tidak lagi duduk di semester studi 1"
    assert len(texts) == 3
    assert 'value="3"' in page.text


def test_who_was_slower_overwrites_nothing(office, record):
    address = f"/veterans/{record.pk}/"
    office.post(address, {"levels": ["1"], "note": "", "seen": ""})
    page = office.post(address, {"levels": ["5"], "note": "", "seen": ""})
    assert page.status_code == 422
    assert levels(record) == [1]


def test_a_level_that_is_none_is_refused_at_its_field(office, record):
    page = office.post(f"/veterans/{record.pk}/", {"levels": ["8"], "note": "", "seen": ""})
    assert page.status_code == 422
    assert "levels" in page.context["form"].errors


def test_who_has_finished_is_shown_and_no_longer_changed(office, record):
    office.post(f"/veterans/{record.pk}/remove/")
    assert VeteranRecord.objects.get().status == "completed"
    page = office.get(f"/veterans/{record.pk}/")
    assert "<form" not in page.text.split("<main")[1].split("</main")[0]
    answer = office.post(f"/veterans/{record.pk}/", {"levels": ["1"], "note": "", "seen": ""})
    assert answer.status_code == 422


@pytest.mark.parametrize("events", [1, 3])
def test_page_query_budget(office, record, events):
    for level in range(1, events + 1):
        record.student.veteran_events.create(
            verb="level_added",
            from_status="active",
            to_status="active",
            level=level,
            by_id=record.pk,
        )
    office.get("/dashboard/")  # warm
    with page_queries(3):
        office.get(f"/veterans/{record.pk}/")
