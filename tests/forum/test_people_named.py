"""Who may read a private thread, as people type it: by name where that is clear, without a script."""

import pytest

from forum.errors import ReadersOfPublic
from forum.models import Thread, ThreadAccess
from forum.selectors.people import people_named
from forum.services.threads import Plan, change_thread
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
    assert found.unclear == {"tiara": ["Tiara Dewi (mhs1)", "Tiara Sari (mhs2)"]}
    assert found.missing == ["mhs4", "%", "nobody"]
    assert people_named("mhs1 mhs2", most=1).too_many
    assert people_named(" ".join(f"x{n}" for n in range(700)), most=200).too_many


@pytest.mark.parametrize("parts", [1, 10, 60])
def test_a_long_list_costs_no_query_a_name(known, parts, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        people_named(", ".join(f"orang {n}" for n in range(parts)), most=200)


def test_more_people_of_a_name_than_are_shown_are_hinted_at():
    for n in range(6):
        cast.person(f"dsn{n}", "lecturer", name=f"Citra {n}")
    assert people_named("citra", most=200).unclear["citra"][-2:] == ["Citra 4 (dsn4)", "…"]


def test_form_says_who_is_meant_and_keeps_what_was_typed(client, known):
    """Else one of several is chosen by a username, which a lecturer can look up nowhere."""
    owner = cast.person("owner")
    thread = cast.thread(owner)
    values = {"title": "Diskusi kecil", "is_private": "on", "allowed": "Tiara, o'neil"}
    enter(client, owner)
    answer = client.post(f"/forum/t/{thread.pk}/change/", values)
    assert answer.status_code == 422
    assert "Tiara Dewi (mhs1); Tiara Sari (mhs2)" in answer.text
    assert "Tiara, o&#x27;neil" in answer.text
    client.post(f"/forum/t/{thread.pk}/change/", {**values, "allowed": "Tiara Dewi, o'neil"})
    let_in = ThreadAccess.objects.filter(thread=thread).values_list("user_id", flat=True)
    assert set(let_in) == {known["mhs1"].pk, known["mhs3"].pk}


def test_thread_with_named_readers_is_not_published_for_want_of_a_tick(client, known):
    """Else what somebody wrote for one person is read by everybody, and notices quote it."""
    where = cast.category("umum")
    typed = {"title": "Nilai Anda", "body": "Hanya untuk Anda", "allowed": "mhs1, nobody"}
    enter(client, cast.person("owner", "lecturer"))
    address = f"/forum/c/{where.slug}/new/"
    answer = client.post(address, typed)
    assert {*answer.context["form"].errors} == {"is_private", "allowed"}, "both are said at once"
    answer = client.post(address, {**typed, "allowed": "mhs1"})
    assert answer.status_code == 422
    assert {*answer.context["form"].errors} == {"is_private"}
    assert "Centang ini agar utas hanya untuk" in answer.text
    assert all(text in answer.text for text in ("Nilai Anda", "Hanya untuk Anda", "mhs1"))
    assert not Thread.objects.exists()
    assert (
        client.post(address, {**typed, "allowed": "mhs1", "is_private": "on"}).status_code == 302
    )
    assert ThreadAccess.objects.get().user == known["mhs1"]


def test_private_thread_becomes_public_only_without_its_readers(client, known):
    """Else a tick that slipped away opens to all what was among a few."""
    owner = cast.person("owner")
    thread = cast.thread(owner, is_private=True, allowed=[known["mhs1"].pk])
    enter(client, owner)
    address = f"/forum/t/{thread.pk}/change/"
    values = {"title": "Diskusi kecil", "allowed": "mhs1"}
    assert client.post(address, values).status_code == 422
    plan = Plan("Diskusi kecil", allowed=[known["mhs1"].pk])
    with pytest.raises(ReadersOfPublic):
        change_thread(actor=owner, thread_id=thread.pk, plan=plan)
    thread.refresh_from_db()
    assert thread.is_private
    assert client.post(address, {**values, "allowed": ""}).status_code == 302
    thread.refresh_from_db()
    assert not thread.is_private


def test_private_thread_with_nobody_named_says_who_reads_it(client):
    """Else its starter waits for answers of people who never see it."""
    owner = cast.person("owner")
    thread = cast.thread(owner, is_private=True)
    enter(client, owner)
    for page in ("change", "manage"):
        assert "dan bagian akademik" in client.get(f"/forum/t/{thread.pk}/{page}/").text
