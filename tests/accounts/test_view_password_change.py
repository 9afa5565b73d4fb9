"""Changing one's password: who may, what is good enough, and whose sessions end."""

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import AuditEvent, SignInEvent, User
from accounts.services.passwords import issue_one_time_password
from isme.lib import jobs
from isme.lib.models import Job
from isme.lib.timing import Cost, _current
from tests.conftest import PASSWORD, enter, make_user

CHANGE = "/accounts/password/change/"
HOME = "/dashboard/"
LOGIN = "/accounts/login/"
NEW = "tujuh kuda makan rumput"
pytestmark = pytest.mark.django_db


def change(client: Client, current=PASSWORD, new=NEW, again=None, **extra):
    typed = {"current": current, "new": new, "again": new if again is None else again}
    return client.post(CHANGE, typed, **extra)


def sign_in(client: Client, login="nadia", password=PASSWORD):
    return client.post(LOGIN, {"login": login, "password": password})


@pytest.mark.smoke
def test_change_keeps_this_device_and_ends_copies_of_its_cookie(user: User):
    """Else whoever copied the cookie goes on reading after the password was changed."""
    client = enter(Client(), user)
    thief = Client()
    thief.cookies[settings.SID_COOKIE_NAME] = client.cookies[settings.SID_COOKIE_NAME].value
    assert thief.get(HOME).status_code == 200

    response = change(client)

    assert response["Location"] == "/accounts/profile/"
    assert client.get(HOME).status_code == 200
    assert thief.get(HOME).status_code == 302
    assert sign_in(Client(), password=NEW).status_code == 302
    assert SignInEvent.objects.filter(user=user, kind="password").exists()


def test_change_is_on_the_record_without_the_password(user: User):
    change(enter(Client(), user))
    for pk in Job.objects.values_list("pk", flat=True):
        jobs.run(pk)
    event = AuditEvent.objects.get(verb="password.changed")
    assert event.subject == f"account:{user.pk}"
    assert NEW not in event.details


def test_remembered_device_stays_remembered(client: Client, user: User):
    client.post(LOGIN, {"login": "nadia", "password": PASSWORD, "remember": "on"})
    change(client)
    assert client.cookies[settings.SID_COOKIE_NAME]["max-age"] == 30 * 24 * 3600


def test_wrong_present_password_is_said_at_its_field(signed_in: Client):
    response = change(signed_in, current="not it")
    assert response.status_code == 422
    assert "Itu bukan kata sandi Anda sekarang." in response.text
    assert "not it" not in response.text
    assert NEW not in response.text


def test_eleventh_wrong_one_waits_and_the_door_stays_open(user: User):
    """Else a stolen session guesses the password, or locks its owner out of the door."""
    client = enter(Client(), user)
    with time_machine.travel(1_900_000_000, tick=False):
        client = enter(Client(), user)
        for _number in range(10):
            assert change(client, current="guess").status_code == 422
        held = change(client)
        assert held.status_code == 429
        assert int(held["Retry-After"]) > 0
        assert "Coba lagi pukul" in held.text
        assert sign_in(Client()).status_code == 302


STUDENT_REFUSED = [
    ("short one", "10 karakter"),
    ("1234567890", "deretan tombol"),
    ("qwertyuiop", "deretan tombol"),
    ("aaaaaaaaaaaaaaa", "deretan tombol"),
    ("sandisandisandi", "deretan tombol"),
    ("Password2026!", "deretan tombol"),
    ("ｐａｓｓｗｏｒｄ１２", "deretan tombol"),
    ("abcdefghijklmnop", "deretan tombol"),
    ("nadiapratama", "terlalu mirip"),
    ("20261010001!", "terlalu mirip"),
    ("Nadia.Pratama99", "terlalu mirip"),
    ("nadia@isme.example", "terlalu mirip"),
    (PASSWORD, "kata sandi Anda sekarang"),
]


@pytest.mark.parametrize(("new", "why"), STUDENT_REFUSED)
def test_password_that_is_guessed_first_is_refused(client: Client, user: User, new, why):
    user.identifiers.create(kind="nim", value="20261010001")
    user.identifiers.create(kind="email", value="nadia@isme.example")
    response = change(enter(client, user), new=new)
    assert response.status_code == 422
    assert why in response.context["form"].errors["new"][0]


@pytest.mark.parametrize(
    "new",
    [
        NEW,
        "  spaces at both ends  ",
        "🐎🐎🌾🌙🌋🌊🎻🧭🪁🧵",
        "kata sandi yang panjang sekali " * 20,
        "xkqv7-93jd",
        "alllowercaseletters",
    ],
)
def test_long_and_odd_passwords_work_as_typed(user: User, new):
    """No composition rules, and nothing trimmed: what was typed is the password."""
    assert change(enter(Client(), user), new=new).status_code == 302
    assert sign_in(Client(), password=new).status_code == 302
    assert sign_in(Client(), password=new.strip() + "x").status_code == 200


@pytest.mark.parametrize(("role", "least"), [("student", 10), ("lecturer", 15), ("office", 15)])
def test_least_length_by_role(client: Client, role, least):
    user = make_user("tiara", role=role)
    enter(client, user)
    typed = "zx7 kuda makan rumput"
    assert change(client, new=typed[: least - 1]).status_code == 422
    assert change(client, new=typed[:least]).status_code == 302


