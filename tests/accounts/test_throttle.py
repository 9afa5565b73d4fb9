"""The throttle of the front door: promises 3 and 4, with time that is moved, never slept."""

import itertools
import random
import threading

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.errors import DoorBusy, SignInCrowded, SignInDelayed, SignInHeld, SignInRefused
from accounts.models import User
from accounts.selectors import people as selectors
from accounts.services import sign_in as sign_in_module
from accounts.services import throttle
from accounts.services.hash_gate import HashGate
from accounts.services.sign_in import sign_in
from accounts.services.visit import Visit
from isme.lib import limit_fallback, limits
from isme.lib.limits import Outcome
from isme.lib.models import LimitCounter
from isme.lib.redis import RedisAway, Role, durable
from tests.conftest import PASSWORD, make_user

LOGIN = "/accounts/login/"
START = 1_900_000_000
MINUTE = 60
pytestmark = pytest.mark.django_db


def visit(address: str = "203.0.113.9", **facts) -> Visit:
    return Visit(device="Firefox, Linux", place="other", address=address, **facts)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hashes(monkeypatch) -> list[str]:
    """A hasher that costs nothing and counts."""
    counted: list[str] = []

    def cheap(password, _encoded):
        counted.append(password)
        return password == PASSWORD

    sign_in_module._nobodys_hash()
    monkeypatch.setattr(sign_in_module, "check_password", cheap)
    return counted


@pytest.fixture
def durable_away(monkeypatch, tmp_path):
    """Nobody listens where the durable Redis should be: real errors, and the real breaker."""
    dead = Redis(unix_socket_path=str(tmp_path / "gone.sock"), retry=Retry(NoBackoff(), 0))
    real = Role.client.fget
    away = property(lambda role: dead if role is durable else real(role))
    monkeypatch.setattr(Role, "client", away)


def attempt(name: str, where: Visit, password: str = "wrong") -> str:
    try:
        sign_in(login=name, password=password, remember=False, visit=where)
    except SignInRefused:
        return "refused"
    except SignInHeld:
        return "held"
    except SignInCrowded:
        return "crowded"
    return "in"


def post(client: Client, login="nadia", password="wrong", **extra):
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


# --- Promise 3 -----------------------------------------------------------------------------------


def test_thousand_people_behind_one_address_with_typos_all_get_in(clock):
    """(a) The rules alone: a thousand sign-ins in 60 s, each twentieth with a typo first."""
    chance = random.Random(4)
    refused = []
    for pk in range(1, 1001):
        clock.shift(0.06)
        for right in [False, True] if chance.random() < 0.05 else [True]:
            try:
                tried = throttle.begin(pk, "", visit())
            except SignInDelayed as delay:
                refused.append((pk, delay))
                continue
            if right:
                tried.settle(Outcome.SUCCEEDED)
    assert refused == []
    assert not LimitCounter.objects.exists()  # all of it was counted in Redis


def test_thousand_typos_that_are_given_up_refuse_nobody(clock):
    """(a) Worse: whoever mistypes goes away, so that the failures stay."""
    for pk in range(1, 1001):
        clock.shift(0.06)
        tried = throttle.begin(pk, "", visit())  # a refusal would raise here
        if pk % 20:
            tried.settle(Outcome.SUCCEEDED)
    assert not LimitCounter.objects.exists()  # all of it was counted in Redis


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::9"])
def test_spraying_address_gets_forty_hashes_in_ten_minutes(clock, hashes, address):
    """(b) Also when it waits for its tickets, and takes other addresses of its /64."""
    tickets: dict[str, str] = {}
    for number in range(1000):
        clock.shift(0.6)
        source = f"{address[:-1]}{number:x}" if ":" in address else address
        name = f"name{number % 500}"
        try:
            sign_in(
                login=name,
                password="wrong",
                remember=False,
                visit=visit(source, ticket=tickets.get(name, "")),
            )
        except SignInCrowded as crowd:
            tickets[name] = crowd.ticket
        except (SignInRefused, SignInHeld):
            pass
    assert 30 <= len(hashes) <= 40


def test_two_hundred_addresses_get_ten_hashes_and_the_owner_gets_in(clock, hashes):
    """(c) From each address one guess."""
    user = make_user()
    for number in range(200):
        clock.shift(4.4)
        attempt("nadia", visit(f"198.51.100.{number}"))
    assert len(hashes) <= 10

    assert attempt("nadia", visit("192.0.2.1"), PASSWORD) == "held"
    known = visit("198.51.100.1", known=((user.pk, "a device"),))
    assert attempt("nadia", known, PASSWORD) == "in"


