"""The request path with its parts frozen and killed for real, asked through two web processes.

"Out" below means: the cookie opens no page. Redis holds the old state in each of these tests.
"""

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts.models import User
from accounts.session import snapshot
from isme.lib import fence
from tests.conftest import make_user
from tests.processes import (
    PASSWORD,
    PrivateRedis,
    Visitor,
    Web,
    database_url,
    real_processes,
    until,
)

pytestmark = real_processes

IN, OUT = 200, 302
ROUNDS = 200 if os.environ.get("ISME_TEST_ALL") else 4


@dataclass
class Stage:
    """Two web processes that share a database and two Redis servers of their own."""

    cache: PrivateRedis
    durable: PrivateRedis
    here: Web
    there: Web

    def kept(self, user: User) -> bytes | None:
        """What the cache holds of ``user``."""
        with self.cache.client as client:
            return client.get(snapshot.key(user.pk))

    def evict(self, user: User) -> None:
        with self.cache.client as client:
            assert client.delete(snapshot.key(user.pk)) == 1


@pytest.fixture(scope="module")
def running(django_db_setup) -> Iterator[Stage]:
    folder = Path(tempfile.mkdtemp(prefix="isme", dir="/tmp"))  # a socket's path must be short
    cache, durable = PrivateRedis(folder, "cache"), PrivateRedis(folder, "durable")
    cache.start()
    durable.start()
    environment = {
        "DATABASE_URL": database_url(),
        "REDIS_CACHE_URL": cache.url,
        "REDIS_DURABLE_URL": durable.url,
    }
    webs = [Web(folder, name, **environment) for name in ("here", "there")]
    yield Stage(cache, durable, *webs)
    for web in webs:
        web.stop()
    cache.kill()
    durable.kill()
    shutil.rmtree(folder)


@pytest.fixture
def stage(running, clean_services) -> Iterator[Stage]:
    """The processes with closed breakers, empty servers and no fence."""
    for redis in (running.cache, running.durable):
        with redis.client as client:
            client.flushall()
    running.here.ready()
    running.there.ready()
    yield running
    for redis in (running.cache, running.durable):
        if redis.process.poll() is None:
            os.kill(redis.process.pid, signal.SIGCONT)
        else:
            redis.start()


def signed_in(stage: Stage, user: User) -> Visitor:
    """Somebody whom both processes know, and the cache too."""
    visitor = Visitor()
    assert visitor.sign_in(stage.here, user.username) == 302
    assert [visitor.get(web) for web in (stage.here, stage.there)] == [IN, IN]
    assert stage.kept(user).startswith(b"{")
    return visitor


class Doing:
    """A request that is under way in a thread; ``status`` waits for its answer."""

    def __init__(self, request: Callable[[], int]) -> None:
        self._thread = threading.Thread(target=self._run, args=(request,))
        self._thread.start()

    def _run(self, request: Callable[[], int]) -> None:
        self._status = request()

    @property
    def status(self) -> int:
        self._thread.join()
        return self._status


Change = Callable[[Stage, Visitor, User], int]


def signs_out(stage: Stage, visitor: Visitor, user: User) -> int:
    return visitor.copy().sign_out(stage.here)


def signs_in_elsewhere(stage: Stage, visitor: Visitor, user: User) -> int:
    return Visitor().sign_in(stage.here, user.username)


def loses_role(stage: Stage, visitor: Visitor, user: User) -> int:
    return stage.here.fault("change", user_id=user.pk, role="student")


def is_deactivated(stage: Stage, visitor: Visitor, user: User) -> int:
    return stage.here.fault("change", user_id=user.pk, is_active="0")


CHANGES = [signs_out, signs_in_elsewhere, loses_role, is_deactivated]
DONE = {signs_out: 302, signs_in_elsewhere: 302, loses_role: 204, is_deactivated: 204}
every_change = pytest.mark.parametrize("change", CHANGES)


def assert_out_everywhere(stage: Stage, visitor: Visitor) -> None:
    assert [visitor.get(web) for web in (stage.there, stage.here)] == [OUT, OUT]


# --- Redis A freezes in the middle of a change, and thaws with the old state in it ----------------


@every_change
def test_cache_frozen_before_it_heard_of_the_change_and_writer_killed(stage, change):
    """Step 1 alone: no tombstone arrives, Redis thaws, and nobody comes to delete the snapshot."""
    user = make_user(role="office")
    visitor = signed_in(stage, user)
    with stage.here.held("unbury") as committed:
        with stage.here.held("bury") as arrived:
            doing = Doing(lambda: change(stage, visitor, user))
            arrived()
            stage.cache.freeze()
        pid = committed()
        stage.cache.thaw()
        os.kill(pid, signal.SIGKILL)
        assert doing.status == 0

    assert stage.kept(user).startswith(b"{")
    assert visitor.get(stage.there) == OUT
    stage.here.ready()
    assert visitor.get(stage.here) == OUT


@every_change
def test_cache_frozen_before_it_heard_of_the_change(stage, change):
    """Steps 1 and 3: the snapshot says "in" when Redis thaws."""
    user = make_user(role="office")
    visitor = signed_in(stage, user)
    with stage.here.held("bury") as arrived:
        doing = Doing(lambda: change(stage, visitor, user))
        arrived()
        stage.cache.freeze()
    assert doing.status == DONE[change]
    stage.cache.thaw()

    assert stage.kept(user).startswith(b"{")
    assert_out_everywhere(stage, visitor)


