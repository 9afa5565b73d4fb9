"""What a page keeps while it is made: together, in one exchange."""

import pytest

from isme.lib import leases
from isme.lib.redis import RedisAway, evictable
from isme.lib.timing import Cost, _current


@pytest.fixture
def cost():
    counted = Cost()
    token = _current.set(counted)
    yield counted
    _current.reset(token)


def keep(key: str) -> None:
    leases.keep(lambda client: client.set(key, "kept", ex=60))


def found(*keys: str) -> list[bytes | None]:
    return [evictable.client.get(key) for key in keys]


def test_all_that_is_kept_goes_in_one_exchange(cost):
    """Else the first page after a sign-in waits for the cache five times, at eight for a thousand."""
    with leases.together():
        keep("one")
        keep("two")
        assert cost.exchanges == 0
    assert cost.exchanges == 1
    keep("three")
    assert cost.exchanges == 2
    assert found("one", "two", "three") == [b"kept"] * 3


def test_nothing_is_kept_of_what_was_not_finished(cost):
    """Else half of what a page that failed had read is believed by the next."""

    @leases.together()
    def page_that_fails() -> None:
        keep("one")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        page_that_fails()
    assert cost.exchanges == 0
    keep("two")  # and what comes after it does not wait
    assert found("one", "two") == [None, b"kept"]


def test_one_page_made_within_another_does_not_lose_what_the_other_keeps():
    with leases.together():
        keep("one")
        with leases.together():
            keep("two")
        assert found("one", "two") == [None, b"kept"]
    assert found("one") == [b"kept"]


def test_lease_that_was_lost_meanwhile_keeps_its_value_out_and_the_rest_in():
    """Else what changed while the page was made is overwritten by what it was before."""
    stale, right = (leases.take(key) for key in ("lease:stale", "lease:right"))
    with leases.together():
        leases.store("stale", "lease:stale", stale, b"before", seconds=60)
        leases.store("right", "lease:right", right, b"now", seconds=60)
        leases.drop(["stale", "lease:stale"])
    assert found("stale", "right") == [None, b"now"]


def test_page_is_answered_though_the_cache_takes_nothing(monkeypatch):
    def away(_work: object) -> None:
        raise RedisAway("gone")

    monkeypatch.setattr(evictable, "ask", away)
    with leases.together():
        keep("one")
    keep("two")
    monkeypatch.undo()
    assert found("one", "two") == [None, None]