def test_rivals_at_the_same_moment_share_the_same_places(clock):
    """Twenty begin before one of them has failed: no more than the five that are free."""
    begun = 0
    for number in range(20):
        try:
            throttle.begin(7, "", visit(f"198.51.100.{number}"))
        except SignInHeld:
            continue
        begun += 1
    assert begun == 5


def test_pause_doubles_up_to_fifteen_minutes(clock, hashes):
    waits = []
    for _ in range(300):
        try:
            sign_in(login="nobody", password="wrong", remember=False, visit=visit())
        except SignInHeld as held:
            waits.append(held.seconds)
            clock.shift(held.seconds)
        except SignInRefused:
            pass
    assert waits[:5] == [30, 60, 120, 240, 480]
    assert max(waits) == 15 * MINUTE


def test_success_never_counts(clock, hashes):
    make_user()
    assert {attempt("nadia", visit(), PASSWORD) for _ in range(50)} == {"in"}


def test_known_browser_has_its_own_ten(clock, hashes):
    known = visit(known=((make_user().pk, "a device"),))
    assert [attempt("nadia", known) for _ in range(11)] == ["refused"] * 10 + ["held"]
    clock.shift(15 * MINUTE + 1)
    assert attempt("nadia", known, PASSWORD) == "in"


# --- Tickets ---------------------------------------------------------------------------------------


def fill(address: str) -> None:
    for number in range(30):
        attempt(f"filler{number}", visit(address))


def crowd(name: str, where: Visit) -> SignInCrowded:
    with pytest.raises(SignInCrowded) as caught:
        sign_in(login=name, password=PASSWORD, remember=False, visit=where)
    return caught.value


def test_ticket_is_good_for_one_attempt_of_one_name_after_ten_seconds(clock, hashes):
    make_user()
    make_user("budi")
    fill("203.0.113.9")
    delay = crowd("nadia", visit())
    assert delay.seconds == 10

    clock.shift(9)
    assert crowd("nadia", visit(ticket=delay.ticket)).seconds == 1  # the same ticket, younger
    clock.shift(1)
    assert crowd("budi", visit(ticket=delay.ticket)).ticket != delay.ticket
    assert crowd("nadia", visit(ticket=delay.ticket + "x")).ticket != delay.ticket
    assert attempt("nadia", visit(ticket=delay.ticket)) == "refused"
    clock.shift(61)
    assert crowd("nadia", visit(ticket=delay.ticket)).ticket != delay.ticket  # used up


@pytest.mark.parametrize(
    ("place", "known", "wait"), [("other", 99, 60), ("other", 100, 1), ("campus", 0, 1)]
)
def test_address_redeems_one_ticket_a_minute_or_a_second(clock, hashes, place, known, wait):
    """The quick ones: on campus, or where a hundred people got in within a day."""
    for pk in range(known - 1):  # and one more below
        throttle.begin(1_000_000 + pk, "", visit()).settle(Outcome.SUCCEEDED)
    clock.shift(20 * 60 * MINUTE)
    make_user()
    make_user("budi")
    fill("203.0.113.9")
    tickets = {name: crowd(name, visit()).ticket for name in ("nadia", "budi")}
    clock.shift(10)

    def come(name: str) -> Visit:
        return Visit("", place, "203.0.113.9", ticket=tickets[name])

    assert attempt("nadia", come("nadia"), PASSWORD) == "in"
    later = crowd("budi", come("budi"))
    assert (later.seconds, later.ticket) == (wait, tickets["budi"])
    clock.shift(wait)
    assert attempt("budi", come("budi"), PASSWORD) == "in"


def test_surge_everywhere_sends_unknown_browsers_to_the_queue(clock, hashes):
    for number in range(400):
        attempt(f"name{number}", visit(f"198.51.{number % 250}.{number % 7}"))
    assert len(hashes) == 300
    user = make_user()
    assert attempt("nadia", visit("192.0.2.1"), PASSWORD) == "crowded"
    assert attempt("nadia", visit(known=((user.pk, "a"),)), PASSWORD) == "in"


# --- Answers (promise 4) ---------------------------------------------------------------------------


def plain(response) -> str:
    """The page without what differs each time: the csrf token, and the name that was typed."""
    lines = [line for line in response.text.splitlines() if "csrfmiddlewaretoken" not in line]
    return "\n".join(lines).replace("nadia", "NAME").replace("nobody", "NAME")