CORPUS = [
    {},
    {"current": PASSWORD},
    {"current": PASSWORD, "new": NEW, "again": "other"},
    {"current": "", "new": "", "again": ""},
    {"current": [PASSWORD, "x"], "new": [NEW, "y"], "again": [NEW]},
    {"current": PASSWORD, "new": "x" * 1025, "again": "x" * 1025},
    {"current": "x" * 5_000, "new": NEW, "again": NEW},
    {"current": PASSWORD, "new": "nul\x00nul\x00nul", "again": "nul\x00nul\x00nul"},
    {"current": "' OR 1=1 --", "new": NEW, "again": NEW},
]


@pytest.mark.parametrize("typed", CORPUS)
def test_bad_input_is_said_at_the_form(client: Client, user: User, typed):
    response = enter(client, user).post(CHANGE, typed)
    assert response.status_code == 422
    assert response.context["form"].errors
    assert NEW not in response.text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"current": "x"}', "application/json"),
        (b"current=%ED%A0%80&new=%ED%A0%80&again=%ED%A0%80", "application/x-www-form-urlencoded"),
        (b"current=" + b"x" * 1_900_000, "application/x-www-form-urlencoded"),
    ],
)
def test_odd_bodies_are_no_error(signed_in: Client, body, kind):
    assert signed_in.post(CHANGE, body, content_type=kind).status_code == 422


def test_form_needs_its_token(user: User):
    strict = enter(Client(enforce_csrf_checks=True), user)
    assert change(strict).status_code == 403


# --- One-time passwords ---------------------------------------------------------------------------


def test_one_time_password_leads_to_an_own_one_first(user: User):
    client = enter(Client(), user)
    given = issue_one_time_password(user_id=user.pk, by=None)
    assert client.get(HOME).status_code == 302  # the old session has ended
    assert sign_in(Client()).status_code == 200  # and the old password too

    client = Client()
    assert sign_in(client, password=given).status_code == 302
    for path in (HOME, "/accounts/profile/", "/admin/", "/files/1/x"):
        assert client.get(path)["Location"] == CHANGE
    assert client.post("/accounts/profile/preferences/", {}).status_code == 302
    page = client.get(CHANGE)
    assert "Pilih kata sandi Anda" in page.text
    assert 'class="side"' not in page.text

    assert change(client, current=given)["Location"] == HOME
    assert client.get(HOME).status_code == 200
    assert sign_in(Client(), password=given).status_code == 200


def test_fragment_is_led_there_too(user: User):
    given = issue_one_time_password(user_id=user.pk, by=None)
    client = Client()
    sign_in(client, password=given)
    response = client.get("/accounts/profile/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == CHANGE


def test_sign_out_stays_open_before_the_change(user: User):
    given = issue_one_time_password(user_id=user.pk, by=None)
    client = Client()
    sign_in(client, password=given)
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    assert client.get(CHANGE)["Location"].startswith(LOGIN)


def test_one_time_password_expires(user: User):
    """Else a slip of paper that nobody used opens the account years later."""
    given = issue_one_time_password(user_id=user.pk, by=None)
    User.objects.update(password_expires_at="2020-01-01T00:00Z")
    response = sign_in(Client(), password=given)
    assert "sudah kedaluwarsa" in response.text
    assert "sudah kedaluwarsa" not in sign_in(Client(), password="wrong").text


def test_one_time_password_can_be_read_out_and_differs(user: User):
    seen = {issue_one_time_password(user_id=user.pk, by=None) for _number in range(3)}
    assert len(seen) == 3
    assert all(set(word) <= set("bcdfghjkmnpqrstvwxyz23456789-") for word in seen)
    assert all(len(word) == 14 for word in seen)


@pytest.mark.parametrize(
    "typed",
    [
        lambda given: f" {given} ",
        lambda given: given.replace("-", ""),
        lambda given: given.replace("-", " ").capitalize(),
        lambda given: given.upper(),
    ],
)
def test_one_time_password_is_known_however_it_was_copied(user: User, typed):
    """Else the phone's first capital, or a space behind it, sends people back to the office."""
    given = issue_one_time_password(user_id=user.pk, by=None)
    client = Client()
    assert sign_in(client, password=typed(given)).status_code == 302
    page = change(client, current=typed(given), new=given)
    assert page.status_code == 422, "the same again is no own one"
    assert change(client, current=typed(given))["Location"] == HOME


def test_own_password_is_known_only_as_it_was_chosen(user: User):
    """A password that looks like an issued one keeps its capitals and dashes."""
    own = "bcdf-ghjk-2345"
    User.objects.update(password=make_password(own))
    assert sign_in(Client(), password=own.upper()).status_code == 200
    assert sign_in(Client(), password=own.replace("-", "")).status_code == 200
    assert sign_in(Client(), password=own).status_code == 302


def test_issuing_is_on_the_record_without_the_password(user: User):
    office = make_user("akademik", role="office")
    given = issue_one_time_password(user_id=user.pk, by=office.pk)
    for pk in Job.objects.values_list("pk", flat=True):
        jobs.run(pk)
    event = AuditEvent.objects.get(verb="password.issued")
    assert event.actor_id == office.pk
    assert given not in event.details + event.subject
    assert given not in str(list(Job.objects.values_list("payload", flat=True)))


@pytest.mark.django_db(transaction=True)
def test_the_flag_costs_no_query(client: Client, django_assert_num_queries):
    """The snapshot says who must change: a warm page stays at one exchange."""
    user = make_user()
    given = issue_one_time_password(user_id=user.pk, by=None)
    sign_in(client, password=given)
    client.get(HOME)
    cost = Cost()
    token = _current.set(cost)
    with django_assert_num_queries(0):
        assert client.get(HOME)["Location"] == CHANGE
    _current.reset(token)
    assert cost.exchanges == 1
