"""The throttle of the front door: promises 3 and 4, with time that is moved, never slept."""

import random

import pytest

from accounts.errors import SignInCrowded, SignInDelayed, SignInHeld, SignInRefused
from accounts.selectors import people as selectors
from accounts.services import throttle
from accounts.services.sign_in import sign_in
from accounts.services.visit import Visit
from isme.lib import limit_fallback, limits
from isme.lib.limits import Outcome
from isme.lib.models import LimitCounter
from isme.lib.redis import RedisAway
from tests.accounts.door import MINUTE, START, attempt, crowd, fill, visit
from tests.conftest import PASSWORD, make_user

pytestmark = pytest.mark.django_db


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
