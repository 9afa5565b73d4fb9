"""Looking as somebody else: to see what they see, without a trace on their side."""

import time

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import SignInSession, User
from accounts.services import acting
from accounts.services.accounts import change_account
from isme.lib import page
from isme.lib.models import Job
from isme.lib.redis import evictable
from tests.conftest import enter, make_user

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "/dashboard/"
BANNER = "Anda sedang melihat sebagai"


@pytest.fixture
def boss(client: Client) -> Client:
    return enter(client, make_user("boss", role="super_admin"))


@pytest.fixture
def tiara() -> User:
    user = make_user("tiara", role="student")
    change_account(user_id=user.pk, changes={"name": "Tiara Utami"})
    return user


def look_as(boss: Client, person: User, **changes: str):
    facts = {"reason": "Tiara menelepon", "idempotency_key": "k" * 30, **changes}
    return boss.post(f"/accounts/users/{person.pk}/act-as/", facts)


def recorded(verb: str) -> list[dict[str, object]]:
    return [job.payload for job in Job.objects.all() if job.payload.get("verb") == verb]


def test_sees_what_they_see_and_is_oneself_again(boss, tiara):
    theirs = enter(Client(), tiara)
    assert look_as(boss, tiara)["Location"] == HOME
    shown = boss.get(HOME)
    assert BANNER in shown.text
    assert "Tiara" in shown.text
    assert "no-store" in shown["Cache-Control"]
    assert boss.get("/accounts/users/").status_code == 403, "as a student"
    assert theirs.get(HOME).status_code == 200, "nobody is signed out for it"
    assert BANNER not in theirs.get(HOME).text

    boss.post("/accounts/acting/stop/")

    assert boss.get("/accounts/users/").status_code == 200
    assert BANNER not in boss.get(HOME).text
    boss_user = User.objects.get(username="boss")
    (began,), (ended,) = recorded("acting.started"), recorded("acting.ended")
    assert began["subject"] == ended["subject"] == f"account:{tiara.pk}"
    assert began["actor_id"] == ended["actor_id"] == boss_user.pk
    assert "Tiara menelepon" in began["details"]


@pytest.mark.parametrize("address", [HOME, "/accounts/profile/", "/accounts/profile/?page=2"])
def test_banner_is_on_every_page(boss, tiara, address):
    look_as(boss, tiara)
    assert BANNER in boss.get(address).text


@pytest.mark.parametrize(
    "address",
    ["/accounts/profile/preferences/", "/accounts/profile/avatar/remove/", "/accounts/users/new/"],
)
def test_nothing_can_be_changed(boss, tiara, address):
    look_as(boss, tiara)
    response = boss.post(address, {"language": "en", "theme": "dark"})
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert "tidak ada yang bisa diubah" in response.text
    assert BANNER in response.text
    tiara.refresh_from_db()
    assert tiara.language == ""


@pytest.mark.parametrize("address", ["/accounts/password/change/", "/accounts/email/", "/admin/"])
def test_what_is_theirs_alone_stays_closed(boss, tiara, address):
    look_as(boss, tiara)
    response = boss.get(address)
    assert response.status_code == 403
    assert BANNER in response.text


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_only_looking_is_a_method(boss, tiara, method):
    look_as(boss, tiara)
    assert getattr(boss, method)(HOME).status_code == 405
    assert boss.head(HOME).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [("/nowhere/", 404), ("/accounts/users/999999/", 404), ("/accounts/users/", 403)],
)
def test_banner_is_on_error_pages_too(boss, tiara, address, status):
    """Else who looks forgets as whom, just where something is odd."""
    look_as(boss, tiara)
    response = boss.get(address)
    assert response.status_code == status
    assert BANNER in response.text
    boss.post("/accounts/acting/stop/")
    assert BANNER not in boss.get(address).text


