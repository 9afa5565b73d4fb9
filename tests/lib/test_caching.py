"""One computation for everybody, whatever happens to the cache or to who computes."""

import threading
import time

import pytest
import time_machine
from django.db import transaction
from redis import ConnectionPool, Redis

from isme.lib import caching, versions
from isme.lib.caching import cached, forget
from isme.lib.redis import RedisAway, Role, evictable
from tests.processes import until

SOFT, HARD = 60, 600


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    """On a busy machine 60 threads can't all be answered in 0.15 s: that is another test's."""
    kwargs = dict(evictable.client.connection_pool.connection_kwargs)
    kwargs |= {"socket_timeout": 20, "socket_connect_timeout": 20}
    pool = ConnectionPool(evictable.client.connection_pool.connection_class, **kwargs)
    monkeypatch.setattr(Role, "client", property(lambda _role: Redis(connection_pool=pool)))
    monkeypatch.setattr(caching, "WAIT_SECONDS", 60)


class Counter:
    """Something to compute: says how often it was, and may be held."""

    def __init__(self, *, held: bool = False) -> None:
        self.times = 0
        self.go = threading.Event()
        if not held:
            self.go.set()

    def __call__(self) -> dict[str, int]:
        self.times += 1
        mine = self.times
        self.go.wait(10)
        return {"number": mine}


def ask(counter: Counter, names: tuple[str, ...] = ()) -> int:
    return cached("test.it", versions=names, soft=SOFT, hard=HARD, compute=counter)["number"]


def age_of_kept(seconds: float):
    return time_machine.travel(time.time() + seconds)


def lease_taken() -> bool:
    return bool(evictable.client.keys("lc:*"))


