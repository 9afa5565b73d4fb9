"""The page of a veteran: levels, note and what happened, changed by the office."""

import pytest
from django.utils import timezone

from academics.models import VeteranRecord
from academics.selectors.veteran_figures import Figures
from tests.academics.test_view_lists import exported
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


def test_figures_count_everybody_once(office):
    """Else the faculty reports veterans who are none, or forgets those who begin next term."""
    kinds = [(2024, 5, "active"), (2024, 5, "pending"), (2025, 3, "active")]
    for year, level, status in kinds:
        student = make.StudentFactory(intake_year=year, level=level)
        make.VeteranFactory(student=student, status=status)
    now = timezone.now()
    graduate = make.StudentFactory(intake_year=2021, level=7, status="graduated")
    make.VeteranFactory(student=graduate, status="completed", set_at=now, completed_at=now)
    make.StudentFactory(intake_year=2025, level=3)
    make.StudentFactory(intake_year=2025, level=3, status="left")  # neither studies nor repeats
    make.StudentFactory(intake_year=2020, level=7, status="graduated")

    shown = office.get("/veterans/").context
    assert shown["total"] == Figures(students=4, pending=1, active=2, completed=1)
    assert shown["total"].others == 1
    assert shown["by_year"] == [
        Figures(intake_year=2025, students=2, active=1),
        Figures(intake_year=2024, students=2, pending=1, active=1),
        Figures(intake_year=2021, completed=1),
    ]
    assert [(line.level, line.students) for line in shown["by_level"]] == [(3, 2), (5, 2), (7, 0)]
    rows = exported(office, "/veterans/?figures=xlsx")
    assert rows[1:] == ["2025 3 2 1 1", "2024 5 2 1 1", "2021 7 1"]


@pytest.mark.parametrize("veterans", [1, 3])
def test_figures_cost_one_query_and_none_for_the_next_page_of_the_list(office, veterans):
    for level in range(1, veterans + 1):
        make.VeteranFactory(student=make.StudentFactory(level=level))
    office.get("/dashboard/")  # warm
    with page_queries(3):  # rows, levels, figures
        office.get("/veterans/")
    with page_queries(2):
        office.get("/veterans/", headers={"HX-Request": "true"})
