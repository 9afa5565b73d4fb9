"""The office tells those of a single class, group or course: found, counted, and reached."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academics.models import ClassMember
from accounts.models import User
from notifications import audiences
from notifications.models import Notification
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.notifications.test_broadcast import NEW, TEXT, work
from tests.queries import page_queries

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def office(client):
    return enter(client, make_user("ratna", role="office"))


@pytest.fixture
def places():
    """Two classes of one course, of 2 and 3 students, its coordinator, and a group of one."""
    offering = make.CourseOfferingFactory(
        course=make.CourseFactory(code="MKB24101", name="Anatomi")
    )
    classes = [make.ClassFactory(offering=offering, name=name) for name in ("Pagi", "Sore")]
    for row, size in zip(classes, (2, 3), strict=True):
        make.ClassMemberFactory.create_batch(size, course_class=row)
    make.TeachingRoleFactory(offering=offering, kind="coordinator")
    group = make.LargeGroupFactory(term=offering.term, name="Angkatan Melati")
    make.GroupMemberFactory(group=group)
    return offering, classes, group


def find(client, q, *chosen, **more):
    form = {**TEXT, "to": [], "step": "find", "q": q, "also": chosen}
    return client.post(NEW, form, **more)


def tokens(response):
    return [option.token for option in response.context["results"]]


def test_search_finds_by_code_and_name_and_keeps_what_was_typed(office, places):
    offering, classes, group = places
    one, two = (f"class:{row.pk}" for row in classes)
    whole, staff = f"course:{offering.pk}", f"lecturers:{offering.pk}"
    assert tokens(find(office, "mkb24101")) == [one, two, whole, staff]
    assert tokens(find(office, "kelas sore")) == [two]
    assert tokens(find(office, "kelompok melati")) == [f"group:{group.pk}"]
    assert tokens(find(office, "kelompok")) == [f"group:{group.pk}"]
    page = find(office, "anatomi", one)
    assert tokens(page) == [two, whole, staff]
    assert f'value="{one}" checked' in page.text
    assert "Kampus tutup." in page.text  # the rest of the form, for browsers without script
    assert not page.context["form"].errors
    fragment = find(office, "anatomi", one, headers=HTMX)
    assert f'value="{one}" checked' in fragment.text
    assert "<html" not in fragment.text
    assert "tidak ada" in find(office, "zzz").text.casefold()


@pytest.mark.parametrize(
    ("which", "number"), [("class", 2), ("group", 1), ("course", 5), ("lecturers", 1)]
)
def test_preview_counts_whom_it_then_reaches(office, places, which, number):
    offering, classes, group = places
    keys = {"class": classes[0], "group": group, "course": offering, "lecturers": offering}
    form = {**TEXT, "to": [], "also": [f"{which}:{keys[which].pk}"]}
    shown = office.post(NEW, {**form, "step": "preview"})
    assert shown.context["number"] == number
    place = office.post(NEW, {**form, "step": "send"})["Location"]
    work()
    assert Notification.objects.count() == number
    page = office.get(place)
    assert page.context["statistics"].told == number
    assert page.context["statistics"].expected == number
    assert shown.context["to"][0] in page.text


def test_nobody_is_counted_or_told_twice(office, places):
    offering, classes, _group = places
    also = [f"class:{row.pk}" for row in classes] + [f"course:{offering.pk}"]
    form = {**TEXT, "to": ["role:student"], "also": also}
    number = User.objects.filter(role="student").count()
    assert office.post(NEW, {**form, "step": "preview"}).context["number"] == number
    office.post(NEW, {**form, "step": "send"})
    work()
    assert Notification.objects.count() == number


def test_who_comes_into_the_class_before_it_goes_out_is_told(office, places):
    """The audience is a description that the worker turns into people, not a list of then."""
    _offering, classes, _group = places
    office.post(NEW, {**TEXT, "to": [], "also": [f"class:{classes[0].pk}"], "step": "send"})
    ClassMember.objects.filter(course_class=classes[0]).first().delete()
    late = make.ClassMemberFactory(course_class=classes[0])
    work()
    assert Notification.objects.count() == 2
    assert Notification.objects.filter(person_id=late.student_id).exists()


@pytest.mark.parametrize("token", ["class:0", "class:x", "class:" + "9" * 30, "room:1", "class"])
def test_what_is_gone_or_never_was_is_said_at_its_field(office, token):
    response = office.post(NEW, {**TEXT, "to": [], "also": [token], "step": "send"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["also"]
    assert "cari lagi" in response.text


@pytest.mark.parametrize("rows", [1, 3])
def test_search_and_list_cost_the_same_for_any_number(office, places, rows):
    offering, _classes, _group = places
    for number in range(rows):
        row = make.ClassFactory(offering=offering, name=f"Malam {number}")
        office.post(NEW, {**TEXT, "to": [], "also": [f"class:{row.pk}"], "step": "send"})
    office.get("/notifications/broadcasts/")
    with page_queries(4):  # classes, groups, courses twice
        assert len(tokens(find(office, "malam"))) == rows
    with page_queries(2):
        page = office.get("/notifications/broadcasts/")
    assert page.text.count("Anatomi, Malam ") == rows


def test_fan_out_asks_for_a_page_of_people_at_a_time(places):
    """A description of a class costs the worker one query for its people, as a role does."""
    _offering, classes, _group = places
    (option,) = audiences.named([f"class:{classes[0].pk}"])
    with CaptureQueriesContext(connection) as found:
        assert len(option.audience.people()[:1000]) == 2
    assert len(found) == 1