@pytest.mark.parametrize("tries", [1, 6])
def test_answers_are_alike_for_names_that_exist_or_not(client, clock, hashes, tries):
    make_user()
    User.objects.filter(pk=make_user("budi").pk).update(is_active=False)
    answers = []
    for name in ("nadia", "nobody", "budi"):
        for _ in range(tries):
            response = post(client, name, headers={"Accept-Language": "en"})
        answers.append((response.status_code, response.get("Retry-After"), plain(response)))
        answers[-1] = tuple(str(part).replace("budi", "NAME") for part in answers[-1])
    assert answers[0] == answers[1] == answers[2]
    assert len(hashes) == 3 * min(tries, 5)


def test_throttled_page_keeps_the_name_and_says_when(client, clock, hashes):
    for _ in range(6):
        response = post(client, "nadia", "s3cret-typed")
    assert response.status_code == 429
    assert response["Retry-After"] == "30"
    assert 'value="nadia"' in response.text
    assert "s3cret-typed" not in response.text
    assert "Coba lagi pukul 00.48 WIB" in response.text  # 00.47.10, rounded up


def test_waiting_page_brings_a_ticket_that_works(client, clock, hashes):
    make_user()
    fill("127.0.0.1")
    response = post(client, password=PASSWORD)
    assert (response.status_code, response["Retry-After"]) == (429, "10")
    assert "masuk setelah 10 detik" in response.text
    assert 'value="nadia"' in response.text
    assert PASSWORD not in response.text
    assert response.cookies[settings.TICKET_COOKIE_NAME]["httponly"]
    clock.shift(10)
    assert post(client, password=PASSWORD).status_code == 302


def test_device_cookie_lets_the_owner_in_while_others_guess(client, hashes, settings):
    settings.SECURE_COOKIES = True
    make_user()
    cookie = post(client, password=PASSWORD).cookies[settings.DEVICE_COOKIE_NAME]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["secure"]) == (
        LOGIN,
        True,
        "Lax",
        True,
    )
    for _ in range(6):
        other = post(Client())
    assert other.status_code == 429
    assert post(client, password=PASSWORD).status_code == 302
    client.cookies[settings.DEVICE_COOKIE_NAME] = cookie.value[:-3] + "abc"
    assert post(client, password=PASSWORD).status_code == 429


@pytest.mark.parametrize("forged", ["1.2.3.{}", "2001:db8::{}", "junk{}", "1.1.1.{}, 9.9.9.9"])
@pytest.mark.parametrize("hops", [0, 1])
def test_forged_forwarding_header_does_not_vary_the_key(client, hashes, settings, forged, hops):
    """(e) With a proxy, only what the proxy itself wrote at the end counts."""
    settings.TRUSTED_PROXY_HOPS = hops
    for number in range(31):
        chain = forged.format(number) + (", 203.0.113.9" if hops else "")
        response = post(client, f"name{number}", headers={"X-Forwarded-For": chain})
    assert response.status_code == 429
    assert len(hashes) == 30


BAD = [
    {"login": "nadia\r\nX: y"},
    {"login": "nadia\x00"},
    {"login": "😀" * 64, "password": "😀" * 64},
    {"password": "x" * 5_000_000},
    {"login": ["nadia", "budi"], "password": ["a", "b"]},
    {"login": "ｎａｄｉａ"},
    {"login": "\xad\u200bnadia"},
    {"password": "\x00"},
    {"next": ["//evil", "\r\n"]},
]


@pytest.mark.parametrize("fields", BAD)
def test_bad_input_is_never_an_error(client, user, fields):
    """(f) A page or a refusal."""
    response = client.post(LOGIN, {"login": "nadia", "password": "wrong", **fields})
    assert response.status_code in {200, 400, 413}


def test_lone_surrogate_is_never_an_error(client, user):
    body = "login=%ED%A0%80&password=%ED%A0%80"
    kind = "application/x-www-form-urlencoded"
    assert client.post(LOGIN, body, content_type=kind).status_code == 200
    assert client.post(LOGIN, '{"login": "a"}', content_type="application/json").status_code == 200