def test_banner_is_on_the_page_of_a_broken_view(boss, tiara, monkeypatch):
    def breaks(*_arguments: object) -> None:
        raise ValueError

    look_as(boss, tiara)
    boss.raise_request_exception = False
    monkeypatch.setattr("accounts.views.profile.own_profile", breaks)
    response = boss.get("/accounts/profile/")
    assert response.status_code == 500
    assert BANNER in response.text


def test_page_that_is_not_there_needs_nothing(boss, tiara, monkeypatch):
    """With everything down, the error page is still an error page."""

    def away(*_arguments: object) -> None:
        raise OperationalError

    look_as(boss, tiara)
    monkeypatch.setattr("accounts.acting._acting", away)
    response = boss.get("/nowhere/")
    assert response.status_code == 404
    assert BANNER not in response.text


def test_exports_are_not_made_under_another_name(boss):
    office = make_user("ratna", role="office")
    look_as(boss, office)
    assert boss.get("/accounts/users/").status_code == 200
    assert boss.get("/accounts/users/export/").status_code == 403


def test_what_a_page_would_write_is_undone(boss, tiara, monkeypatch):
    """Else looking marks things as read, for the person."""
    from accounts.views import profile

    real = profile.own_profile

    def writes(user: User) -> object:
        User.objects.filter(pk=user.pk).update(note="was read")
        return real(user)

    monkeypatch.setattr(profile, "own_profile", writes)
    look_as(boss, tiara)
    assert boss.get("/accounts/profile/").status_code == 200
    tiara.refresh_from_db()
    assert tiara.note == ""


def test_no_page_is_kept_for_anybody(boss, tiara):
    """Else the student is greeted with the banner, or the administrator by another name."""
    look_as(boss, tiara)
    boss.get(HOME)
    assert evictable.client.get(page.home_key(tiara.pk, "id")) is None
    theirs = enter(Client(), tiara)
    theirs.get(HOME)
    kept = evictable.client.get(page.home_key(tiara.pk, "id"))
    assert BANNER in boss.get(HOME).text, "a kept page is not shown either"
    assert evictable.client.get(page.home_key(tiara.pk, "id")) == kept


def test_it_ends_by_itself(boss, tiara, monkeypatch):
    look_as(boss, tiara)
    later = time.time() + acting.MINUTES * 60 + 1
    monkeypatch.setattr("accounts.acting.time.time", lambda: later)
    response = boss.get("/accounts/profile/", follow=True)
    assert "sudah habis" in response.text
    assert BANNER not in response.text
    assert [event["details"] for event in recorded("acting.ended")] == ['{"why": "over"}']


@pytest.mark.parametrize("changes", [{"role": "super_admin"}, {"is_active": False}])
def test_it_ends_when_the_rules_say_no(boss, tiara, changes):
    look_as(boss, tiara)
    change_account(user_id=tiara.pk, changes=changes)
    assert BANNER not in boss.get(HOME, follow=True).text


def test_it_ends_with_the_session(boss, tiara):
    look_as(boss, tiara)
    boss.post("/accounts/logout/")
    assert boss.get(HOME).status_code == 302
    assert SignInSession.objects.get(user__username="boss").data == {}


def test_not_without_a_reason(boss, tiara):
    response = look_as(boss, tiara, reason=" ")
    assert response.status_code == 422
    assert BANNER not in boss.get(HOME).text


@pytest.mark.parametrize(
    ("actor", "person"), [("super_admin", "super_admin"), ("office", "student")]
)
def test_who_may_not(client, actor, person):
    enter(client, make_user("actor", role=actor))
    other = make_user("other", role=person)
    assert look_as(client, other).status_code == 404
    assert client.get(f"/accounts/users/{other.pk}/act-as/").status_code == 404


def test_forged_post_while_acting_leads_nowhere(boss, tiara):
    """One can't look as a second person through the first."""
    lecturer = make_user("bagas", role="lecturer")
    look_as(boss, tiara)
    assert look_as(boss, lecturer, idempotency_key="z" * 30).status_code == 405
    assert connection.in_atomic_block is False
