"""Places in a class: those that the office sets, and none that a group is said to exceed."""

import importlib

import pytest
from django.apps import apps

from academics.errors import FieldError
from academics.models import Class, GroupMember
from academics.selectors.reports import fullest_classes
from academics.services import membership
from academics.services.classes import make_classes_of_group, save_class
from academics.services.rows import By
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return By(make_user("office1", role="office").pk)


@pytest.fixture
def large():
    """A large group of three, and a course of its level."""
    group = make.LargeGroupFactory()
    make.GroupMemberFactory.create_batch(3, group=group)
    make.CourseOfferingFactory(term=group.term)
    return group


def test_group_that_grows_puts_no_class_over_capacity(client, by, large):
    """Else one late student makes every class of a level "over capacity"."""
    make_classes_of_group(large.pk, by=by)
    membership.add_to_group(large.pk, student_ids=[make.StudentFactory().pk], by=by)
    row = Class.objects.get(group=large)
    assert (row.capacity, row.members.count()) == (None, 4)
    for capacity in (3, 4, 9):
        make.RoomFactory(capacity=capacity)
    enter(client, make_user(role="office"))
    course = row.offering.course.get_absolute_url()
    for address in ("/classes/?term=all", f"{course}?term={row.offering.term_id}"):
        text = client.get(address).text
        assert "Melebihi kapasitas" not in text, address
        assert "None" not in text, address
    report = client.get("/reports/classes/?term=all").context["lines"][0]
    assert [cell["value"] for cell in report][2:] == [4, None, None, 2]
    for form in ("csv", "xlsx", "pdf"):
        answer = client.get(f"/reports/classes/?term=all&format={form}")
        assert answer.status_code == 200, form


def test_bars_say_full_only_of_what_is_full():
    """Else a class with a person too many stands at 100 percent, beside a red table row."""
    for name, people in (("A", 199), ("B", 200), ("C", 201)):
        row = make.ClassFactory(name=name, capacity=200)
        make.ClassMemberFactory.create_batch(people, course_class=row)
    assert sorted(part for _name, part in fullest_classes("")) == [99, 100, 101]


def new_class(client, offering, **data):
    data = {"name": "Utama", "capacity": "", "group": "", **data}
    return client.post(f"/classes/new/?offering={offering.pk}", data)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"capacity": "2"}, "capacity"),
        ({"group": ""}, "capacity"),
        ({"name": "A", "capacity": "2"}, "capacity"),
        ({"capacity": "3"}, None),
        ({}, None),
    ],
)
def test_places_that_cannot_hold_the_group_are_refused_at_their_field(client, large, data, field):
    """Else a class of 1 place follows a group of 244, and one bar of 24,400 % hides the rest."""
    enter(client, make_user(role="office"))
    offering = large.term.offerings.get()
    make.ClassFactory(offering=offering, name="A")
    response = new_class(client, offering, **{"group": large.pk, **data})
    assert response.status_code == (422 if field else 302)
    if field:
        expected = {field, "name"} if data.get("name") == "A" else {field}
        assert set(response.context["form"].errors) == expected


def test_class_follows_a_group_of_its_own_level(client, by, large):
    """Else the students of another level are told of, and sit in, a course that isn't theirs."""
    enter(client, make_user(role="office"))
    other = make.LargeGroupFactory(term=large.term, level=3)
    offering = large.term.offerings.get()
    assert set(new_class(client, offering, group=other.pk).context["form"].errors) == {"group"}
    with pytest.raises(FieldError) as refusal:
        save_class(Class(offering=offering, name="X", group=other), by=by)
    assert set(refusal.value.errors) == {"group"}


def test_class_with_a_group_that_outgrew_it_can_be_renamed(by, large):
    """Else a late student makes a wrong name stay."""
    row = Class(offering=large.term.offerings.get(), name="X", group=large, capacity=3)
    row = save_class(row, by=by)
    membership.add_to_group(large.pk, student_ids=[make.StudentFactory().pk], by=by)
    row.name = "Y"
    save_class(row, by=by, version=row.version)
    row.capacity = 2
    with pytest.raises(FieldError):
        save_class(row, by=by, version=row.version)


def test_old_capacities_that_were_group_sizes_are_dropped(large):
    """Else what was over capacity by mistake stays so after the upgrade."""
    offering = large.term.offerings.get()
    students = list(GroupMember.objects.filter(group=large).values_list("student_id", flat=True))
    kept = {}
    for name, capacity, group in (("a", 2, large), ("b", 40, large), ("c", 2, None)):
        course = offering if name == "a" else make.CourseOfferingFactory(term=large.term)
        row = make.ClassFactory(offering=course, name=name, capacity=capacity, group=group)
        kept[name] = row
        for student in students:
            row.members.create(student_id=student, offering=course)
    importlib.import_module("academics.migrations.0006_outgrown_capacities").free_the_outgrown(
        apps, None
    )
    assert dict(Class.objects.values_list("name", "capacity")) == {"a": None, "b": 40, "c": 2}