def test_fullwidth_and_other_spellings_share_one_bucket(hashes):
    make_user()
    names = itertools.cycle(["NADIA", "ｎａｄｉａ", " nadia "])
    assert [attempt(next(names), visit()) for _ in range(6)] == ["refused"] * 5 + ["held"]
    odd = itertools.cycle(["ＮＯＢＯＤＹ", "nobody", "Nobody "])
    assert [attempt(next(odd), visit()) for _ in range(6)] == ["refused"] * 5 + ["held"]


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "x" * 5000, "ü"])
def test_junk_device_and_ticket_cookies_are_none(client, user, cookie):
    client.cookies[settings.DEVICE_COOKIE_NAME] = cookie
    client.cookies[settings.TICKET_COOKIE_NAME] = cookie
    assert post(client, password=PASSWORD).status_code == 302


# --- Redis away (F6) -------------------------------------------------------------------------------


def test_eleventh_bad_password_is_refused_without_redis(clock, hashes, durable_away):
    """(d) Counted in rows."""
    clock.move_to(START - START % (15 * MINUTE))
    make_user()
    answers = [attempt("nadia", visit(f"198.51.100.{number}")) for number in range(11)]
    assert answers == ["refused"] * 10 + ["held"]
    assert LimitCounter.objects.exists()
    clock.shift(30 * MINUTE)
    assert attempt("nadia", visit(), PASSWORD) == "in"


def test_spraying_is_limited_without_redis(clock, hashes, durable_away):
    clock.move_to(START - START % (15 * MINUTE))
    answers = [attempt(f"name{number}", visit()) for number in range(100)]
    assert answers == ["refused"] * 30 + ["crowded"] * 70
    ticket = crowd("nobody", visit()).ticket
    clock.shift(10)
    assert attempt("nobody", visit(ticket=ticket)) == "refused"
    assert attempt("nobody", visit(ticket=ticket)) == "crowded"


def test_success_is_taken_back_without_redis(clock, hashes, durable_away):
    make_user()
    assert {attempt("nadia", visit(), PASSWORD) for _ in range(20)} == {"in"}


def test_limits_hold_without_redis_and_without_rows(clock, hashes, durable_away, monkeypatch):
    from django.db import OperationalError

    def away(*_args, **_kwargs):
        raise OperationalError(2002, "stopped by the test")

    monkeypatch.setattr(limit_fallback, "_attempt_in_rows", away)
    monkeypatch.setattr(limit_fallback, "_process", limit_fallback._Process())
    answers = [attempt("nobody", visit()) for _ in range(6)]
    assert answers == ["refused"] * 5 + ["held"]  # 10 in 15 minutes, shared by two processes


# --- The gate (F4.6) -------------------------------------------------------------------------------


def test_full_gate_is_503_with_the_name_kept(client, monkeypatch):
    make_user()
    gate = HashGate(waiting=0, seconds=0)
    monkeypatch.setattr(sign_in_module, "gate", gate)
    with gate.turn():
        for _ in range(7):  # none of them is a failure
            response = post(client, password=PASSWORD)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert 'value="nadia"' in response.text
    assert PASSWORD not in response.text
    assert post(client, password=PASSWORD).status_code == 302


def test_gate_lets_two_wait_and_sends_the_fourth_away():
    gate = HashGate(waiting=2, seconds=5)
    inside, done = threading.Semaphore(0), []

    def wait() -> None:
        inside.release()
        with gate.turn():
            done.append(1)

    with gate.turn():
        threads = [threading.Thread(target=wait) for _ in range(2)]
        for thread in threads:
            thread.start()
        while gate._places._value:
            pass
        with pytest.raises(DoorBusy), gate.turn():
            pass
    for thread in threads:
        thread.join()
    assert done == [1, 1]


# --- Seen and lifted -------------------------------------------------------------------------------


@pytest.mark.parametrize("redis", [True, False])
def test_office_sees_who_is_throttled_and_lifts_it(clock, hashes, redis, request):
    if not redis:
        request.getfixturevalue("durable_away")
    user = make_user()
    assert selectors.throttled_accounts() == []
    while attempt("nadia", visit()) != "held":
        pass
    attempt("nobody", visit())
    [(who, until)] = selectors.throttled_accounts()
    assert who == user
    assert until.timestamp() > START

    if redis:
        throttle.lift(user.pk)
        assert selectors.throttled_accounts() == []
        assert attempt("nadia", visit(), PASSWORD) == "in"
    else:
        with pytest.raises(RedisAway):
            throttle.lift(user.pk)
        assert attempt("nadia", visit(), PASSWORD) == "in"


def test_old_counters_are_pruned(clock, hashes, durable_away):
    attempt("nobody", visit())
    assert limit_fallback.prune() == 0
    clock.shift(60 * MINUTE)
    assert limit_fallback.prune() > 0
    assert not LimitCounter.objects.exists()
    assert limits.held() == {}