@every_change
def test_cache_frozen_before_it_heard_of_the_commit(stage, change):
    """Step 3: the tombstone was evicted and somebody filled the old state in before the commit."""
    user = make_user(role="office")
    visitor = signed_in(stage, user)
    with stage.here.held("commit") as arrived:
        doing = Doing(lambda: change(stage, visitor, user))
        arrived()
        stage.evict(user)
        assert visitor.get(stage.there) == IN  # not committed yet: still right
        stage.cache.freeze()
    assert doing.status == DONE[change]
    stage.cache.thaw()

    assert stage.kept(user).startswith(b"{")
    assert_out_everywhere(stage, visitor)


def test_newest_sign_in_works_though_the_cache_froze_meanwhile(stage):
    user = make_user()
    old = signed_in(stage, user)
    new = Visitor()
    with stage.here.held("bury") as arrived:
        doing = Doing(lambda: new.sign_in(stage.here, user.username))
        arrived()
        stage.cache.freeze()
    assert doing.status == 302
    stage.cache.thaw()

    assert [new.get(stage.there), new.get(stage.here)] == [IN, IN]
    assert_out_everywhere(stage, old)


# --- The process that makes the change dies --------------------------------------------------------


@every_change
def test_writer_killed_between_its_commit_and_the_end_of_the_tombstone(stage, change):
    user = make_user(role="office")
    visitor = signed_in(stage, user)
    with stage.here.held("unbury") as arrived:
        doing = Doing(lambda: change(stage, visitor, user))
        os.kill(arrived(), signal.SIGKILL)
        assert doing.status == 0

    assert stage.kept(user) == snapshot.TOMBSTONE
    assert visitor.get(stage.there) == OUT
    stage.evict(user)  # as it expires: now the database's state is kept
    assert visitor.get(stage.there) == OUT
    stage.here.ready()
    assert visitor.get(stage.here) == OUT


def test_writer_killed_before_its_commit_changes_nothing(stage):
    user = make_user()
    visitor = signed_in(stage, user)
    with stage.here.held("commit") as arrived:
        doing = Doing(lambda: visitor.copy().sign_out(stage.here))
        os.kill(arrived(), signal.SIGKILL)
        assert doing.status == 0

    assert stage.kept(user) == snapshot.TOMBSTONE
    assert visitor.get(stage.there) == IN


# --- The tombstone is evicted while somebody fills --------------------------------------------------


@every_change
@pytest.mark.parametrize("begun", ["before the change", "after the eviction"])
def test_tombstone_evicted_while_a_reader_fills_the_old_state(stage, change, begun):
    """The reader has read "in" from the database; it may not keep it after the change."""
    user = make_user(role="office")
    visitor = signed_in(stage, user)
    early = begun == "before the change"
    if early:
        stage.evict(user)
    with stage.there.held("store") as filling:
        with stage.here.held("commit") as arrived:
            if early:
                reading = Doing(lambda: visitor.copy().get(stage.there))
                filling()
            doing = Doing(lambda: change(stage, visitor, user))
            arrived()
            stage.evict(user)
            if not early:
                reading = Doing(lambda: visitor.copy().get(stage.there))
                filling()
        assert doing.status == DONE[change]
    assert reading.status == IN  # it began before the change

    assert not fence.stands()
    assert_out_everywhere(stage, visitor)


# --- Rights end while the person keeps clicking (promise 1) ----------------------------------------


@contextmanager
def clicking(stage: Stage, visitor: Visitor) -> Iterator[list[tuple[float, int]]]:
    """Ask both processes all the time, from four threads; when each request began, its status."""
    seen: list[tuple[float, int]] = []
    over = threading.Event()

    def click(web: Web) -> None:
        mine = visitor.copy()
        while not over.is_set():
            began = time.monotonic()
            seen.append((began, mine.get(web)))

    threads = [threading.Thread(target=click, args=(w,)) for w in (stage.here, stage.there) * 2]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(seen) > 12, "the first clicks")
        yield seen
    finally:
        over.set()
        for thread in threads:
            thread.join()


@every_change
def test_no_click_after_the_change_is_answered(stage, change):
    for number in range(ROUNDS):
        user = make_user(f"nadia{number}", role="office")
        visitor = signed_in(stage, user)
        with clicking(stage, visitor) as seen:
            assert change(stage, visitor, user) == DONE[change]
            ended = time.monotonic()
            until(lambda: sum(began > ended for began, _ in seen) > 12, "clicks after the change")  # noqa: B023
        assert {status for _, status in seen} == {IN, OUT}
        assert [s for began, s in seen if began > ended and s != OUT] == []


# --- Redis away: pages work, nobody is signed out, limits limit (promise 9) ------------------------


@pytest.mark.parametrize("how", ["freeze", "kill"])
def test_without_the_cache_people_stay_in_and_come_in(stage, how):
    user = make_user()
    visitor = signed_in(stage, user)
    getattr(stage.cache, how)()

    webs = [stage.here, stage.there] * 6
    assert {visitor.get(web) for web in webs} == {IN}
    assert {visitor.get(web, "/accounts/profile/") for web in webs} == {IN}
    new = Visitor()
    assert new.sign_in(stage.there, make_user("budi").username) == 302
    assert [new.get(stage.here), new.get(stage.there)] == [IN, IN]


@pytest.mark.parametrize("how", ["freeze", "kill"])
def test_eleventh_wrong_password_is_refused_while_the_durable_redis_is_away(stage, how):
    user = make_user()
    getattr(stage.durable, how)()

    webs = [stage.here, stage.there]
    guesses = [Visitor().sign_in(webs[n % 2], user.username, "wrong") for n in range(12)]
    assert guesses == [200] * 10 + [429] * 2
    # Not even the right password, and nobody else is held.
    assert Visitor().sign_in(stage.here, user.username, PASSWORD) == 429
    assert Visitor().sign_in(stage.here, make_user("budi").username) == 302
