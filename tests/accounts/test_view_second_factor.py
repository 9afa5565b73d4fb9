"""The second factor: no session before the code, no code twice, and a way back without a phone."""

import pyotp
import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.errors import CodeWrong, SignInHeld
from accounts.models import (
    AuditEvent,
    RecoveryCode,
    SecondFactor,
    SignInEvent,
    SignInSession,
    User,
)
from accounts.services import second_factor as service
from accounts.services.second_factor import reset_second_factor, secret_of
from accounts.services.sign_in import finish
from accounts.session import stage as stages
from isme.lib import jobs
from isme.lib.audit import Origin
from isme.lib.models import Job
from tests.conftest import PASSWORD, VISIT, enter, make_user

LOGIN = "/accounts/login/"
CODE = LOGIN + "second-factor/"
FACTOR = "/accounts/second-factor/"
SETUP = FACTOR + "setup/"
HOME = "/dashboard/"
START = 1_900_000_000
NEW = "tujuh kuda makan rumput"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def code_of(user: User, skew: int = 0) -> str:
    secret = secret_of(SecondFactor.objects.get(pk=user.pk))
    return pyotp.TOTP(secret).at(int(__import__("time").time()) + 30 * skew)


def enrolled(user: User, clock) -> list[str]:
    """Turn the factor on and go on a minute, so that a fresh code is at hand."""
    service.begin(user_id=user.pk)
    codes = service.confirm(user_id=user.pk, code=code_of(user), visit=VISIT, origin=Origin())
    clock.shift(60)
    return codes


def password(client: Client, login="nadia", **extra):
    return client.post(LOGIN, {"login": login, "password": PASSWORD, **extra})


def run_jobs() -> None:
    for pk in Job.objects.filter(state="pending").values_list("pk", flat=True):
        jobs.run(pk)


# --- Signing in ----------------------------------------------------------------------------------


@pytest.mark.smoke
def test_code_comes_after_the_password_and_only_then_a_session(user: User, clock):
    enrolled(user, clock)
    client = Client()
    response = password(client, next="/accounts/profile/", remember="on")

    assert response["Location"] == CODE + "?next=%2Faccounts%2Fprofile%2F"
    assert settings.SID_COOKIE_NAME not in response.cookies
    assert response.cookies["stage"]["httponly"]
    assert response.cookies["stage"]["path"] == LOGIN
    assert client.get(HOME).status_code == 302
    assert not SignInSession.objects.filter(pk=user.pk).exclude(secret_hash="").exists()

    assert "enam angka" in client.get(CODE).text
    done = client.post(CODE, {"code": code_of(user), "next": "/accounts/profile/"})
    assert done["Location"] == "/accounts/profile/"
    assert done.cookies[settings.SID_COOKIE_NAME]["max-age"] == 30 * 24 * 3600
    assert client.get(HOME).status_code == 200


def test_the_other_device_stays_until_the_code_is_right(user: User, clock):
    """Else who only knows the password throws the owner out."""
    other = enter(Client(), user)
    enrolled(user, clock)
    client = Client()
    password(client)
    client.post(CODE, {"code": "000000"})
    assert other.get(HOME).status_code == 200
    client.post(CODE, {"code": code_of(user)})
    assert other.get(HOME).status_code == 302


@pytest.mark.parametrize("skew", [-1, 0, 1])
def test_clock_may_be_half_a_minute_off(user: User, clock, skew):
    enrolled(user, clock)
    client = Client()
    password(client)
    assert client.post(CODE, {"code": code_of(user, skew)}).status_code == 302


def test_code_with_a_space_fits(user: User, clock):
    enrolled(user, clock)
    client = Client()
    password(client)
    code = code_of(user)
    assert client.post(CODE, {"code": f" {code[:3]} {code[3:]} "}).status_code == 302


def test_code_works_once_and_older_ones_never_again(user: User, clock):
    """Else whoever looked over the shoulder uses it within its minute."""
    enrolled(user, clock)
    before, code = code_of(user, -1), code_of(user)
    first = Client()
    password(first)
    assert first.post(CODE, {"code": code}).status_code == 302
    for seen in (code, before):
        client = Client()
        password(client)
        response = client.post(CODE, {"code": seen})
        assert response.status_code == 422
        assert "sudah dipakai" in response.text
    assert SignInEvent.objects.filter(kind="code").count() == 2


