"""The services that keep people: right at once, at the right field, and never silently over others."""

import json
import threading

import pytest
from django.db import connection

from academics.selectors import membership
from accounts.errors import EditedMeanwhile, FieldRefused, NotAllowed
from accounts.models import Identifier, LecturerProfile, SearchWord, StudentProfile, User
from accounts.services import activation, identifiers, people, search_words
from accounts.services.accounts import change_account
from accounts.services.people import PersonFacts
from accounts.words import terms_of, words_of
from isme.lib.audit import Origin
from isme.lib.models import Job
from notifications.audiences import described
from tests.conftest import enter, make_user

pytestmark = pytest.mark.django_db
HERE = Origin(address="192.0.2.7", device="Firefox, Linux")
PROFILE = {"intake_year": 2026, "level": 1, "status": "active", "gender": "female", "gpa": None}


def student(**changes: object) -> PersonFacts:
    numbers = {"nim": "2026101000001", "username": "", "email": "tiara@isme.example"}
    facts = {"name": "Tiara Utami", "role": "student", "identifiers": numbers, "profile": PROFILE}
    return PersonFacts(**{**facts, **changes})


def lecturer(**changes: object) -> PersonFacts:
    facts = {
        "name": "dr. Bagas, Sp.PD",
        "role": "lecturer",
        "identifiers": {"nid": "11000001", "username": "bagas"},
        "profile": {"main_role": "teacher"},
    }
    return PersonFacts(**{**facts, **changes})


def create(facts: PersonFacts, actor: User | None = None) -> User:
    actor = actor or make_user("office", role="office")
    return people.create_person(facts=facts, actor=actor, origin=HERE)


def recorded(verb: str) -> list[dict[str, object]]:
    return [job.payload for job in Job.objects.order_by("pk") if job.payload.get("verb") == verb]


def test_created_person_has_all_that_was_said():
    made = create(student())

    values = dict(Identifier.objects.filter(user=made).values_list("kind", "value"))
    assert values == {"nim": "2026101000001", "email": "tiara@isme.example"}
    assert made.username == "2026101000001", "the number stands in for it"
    assert not made.has_usable_password()
    assert StudentProfile.objects.get(user=made).intake_year == 2026
    (event,) = recorded("account.created")
    assert event["subject"] == f"account:{made.pk}"
    assert event["address"] == "192.0.2.7"


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"nim": "123"}, "nim"),
        ({"nim": "2026101000009", "email": "no address"}, "email"),
        ({"nim": "", "username": ""}, "username"),
        ({"nim": "2026101000009", "username": "a b"}, "username"),
        ({"nim": "2026101000001"}, "nim"),
        ({"nim": "2026101000009", "email": "TIARA@isme.example"}, "email"),
        ({"nim": "2026101000009", "username": "2026101000001"}, "username"),
    ],
)
def test_refusal_names_the_field(numbers, field):
    """Else the office searches the whole form for what is wrong."""
    office = make_user("office", role="office")
    create(student(), office)
    with pytest.raises(FieldRefused) as refusal:
        create(student(identifiers=numbers), office)
    assert list(refusal.value.fields) == [field]
    assert User.objects.count() == 2, "and nothing half-made stays"


def test_edit_changes_account_identifiers_and_profile():
    office = make_user("office", role="office")
    made = create(student(), office)
    facts = student(
        name="Tiara Utami Dewi",
        identifiers={"nim": "2026101000002", "username": "tiara", "email": ""},
        profile={**PROFILE, "level": 3},
    )

    people.edit_person(user_id=made.pk, version=1, facts=facts, actor=office, origin=HERE)

    made.refresh_from_db()
    values = dict(Identifier.objects.filter(user=made).values_list("kind", "value"))
    assert values == {"nim": "2026101000002", "username": "tiara"}
    assert (made.name, made.username, made.version) == ("Tiara Utami Dewi", "tiara", 2)
    assert StudentProfile.objects.get(user=made).level == 3
    (event,) = recorded("account.changed")
    assert '"level": ["1", "3"]' in event["details"]
    words = set(SearchWord.objects.filter(user=made).values_list("word", flat=True))
    assert words == {"tiara", "utami", "dewi", "2026101000002"}


