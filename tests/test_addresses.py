"""How an operator names a Redis, and what django-redis and Celery make of it."""

import pytest

from isme import addresses
from isme.addresses import Sentinels, broker_of, cache_of, complaint, same_server

THREE = "redis+sentinel://:s%40crt@one:26379,two:26380,[::1]:5/isme-cache/2"


def test_sentinel_address_names_watchers_master_database_and_password():
    found = Sentinels.parse(THREE)
    assert found.hosts == [("one", 26379), ("two", 26380), ("::1", 5)]
    assert (found.master, found.database, found.user, found.password) == (
        "isme-cache",
        2,
        "",
        "s@crt",
    )


def test_port_database_and_user_may_be_left_out_or_given():
    short = Sentinels.parse("redis+sentinel://one/m")
    assert (short.hosts, short.database) == ([("one", 26379)], 0)
    assert Sentinels.parse("redis+sentinel://u:p@one/m").user == "u"


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("http://one/0", "must start with redis:, rediss:, unix:, redis+sentinel:"),
        ("redis+sentinel://one,two", "must look like"),
        ("redis+sentinel://one:26379/", "must look like"),
        ("redis+sentinel://one:x/m", "'one:x', which is no host:port"),
        ("redis+sentinel://one,,two/m", "'', which is no host:port"),
        ("redis+sentinel://one/m/x", "must look like"),
    ],
)
def test_bad_address_is_explained(url, part):
    assert part in complaint(url)


@pytest.mark.parametrize(
    "url", ["redis://h:6379/0", "rediss://:p@h/1", "unix:///run/s.sock", THREE]
)
def test_good_address_is_not_complained_of(url):
    assert complaint(url) == ""


def test_two_roles_may_not_share_one_server():
    assert same_server("unix:///a", "unix:///a")
    assert not same_server("unix:///a", "unix:///b")
    assert same_server("redis+sentinel://one,two/m/0", "redis+sentinel://two/m/1")
    assert not same_server("redis+sentinel://one/m/0", "redis+sentinel://one/n/0")
    assert not same_server("redis+sentinel://one/m/0", "redis+sentinel://two/m/0")
    assert not same_server("redis+sentinel://one/m/0", "redis://one/0")


def test_celery_gets_each_watcher_with_the_password_as_it_was_written():
    url, options = broker_of(THREE)
    assert url == (
        "sentinel://:s%40crt@one:26379/2;sentinel://:s%40crt@two:26380/2;"
        "sentinel://:s%40crt@[::1]:5/2"
    )
    assert options["master_name"] == "isme-cache"
    assert broker_of("unix:///run/s") == ("redis+socket:///run/s", {})
    assert broker_of("redis://h/0") == ("redis://h/0", {})


def test_cache_behind_sentinels_keeps_the_limits_of_time():
    options = cache_of(THREE, connect_seconds=0.1, read_seconds=0.15)["OPTIONS"]
    limits = {"socket_connect_timeout": 0.1, "socket_timeout": 0.15, "retry": None}
    assert options["SENTINEL_KWARGS"] == limits
    assert limits.items() <= options["CONNECTION_POOL_KWARGS"].items()
    assert options["PASSWORD"] == "s@crt"
    assert addresses.is_sentinel(THREE)
