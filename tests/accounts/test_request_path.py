"""The request path: fast when warm, and right at once whatever the cache is doing."""

import os
import threading

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import SignInSession, User
from accounts.services import sign_in as sign_in_module
from accounts.services import throttle
from accounts.services.accounts import change_account
from accounts.services.hash_gate import HashGate
from accounts.services.sign_in import sign_in
from accounts.session import reader, snapshot, writer
from isme.lib import fence
from isme.lib.redis import evictable
from isme.lib.timing import Cost, _current
from tests.conftest import PASSWORD, VISIT, enter, make_user

transactional = pytest.mark.django_db(transaction=True)


def is_in(client: Client) -> bool:
    return client.get("/dashboard/").status_code == 200


@pytest.mark.smoke
@transactional
def test_warm_home_page_costs_no_query_and_one_exchange(client, django_assert_num_queries):
    enter(client, make_user())
    client.get("/dashboard/")
    cost = Cost()
    token = _current.set(cost)
    with django_assert_num_queries(0):
        response = client.get("/dashboard/")
    _current.reset(token)

    assert response.status_code == 200
    assert cost.exchanges == 1


@transactional
def test_unchanged_home_page_is_304(client):
    enter(client, make_user())
    client.get("/accounts/login/")  # brings the csrf cookie
    client.get("/dashboard/")
    tag = client.get("/dashboard/")["ETag"]

    assert client.get("/dashboard/", headers={"If-None-Match": tag}).status_code == 304
    client.cookies[settings.THEME_COOKIE_NAME] = "dark"
    assert client.get("/dashboard/", headers={"If-None-Match": tag}).status_code == 200


@transactional
def test_role_removed_while_the_person_clicks(client):
    user = make_user(role="office")
    enter(client, user)
    assert is_in(client)

    change_account(user_id=user.pk, changes={"role": "student"})

    assert not is_in(client)


@pytest.mark.smoke
@transactional
def test_name_changed_shows_at_once(client):
    user = make_user()
    enter(client, user)
    client.get("/dashboard/")

    change_account(user_id=user.pk, changes={"name": "Tiara Utami"})

    assert "Tiara" in client.get("/dashboard/").text


@transactional
def test_racing_sign_ins_leave_exactly_one(client, monkeypatch):
    """Fifty devices at once, some rounds (100 rounds with --all): one cookie works."""
    if connection.vendor != "mysql":
        pytest.skip("row locks are MariaDB's; SQLite has one writer at a time")
    # Here they shall meet in the database, not at the gate of this one process or the throttle.
    monkeypatch.setattr(throttle, "_rules", lambda *_args: [])
    monkeypatch.setattr(sign_in_module, "gate", HashGate(waiting=50, seconds=60))
    user = make_user()
    for _round in range(100 if os.environ.get("ISME_TEST_ALL") else 2):
        cookies: list[str] = []
        barrier = threading.Barrier(50)

        def go(barrier=barrier, cookies=cookies) -> None:
            barrier.wait()
            found = sign_in(login=user.username, password=PASSWORD, remember=False, visit=VISIT)
            cookies.append(str(found))
            connection.close()

        threads = [threading.Thread(target=go) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        working = []
        for cookie in cookies:
            client.cookies[settings.SID_COOKIE_NAME] = cookie
            working.append(is_in(client))
        assert len(cookies) == 50
        assert working.count(True) == 1


class Frozen(Exception):
    pass


def freeze(monkeypatch, *, when: str) -> None:
    """Make the cache not answer in one step of a change (the state it holds stays in it)."""
    from isme.lib.redis import RedisAway

    real = evictable.ask
    step = {"bury": writer.bury, "unbury": writer.unbury}[when]

    def away(work):
        raise RedisAway("frozen")

    def frozen_step(user_id: int) -> None:
        monkeypatch.setattr(evictable, "ask", away)
        try:
            step(user_id)
        finally:
            monkeypatch.setattr(evictable, "ask", real)

    monkeypatch.setattr(writer, when, frozen_step)


@transactional
@pytest.mark.parametrize("when", ["bury", "unbury"])
def test_cache_frozen_during_sign_out_never_signs_back_in(client, monkeypatch, when):
    enter(client, make_user())
    assert is_in(client)
    cookie = client.cookies[settings.SID_COOKIE_NAME].value
    freeze(monkeypatch, when=when)

    client.post("/accounts/logout/")

    client.cookies[settings.SID_COOKIE_NAME] = cookie
    assert fence.stands()
    assert not is_in(client)


@transactional
def test_change_killed_after_its_commit_is_right_by_the_database(client, monkeypatch):
    user = make_user()
    enter(client, user)
    assert is_in(client)
    monkeypatch.setattr(writer, "unbury", lambda user_id: None)  # the process died here

    change_account(user_id=user.pk, changes={"is_active": False})

    assert not is_in(client)


@transactional
def test_fill_that_began_before_a_change_is_not_kept(client, monkeypatch):
    """The tombstone is evicted, a reader fills from the old state, and the change commits."""
    user = make_user()
    enter(client, user)
    real = snapshot.from_database

    def slow(user_id: int, **how):
        found = real(user_id, **how)  # the old state
        monkeypatch.setattr(snapshot, "from_database", real)
        change_account(user_id=user_id, changes={"is_active": False})
        return found

    monkeypatch.setattr(snapshot, "from_database", slow)
    client.get("/dashboard/")

    assert not is_in(client)


@transactional
def test_tombstone_evicted_before_the_commit(client, monkeypatch):
    user = make_user()
    enter(client, user)
    with writer.changing(user.pk) as session:
        evictable.client.delete(snapshot.key(user.pk))
        leased = evictable.client.set(snapshot.lease_key(user.pk), "reader", nx=True, ex=5)
        old = snapshot.Snapshot(user_id=user.pk, hash=session.secret_hash, expires_at=9e9)
        session.secret_hash = ""
    assert leased
    reader.store(old, "reader")

    assert not is_in(client)


@transactional
def test_a_reader_of_a_tombstone_keeps_nothing(client):
    user = make_user()
    enter(client, user)
    writer.bury(user.pk)

    assert is_in(client)
    assert evictable.client.get(snapshot.key(user.pk)) == snapshot.TOMBSTONE


@transactional
def test_without_the_cache_everybody_stays_signed_in(client, monkeypatch):
    enter(client, make_user())
    for _ in range(3):
        evictable.breaker.failed()

    assert is_in(client)
    assert client.get("/accounts/profile/").status_code == 200


@transactional
def test_idle_session_ends(client):
    user = make_user()
    enter(client, user)
    session = SignInSession.objects.get(pk=user.pk)
    SignInSession.objects.update(seen_at=session.seen_at - snapshot.idle_limit(remembered=False))

    assert not is_in(client)


@pytest.mark.django_db
def test_one_session_is_a_constraint(user):
    assert SignInSession._meta.pk.name == "user"


@transactional
def test_session_data_survives_the_snapshot(client):
    user = make_user()
    enter(client, user)
    with writer.changing(user.pk) as session:
        session.data = {"seen": 3}
    found = snapshot.from_database(user.pk)
    assert found.data == {"seen": 3}
    assert User.objects.count() == 1