def test_edit_that_changes_nothing_leaves_no_trace():
    office = make_user("office", role="office")
    made = create(student(), office)
    people.edit_person(user_id=made.pk, version=1, facts=student(), actor=office, origin=HERE)
    made.refresh_from_db()
    assert made.version == 1
    assert recorded("account.changed") == []


def test_second_editor_does_not_overwrite_the_first():
    """Else the first one's correction is lost and nobody knows."""
    office = make_user("office", role="office")
    made = create(student(), office)
    first, second = student(name="Tiara Utami Dewi"), student(name="Tiara")
    people.edit_person(user_id=made.pk, version=1, facts=first, actor=office, origin=HERE)
    with pytest.raises(EditedMeanwhile):
        people.edit_person(user_id=made.pk, version=1, facts=second, actor=office, origin=HERE)
    made.refresh_from_db()
    assert made.name == "Tiara Utami Dewi"


@pytest.mark.parametrize("changes", [{"name": "Other"}, {"is_active": False}, {"note": "x"}])
def test_change_elsewhere_counts_as_an_edit_too(changes):
    office = make_user("office", role="office")
    made = create(student(), office)
    change_account(user_id=made.pk, changes=changes)
    with pytest.raises(EditedMeanwhile):
        people.edit_person(user_id=made.pk, version=1, facts=student(), actor=office, origin=HERE)


def test_ones_own_choices_are_no_edit():
    """Else a student who switches to dark spoils the form that the office is filling."""
    made = create(student())
    change_account(user_id=made.pk, changes={"theme": "dark"})
    made.refresh_from_db()
    assert made.version == 1


def test_new_role_ends_the_session_and_keeps_the_old_profile(client):
    admin = make_user("boss", role="super_admin")
    made = make_user("tiara")
    enter(client, made)
    facts = lecturer(identifiers={"nid": "11000002", "username": "tiara"})
    people.edit_person(user_id=made.pk, version=1, facts=facts, actor=admin, origin=HERE)
    assert client.get("/accounts/profile/").status_code == 302
    assert LecturerProfile.objects.get(user=made).main_role == "teacher"


@pytest.mark.parametrize("by_form", [True, False])
def test_who_is_no_student_any_more_is_not_counted_as_one(by_form):
    """Else the new lecturer is promoted, put into groups, counted and told what is for students."""
    office = make_user("office", role="office")
    made = create(student(), office)
    assert list(membership.level_student_ids(1)) == [made.pk]
    if by_form:
        facts = lecturer(identifiers={"nid": "11000002", "username": "tiara"})
        people.edit_person(user_id=made.pk, version=1, facts=facts, actor=office, origin=HERE)
        (event,) = recorded("account.changed")
        details = json.loads(event["details"])
        assert details["status"] == ["active", "left"]
        assert "level" not in details, "the profile is there as before"
    else:
        change_account(user_id=made.pk, changes={"role": "lecturer"})
    assert list(membership.level_student_ids(1)) == []
    assert not described([{"name": "level", "values": {"level": 1}}]).people().exists()
    assert StudentProfile.objects.get(user=made).level == 1


def test_graduate_who_becomes_a_lecturer_stays_a_graduate():
    made = create(student(profile={**PROFILE, "status": "graduated"}))
    change_account(user_id=made.pk, changes={"role": "lecturer"})
    assert StudentProfile.objects.get(user=made).status == "graduated"


@pytest.mark.parametrize("role", ["office", "super_admin"])
def test_office_can_neither_make_nor_touch_staff(role):
    """Else the office gives itself what it must not have."""
    office = make_user("office", role="office")
    with pytest.raises(NotAllowed):
        create(student(role=role, profile={}), office)
    boss = make_user("boss", role=role)
    facts = student(role="student", identifiers={"username": "boss"})
    with pytest.raises(NotAllowed):
        people.edit_person(user_id=boss.pk, version=1, facts=facts, actor=office, origin=HERE)
    made = create(student(), office)
    with pytest.raises(NotAllowed):
        people.edit_person(
            user_id=made.pk, version=1, facts=student(role=role), actor=office, origin=HERE
        )