def test_two_who_use_one_code_at_the_same_moment(user: User, clock, monkeypatch):
    """Both have looked and found it unused: the write decides, and one gets in."""
    enrolled(user, clock)
    code, others = code_of(user), []
    real = service._step_of

    def while_the_other_is_quicker(factor: SecondFactor, typed: str) -> int | None:
        step = real(factor, typed)
        monkeypatch.setattr(service, "_step_of", real)
        others.append(service.verify(user_id=user.pk, code=code))
        return step

    monkeypatch.setattr(service, "_step_of", while_the_other_is_quicker)
    mine = service.verify(user_id=user.pk, code=code)
    assert (others, mine) == ([True], False)


def test_code_that_set_it_up_signs_nobody_in(user: User):
    """Else whoever looked on while it was set up gets in within the same half minute."""
    service.begin(user_id=user.pk)
    code = code_of(user)
    service.confirm(user_id=user.pk, code=code, visit=VISIT, origin=Origin())
    assert not service.verify(user_id=user.pk, code=code)
    assert service.verify(user_id=user.pk, code=code_of(user, 1))


def test_tries_are_few(user: User, clock):
    """A million codes, three valid: who has the password must not be able to go on."""
    enrolled(user, clock)
    client = Client()
    password(client)
    answers = [client.post(CODE, {"code": f"{n:06}"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert client.post(CODE, {"code": code_of(user)}).status_code == 429


def test_day_of_guessing_is_240_tries_at_most(user: User, clock):
    enrolled(user, clock)
    """By somebody who comes again at the first second at which it is let to."""
    tried, passed = 0, 0
    while passed < 24 * 3600:
        wait = 1
        stage = stages.make(user, remember=False)
        try:
            finish(stage=stage, code="000000", visit=VISIT)
        except CodeWrong:
            tried += 1
        except SignInHeld as held:
            wait = held.seconds
        clock.shift(wait)
        passed += wait
    assert 5 < tried <= 240


def test_owners_browser_gets_in_while_others_guess(user: User, clock):
    owner = Client()
    password(owner)  # the device cookie
    enrolled(user, clock)
    thief = Client()
    password(thief)
    for number in range(7):
        thief.post(CODE, {"code": f"{number:06}"})
    password(owner)
    assert owner.post(CODE, {"code": code_of(user)}).status_code == 302


def test_stage_is_over_after_five_minutes(user: User, clock):
    enrolled(user, clock)
    client = Client()
    password(client)
    clock.shift(299)
    assert client.get(CODE).status_code == 200
    clock.shift(2)
    assert client.get(CODE)["Location"] == LOGIN
    assert client.post(CODE, {"code": code_of(user)})["Location"] == LOGIN


@pytest.mark.parametrize("change", ["password", "inactive", "removed"])
def test_stage_is_void_when_the_account_changed(user: User, clock, change):
    enrolled(user, clock)
    client = Client()
    password(client)
    if change == "password":
        user.set_password(NEW)
        user.save()
    elif change == "inactive":
        User.objects.update(is_active=False)
    else:
        code = code_of(user)
        SecondFactor.objects.all().delete()
    code = code if change == "removed" else code_of(user)
    assert client.post(CODE, {"code": code})["Location"] == LOGIN
    assert client.get(HOME).status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "x" * 5000, "W10:1:x"])
def test_forged_stage_leads_to_the_door(client: Client, db: None, cookie):
    client.cookies["stage"] = cookie
    assert client.get(CODE)["Location"] == LOGIN
    assert client.post(CODE, {"code": "123456"})["Location"] == LOGIN


@pytest.mark.parametrize(
    "typed",
    [{}, {"code": ""}, {"code": "x" * 41}, {"code": "1\x00"}],
)
def test_bad_code_form_is_said_at_the_field(user: User, clock, typed):
    enrolled(user, clock)
    client = Client()
    password(client)
    response = client.post(CODE, typed)
    assert response.status_code == 422
    assert response.context["form"].errors["code"]


@pytest.mark.parametrize(
    "code",
    ["12345", "1234567", "abcdef", "１２３４５６", "١٢٣٤٥٦", "-12345", "1e5", "' OR 1", "\ud800"],
)
def test_odd_codes_are_wrong_codes(user: User, clock, code):
    enrolled(user, clock)
    client = Client()
    password(client)
    response = client.post(CODE, {"code": code.encode("utf-8", "surrogatepass")})
    assert response.status_code == 422


def test_next_never_leads_elsewhere(user: User, clock):
    enrolled(user, clock)
    client = Client()
    password(client, next="//evil.example")
    response = client.post(CODE, {"code": code_of(user), "next": "//evil.example"})
    assert response["Location"] == HOME


# --- Recovery codes ------------------------------------------------------------------------------


def test_recovery_code_signs_in_once(user: User, clock):
    codes = enrolled(user, clock)
    assert len(set(codes)) == 10
    client = Client()
    password(client)
    assert client.post(CODE, {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    again = Client()
    password(again)
    assert again.post(CODE, {"code": codes[0]}).status_code == 422
    assert again.post(CODE, {"code": codes[1]}).status_code == 302


def test_database_holds_neither_codes_nor_the_secret(user: User, clock):
    codes = enrolled(user, clock)
    factor = SecondFactor.objects.get()
    stored = str([list(SecondFactor.objects.values()), list(RecoveryCode.objects.values())])
    assert secret_of(factor) not in stored
    assert not [code for code in codes if code in stored or code.replace("-", "") in stored]


def test_last_codes_are_announced(user: User, clock):
    codes = enrolled(user, clock)
    RecoveryCode.objects.filter(code_hash=service._hash(user.pk, codes[0])).delete()
    RecoveryCode.objects.exclude(code_hash=service._hash(user.pk, codes[1])).delete()
    client = Client()
    password(client)
    client.post(CODE, {"code": codes[1]})
    assert "Kode pemulihan Anda tersisa 0" in client.get("/accounts/profile/").text


def test_new_codes_make_the_old_ones_void(user: User, clock):
    old = enrolled(user, clock)
    client = enter_with_code(user, clock)
    page = client.post(FACTOR + "codes/", {"code": code_of(user)})
    assert page.status_code == 200
    assert page["Cache-Control"].count("no-store")
    fresh = page.context["codes"]
    assert not service.verify(user_id=user.pk, code=old[0])
    assert service.verify(user_id=user.pk, code=fresh[0])
    assert client.post(FACTOR + "codes/", {"code": "000000"}).status_code == 422
    assert client.post(FACTOR + "codes/", {}).status_code == 422


def enter_with_code(user: User, clock) -> Client:
    client = Client()
    password(client, login=user.username)
    assert client.post(CODE, {"code": code_of(user)}).status_code == 302
    clock.shift(60)
    return client


# --- Setting up and removing ---------------------------------------------------------------------


def test_setting_up_shows_a_code_to_scan_and_ten_for_paper(user: User):
    client = enter(Client(), user)
    assert "Siapkan" in client.get(FACTOR).text
    page = client.get(SETUP)
    secret = secret_of(SecondFactor.objects.get())
    assert 'src="data:image/svg+xml' in page.text
    assert secret in page.text.replace(" ", "")
    assert client.post(SETUP, {"code": "000000"}).status_code == 422
    assert secret in client.get(SETUP).text.replace(" ", "")  # scanned already: it stays

    done = client.post(SETUP, {"code": code_of(user)})

    assert len(done.context["codes"]) == 10
    assert "no-store" in done["Cache-Control"]
    assert client.get(SETUP)["Location"] == FACTOR
    assert client.post(SETUP, {"code": code_of(user)})["Location"] == FACTOR
    assert "Aktif" in client.get(FACTOR).text
    run_jobs()
    assert AuditEvent.objects.filter(verb="second_factor.on").count() == 1


def test_pending_secret_asks_nobody_for_a_code(user: User):
    """Else somebody who closed the page half-way is locked out."""
    enter(Client(), user).get(SETUP)
    assert password(Client())["Location"] == HOME


def test_staff_may_have_a_shorter_password_with_it(clock):
    user = make_user("tiara", role="lecturer")
    enrolled(user, clock)
    client = enter_with_code(user, clock)
    typed = {"current": PASSWORD, "new": "zx7 kuda", "again": "zx7 kuda"}
    assert client.post("/accounts/password/change/", typed).status_code == 302


def remove(client: Client, user: User, secret=PASSWORD, code=None):
    return client.post(FACTOR + "remove/", {"password": secret, "code": code or code_of(user)})


def test_removing_needs_password_and_code(user: User, clock):
    enrolled(user, clock)
    client = enter_with_code(user, clock)
    assert remove(client, user, secret="guess").status_code == 422
    assert remove(client, user, code="000000").status_code == 422
    assert client.post(FACTOR + "remove/", {}).status_code == 422
    assert SecondFactor.objects.exists()
    assert remove(client, user)["Location"] == FACTOR
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert password(Client())["Location"] == HOME


def test_short_password_keeps_its_second_factor(clock):
    user = make_user("tiara", role="office")
    enrolled(user, clock)
    client = enter_with_code(user, clock)
    user.set_password("zx7 kuda")
    user.save()
    response = remove(client, user, secret="zx7 kuda")
    assert response.status_code == 422
    assert "15 karakter" in response.text


# --- Required, and reset by the office ------------------------------------------------------------


def test_super_admin_sets_it_up_before_anything_else(clock, settings):
    settings.SECOND_FACTOR_FOR_SUPER_ADMIN = True
    boss = make_user("boss", role="super_admin")
    client = enter(Client(), boss)
    for path in (HOME, "/admin/", "/accounts/users/", "/accounts/audit/"):
        assert client.get(path)["Location"] == FACTOR
    assert "Super admin memerlukannya" in client.get(FACTOR).text
    client.get(SETUP)
    client.post(SETUP, {"code": code_of(boss)})
    assert client.get(HOME).status_code == 200
    clock.shift(60)
    assert remove(client, boss).status_code == 422
    assert SecondFactor.objects.exists()


def test_others_and_demo_are_not_asked(settings):
    assert settings.SECOND_FACTOR_FOR_SUPER_ADMIN is False  # local
    assert enter(Client(), make_user("boss", role="super_admin")).get(HOME).status_code == 200
    settings.SECOND_FACTOR_FOR_SUPER_ADMIN = True
    assert enter(Client(), make_user("tiara", role="office")).get(HOME).status_code == 200


def test_office_helps_whose_phone_is_gone(clock):
    lecturer = make_user("tiara", role="lecturer")
    enrolled(lecturer, clock)
    signed = enter_with_code(lecturer, clock)
    office = enter(Client(), make_user("akademik", role="office"))
    page = office.get(f"/accounts/users/{lecturer.pk}/").text
    assert "Atur ulang faktor kedua" in page
    office.post(f"/accounts/users/{lecturer.pk}/second-factor/reset/")

    assert signed.get(HOME).status_code == 302
    client = Client()
    assert password(client, login="tiara")["Location"] == HOME
    assert client.get(HOME)["Location"] == "/accounts/password/change/"
    run_jobs()
    assert AuditEvent.objects.get(verb="second_factor.reset").subject == f"account:{lecturer.pk}"


def test_office_can_not_reset_its_own_kind(clock):
    boss = make_user("boss", role="super_admin")
    enrolled(boss, clock)
    office = enter(Client(), make_user("akademik", role="office"))
    response = office.post(f"/accounts/users/{boss.pk}/second-factor/reset/")
    assert response.status_code == 404
    assert SecondFactor.objects.exists()


def test_reset_of_nothing_is_nothing(user: User):
    assert reset_second_factor(user_id=user.pk, by=None) is False


def test_lost_secret_key_locks_out_but_never_breaks(user: User, clock, settings):
    codes = enrolled(user, clock)
    settings.SECRET_KEY = "another " * 8
    assert service.verify(user_id=user.pk, code="123456") is False
    assert service.verify(user_id=user.pk, code=codes[0]) is False


def test_old_secret_key_still_opens(user: User, clock, settings):
    enrolled(user, clock)
    code = code_of(user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8
    assert service.verify(user_id=user.pk, code=code)


def test_signing_in_costs_no_query_more_for_who_has_none(user: User, django_assert_num_queries):
    client = Client()
    password(client)
    client.cookies.pop(settings.SID_COOKIE_NAME)
    with django_assert_num_queries(7):
        password(client)
