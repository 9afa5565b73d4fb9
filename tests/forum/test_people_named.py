"""Who may read a private thread, as people type it: by name where that is clear, without a script."""

import pytest

from forum.models import ThreadAccess
from forum.selectors.people import people_named
from tests.conftest import enter
from tests.forum import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def known():
    names = {"mhs1": "Tiara Dewi", "mhs2": "Tiara Sari", "mhs3": "Bagus O'Neil", "mhs4": "Rudi"}
    people = {login: cast.person(login, name=name) for login, name in names.items()}
    people["mhs4"].is_active = False
    people["mhs4"].save(update_fields=["is_active"])
    return people


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("", []),
        (" , ,", []),
        ("mhs1", ["mhs1"]),
        ("mhs1 @MHS2", ["mhs1", "mhs2"]),
        ("mhs1, mhs3, mhs1", ["mhs1", "mhs3"]),
        ("tiara dewi, o'neil", ["mhs1", "mhs3"]),
        ("Bagus  O'Neil,mhs2", ["mhs3", "mhs2"]),
    ],
)
def test_names_and_usernames_are_understood(known, text, logins):
    found = people_named(text, most=200)
    assert found.pks == [known[login].pk for login in logins]
    assert (found.missing, found.unclear, found.too_many) == ([], {}, False)


def test_what_is_unclear_or_unknown_is_said(known):
    found = people_named("tiara, mhs4, %, nobody", most=200)
    assert found.unclear == {"tiara": ["mhs1", "mhs2"]}
    assert found.missing == ["mhs4", "%", "nobody"]
    assert people_named("mhs1 mhs2", most=1).too_many
    assert people_named(" ".join(f"x{n}" for n in range(700)), most=200).too_many


@pytest.mark.parametrize("parts", [1, 10, 60])
def test_a_long_list_costs_no_query_a_name(known, parts, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        people_named(", ".join(f"orang {n}" for n in range(parts)), most=200)


def test_form_says_who_is_meant_and_keeps_what_was_typed(client, known):
    owner = cast.person("owner")
    thread = cast.thread(owner)
    values = {"title": "Diskusi kecil", "is_private": "on", "allowed": "Tiara, o'neil"}
    enter(client, owner)
    answer = client.post(f"/forum/t/{thread.pk}/change/", values)
    assert answer.status_code == 422
    assert "mhs1, mhs2" in answer.text
    assert "Tiara, o&#x27;neil" in answer.text
    client.post(f"/forum/t/{thread.pk}/change/", {**values, "allowed": "Tiara Dewi, o'neil"})
    let_in = ThreadAccess.objects.filter(thread=thread).values_list("user_id", flat=True)
    assert set(let_in) == {known["mhs1"].pk, known["mhs3"].pk}