def test_nobody_changes_their_own_role():
    boss = make_user("boss", role="super_admin")
    facts = lecturer(identifiers={"nid": "11000002", "username": "boss"})
    with pytest.raises(NotAllowed):
        people.edit_person(user_id=boss.pk, version=1, facts=facts, actor=boss, origin=HERE)


def test_deactivated_at_once_with_reason_and_restored(client):
    office = make_user("office", role="office")
    made = make_user("tiara")
    enter(client, made)

    done = activation.deactivate(user_id=made.pk, reason="Cuti", actor=office, origin=HERE)

    assert done
    assert client.get("/accounts/profile/").status_code == 302
    made.refresh_from_db()
    assert (made.is_active, made.deactivation_reason, made.deactivated_by) == (
        False,
        "Cuti",
        office,
    )
    assert not activation.deactivate(user_id=made.pk, reason="Lagi", actor=office, origin=HERE)
    assert activation.restore(user_id=made.pk, actor=office, origin=HERE)
    assert not activation.restore(user_id=made.pk, actor=office, origin=HERE)
    made.refresh_from_db()
    assert (made.is_active, made.deactivation_reason, made.deactivated_at) == (True, "", None)
    assert len(recorded("account.deactivated")) == len(recorded("account.restored")) == 1


def test_nobody_deactivates_themselves():
    boss = make_user("boss", role="super_admin")
    with pytest.raises(NotAllowed):
        activation.deactivate(user_id=boss.pk, reason="x", actor=boss, origin=HERE)


@pytest.mark.django_db(transaction=True)
def test_two_super_admins_who_deactivate_each_other_leave_one():
    """Else nobody is left who could give the role back."""
    both = [make_user("boss1", role="super_admin"), make_user("boss2", role="super_admin")]
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def go(actor: User, target: User) -> None:
        barrier.wait()
        try:
            activation.deactivate(user_id=target.pk, reason="x", actor=actor, origin=HERE)
            outcomes.append("done")
        except NotAllowed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=pair) for pair in (both, both[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
    assert User.objects.filter(is_active=True).count() == 1


def test_account_opened_by_the_repair_desk_is_open():
    """Else the database refuses, and Django admin shows an error."""
    office = make_user("office", role="office")
    made = make_user("tiara")
    activation.deactivate(user_id=made.pk, reason="Cuti", actor=office, origin=HERE)
    change_account(user_id=made.pk, changes={"is_active": True})
    made.refresh_from_db()
    assert (made.is_active, made.deactivation_reason) == (True, "")


def test_identifier_that_is_taken_between_look_and_write():
    """Else the editor who comes second by a moment sees an error page."""
    made = create(student())
    other = make_user("tiara")
    with pytest.raises(FieldRefused) as refusal:
        identifiers.keep(other, {"nim": "2026101000001", "username": "tiara"})
    assert list(refusal.value.fields) == ["nim"]
    assert made.name in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("dr. Bagas, Sp.PD", [], {"dr", "bagas", "sp.pd", "sp", "pd"}),
        ("José O'Hara", ["jose@x.id"], {"jose", "o'hara", "o", "hara", "jose@x.id"}),
        ("Ｎadia", ["2026"], {"nadia", "2026"}),
        ("— .", [], {"—"} - {"—"}),
    ],
)
def test_words_of_a_person(name, values, words):
    assert words_of(name, values) - {"—"} == words


def test_terms_of_a_query_are_few():
    assert terms_of("  dr. ") == ["dr"]
    assert terms_of("% _ \x00 ") == ["%"]
    assert len(terms_of("a b c d e f g h")) == 5


def test_index_people_may_be_repeated():
    made = create(student())
    before = SearchWord.objects.count()
    search_words.index_people([made.pk])
    assert SearchWord.objects.count() == before
