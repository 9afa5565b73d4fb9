"""Adding students by their numbers: a refusal says whom it is about, at the field."""

import pytest

from accounts.models import Identifier, User
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    return enter(client, make_user("kantor", role="office"))


def student(name, nim):
    made = make.StudentFactory()
    User.objects.filter(pk=made.pk).update(name=name)
    Identifier.objects.create(user=made.user, kind="nim", value=nim)
    return made


def refused(office, address, numbers):
    response = office.post(address, {"numbers": "\n".join(numbers)})
    assert response.status_code == 422
    (text,) = response.context["form"].errors["numbers"]
    assert response.context["form"]["numbers"].value() == "\n".join(numbers)
    return text


@pytest.mark.parametrize("where", ["group", "small group", "class"])
def test_refusal_names_who_has_a_place_elsewhere(office, where):
    """Else who pasted sixty NIMs looks through them for the one that is meant."""
    taken, free = student("Mega Maharani", "20260001"), student("Budi", "20260002")
    if where == "class":
        first = make.ClassFactory()
        make.ClassMemberFactory(course_class=first, student=taken)
        address = f"/classes/{make.ClassFactory(offering=first.offering).pk}/add/"
    else:
        place = make.GroupMemberFactory(student=taken)
        other = make.LargeGroupFactory(term=place.term, number=2)
        if where == "small group":
            make.GroupMemberFactory(group=other, student=free)
            other = make.SmallGroupFactory(parent=other)
        address = f"/groups/{other.pk}/add/"
    text = refused(office, address, ["20260001", "20260002"])
    assert "1 orang di antaranya" in text
    assert "Mega Maharani (20260001)" in text
    assert "Budi" not in text


def test_many_are_named_up_to_ten(office):
    """Else sixty names fill the page."""
    group = make.LargeGroupFactory()
    other = make.LargeGroupFactory(term=group.term, number=2)
    for number in range(12):
        make.GroupMemberFactory(
            group=group, student=student(f"Mahasiswa {number:02}", f"202600{number:02}")
        )
    numbers = [f"202600{number:02}" for number in range(12)]
    text = refused(office, f"/groups/{other.pk}/add/", numbers)
    assert "Mahasiswa 09 (20260009) dan 2 lainnya" in text
    assert "Mahasiswa 10" not in text


@pytest.mark.parametrize(("role", "sees"), [("office", True), ("lecturer", False)])
def test_namesakes_on_the_board_are_told_apart_by_the_office(client, role, sees):
    """Else of two people with one name the wrong one is moved."""
    small = make.SmallGroupFactory()
    for nim in ("20260001", "20260002"):
        one = student("Mega Maharani", nim)
        for group in (small.parent, small):
            make.GroupMemberFactory(group=group, student=one)
    page = enter(client, make_user("pembaca", role=role)).get(f"/groups/{small.parent_id}/").text
    assert page.count("Mega Maharani") >= 2
    for nim in ("20260001", "20260002"):
        assert (nim in page) is sees