def in_threads(number: int, work) -> list[int]:
    """Begin ``work`` in so many threads at once; what each returned."""
    answers: list[int] = []
    barrier = threading.Barrier(number)

    def go() -> None:
        barrier.wait()
        answers.append(work())

    threads = [threading.Thread(target=go) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_sixty_who_come_at_once_to_a_cold_key_cost_one_computation():
    counter = Counter(held=True)
    release = threading.Timer(0.3, counter.go.set)  # while all of them wait
    release.start()

    answers = in_threads(60, lambda: ask(counter))

    assert counter.times == 1
    assert answers == [1] * 60


def test_who_looked_before_the_result_and_leased_after_it_does_not_compute(monkeypatch):
    """The slowest of the sixty: the first has stored and given its lease back meanwhile."""
    counter = Counter()
    real = caching._look

    def slow(call):
        seen = real(call)
        monkeypatch.setattr(caching, "_look", real)
        ask(counter)  # the first, from beginning to end
        return seen

    monkeypatch.setattr(caching, "_look", slow)
    assert (ask(counter), counter.times) == (1, 1)
    assert not lease_taken()


def test_warm_result_costs_one_exchange(monkeypatch):
    counter = Counter()
    ask(counter, ("test",))
    asked = []
    real = evictable.ask
    monkeypatch.setattr(evictable, "ask", lambda work: asked.append(1) or real(work))

    assert ask(counter, ("test",)) == 1
    assert (counter.times, len(asked)) == (1, 1)


def test_first_caller_gets_what_later_ones_get():
    values = [
        cached("test.it", soft=SOFT, hard=HARD, compute=lambda: {"a": (1, 2)}) for _ in range(2)
    ]
    assert values == [{"a": [1, 2]}] * 2


def test_old_result_is_served_while_one_computes_anew():
    counter = Counter()
    ask(counter)
    counter.go.clear()
    with age_of_kept(SOFT * 1.2):
        refreshing = threading.Thread(target=ask, args=(counter,))
        refreshing.start()
        until(lambda: counter.times == 2, "the refreshing")

        assert in_threads(20, lambda: ask(counter)) == [1] * 20

        counter.go.set()
        refreshing.join()
        assert ask(counter) == 2
    assert counter.times == 2


def test_result_is_gone_after_its_hard_limit():
    counter = Counter()
    ask(counter)
    key = evictable.client.keys("c:*")[0]
    assert SOFT < evictable.client.ttl(key) <= HARD
    evictable.client.delete(key)
    assert ask(counter) == 2


def test_soft_limits_are_spread():
    """What a thousand people computed together must not expire in the same second."""
    for number in range(40):
        cached(f"test.{number}", soft=SOFT, hard=HARD, compute=Counter())
    now = time.time()
    kept = [caching.json.loads(evictable.client.get(key)) for key in evictable.client.keys("c:*")]
    left = [entry["fresh_until"] - now for entry in kept]
    assert max(left) - min(left) > SOFT * 0.1
    assert SOFT * 0.85 < min(left) <= max(left) <= SOFT * 1.1


@pytest.mark.django_db(transaction=True)
def test_bumped_version_ends_the_old_result_at_once():
    counter = Counter()
    assert ask(counter, ("test", "other")) == 1
    with transaction.atomic():
        versions.bump("other")
        assert ask(counter, ("test", "other")) == 1  # not committed yet
    assert ask(counter, ("test", "other")) == 2
    assert ask(counter, ("test", "other")) == 2


@pytest.mark.django_db(transaction=True)
def test_result_that_was_computed_across_a_bump_is_not_served():
    counter = Counter(held=True)
    computing = threading.Thread(target=ask, args=(counter, ("test",)))
    computing.start()
    until(lambda: counter.times == 1, "the computation from the old state")
    versions.bump("test")
    counter.go.set()
    computing.join()

    assert ask(counter, ("test",)) == 2


@pytest.mark.django_db(transaction=True)
def test_forgotten_result_is_not_put_back_by_who_computes_meanwhile():
    counter = Counter(held=True)
    computing = threading.Thread(target=ask, args=(counter,))
    computing.start()
    until(lambda: counter.times == 1, "the computation from the old state")
    forget("test.it")
    counter.go.set()
    computing.join()

    assert ask(counter) == 2


def test_error_of_the_computation_is_the_callers_and_holds_up_nobody():
    def broken() -> None:
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            cached("test.it", soft=SOFT, hard=HARD, compute=broken)
        assert not lease_taken()
    assert ask(Counter()) == 1


def test_those_who_wait_for_somebody_who_died_compute_themselves(monkeypatch):
    monkeypatch.setattr(caching, "WAIT_SECONDS", 0.1)
    ask(Counter())
    evictable.client.delete(*evictable.client.keys("c:*"))
    lease = caching._Call("test.it", (), 0, 0, Counter()).lease_key
    evictable.client.set(lease, "of a killed process", ex=60)

    assert ask(Counter()) == 1
    assert evictable.client.get(lease) == b"of a killed process"


@pytest.mark.parametrize("broken", ["from the start", "while it computes"])
def test_without_redis_it_is_computed_directly_each_time(monkeypatch, broken):
    def away(_work):
        raise RedisAway("stopped by the test")

    counter = Counter()
    if broken == "from the start":
        monkeypatch.setattr(evictable, "ask", away)
    else:
        monkeypatch.setattr(
            caching, "_plain", lambda v: monkeypatch.setattr(evictable, "ask", away) or v
        )

    assert [ask(counter), ask(counter)] == [1, 2]
    forget("test.it")


# --- Versions --------------------------------------------------------------------------------------


def test_all_who_establish_a_version_get_the_winners_word():
    """Of two that come at once the loser gets the word that stands, not its own."""
    words = in_threads(20, lambda: versions.establish("test"))
    assert set(words) == {evictable.client.get(versions.key("test")).decode()}


def test_version_without_redis_is_no_version(monkeypatch):
    for _ in range(3):
        evictable.breaker.failed()
    assert versions.establish("test") == ""
