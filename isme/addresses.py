"""What the address of a Redis means to django-redis and to Celery, with or without sentinels.

``redis://``, ``rediss://`` and ``unix://`` name one server. Several that stand in for each other
are named by who watches them, and the name they watch it under:

    redis+sentinel://[[user]:password@]host[:26379][,host[:26379]...]/<master name>[/<database>]
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

SCHEMES = ("redis://", "rediss://", "unix://", "redis+sentinel://")
SENTINEL = re.compile(
    r"redis\+sentinel://(?:(?P<user>[^:@/]*):(?P<password>[^@/]*)@)?"
    r"(?P<hosts>[^@/?#]+)/(?P<master>[\w.-]+)(?:/(?P<database>[0-9]{1,4}))?"
)
SENTINEL_PORT = 26379
ONE_HOST = re.compile(r"([\w.-]+|\[[0-9a-fA-F:.]+\])(?::([0-9]{1,5}))?")


class BadAddress(ValueError):
    """The text says what is wrong, for the operator."""


@dataclass(frozen=True)
class Sentinels:
    """Who watches over a server, and what it is called there."""

    hosts: list[tuple[str, int]]
    master: str
    database: int
    user: str
    password: str

    @classmethod
    def parse(cls, url: str) -> "Sentinels":
        match = SENTINEL.fullmatch(url)
        if match is None:
            raise BadAddress("must look like redis+sentinel://host:26379,host:26379/master/0.")
        hosts = []
        for word in match["hosts"].split(","):
            host = ONE_HOST.fullmatch(word.strip())
            if host is None:
                raise BadAddress(f"names {word!r}, which is no host:port.")
            hosts.append((host[1].strip("[]"), int(host[2] or SENTINEL_PORT)))
        return cls(
            hosts=hosts,
            master=match["master"],
            database=int(match["database"] or 0),
            user=unquote(match["user"] or ""),
            password=unquote(match["password"] or ""),
        )


def is_sentinel(url: str) -> bool:
    return url.startswith("redis+sentinel://")


def complaint(url: str) -> str:
    """What is wrong with ``url``; "" for a good one."""
    if not url.startswith(SCHEMES):
        return f"must start with {', '.join(scheme[:-2] for scheme in SCHEMES)}."
    try:
        if is_sentinel(url):
            Sentinels.parse(url)
    except BadAddress as wrong:
        return str(wrong)
    return ""


def same_server(one: str, other: str) -> bool:
    """Whether two addresses lead to the same data, as far as they tell."""
    if one == other:
        return True
    if not (is_sentinel(one) and is_sentinel(other)):
        return False
    first, second = Sentinels.parse(one), Sentinels.parse(other)
    return first.master == second.master and bool({*first.hosts} & {*second.hosts})


def cache_of(url: str, *, connect_seconds: float, read_seconds: float) -> dict[str, Any]:
    """An entry of CACHES. Nothing takes longer than the two limits, and nothing is retried."""
    limits = {
        "socket_connect_timeout": connect_seconds,
        "socket_timeout": read_seconds,
        "retry": None,
    }
    options: dict[str, Any] = {
        "CONNECTION_POOL_CLASS": "isme.lib.redis.CountedPool",
        "CONNECTION_POOL_KWARGS": {**limits, "protocol": 2},
        "IGNORE_EXCEPTIONS": True,
    }
    location = url
    if is_sentinel(url):
        found = Sentinels.parse(url)
        location = f"redis://{found.master}/{found.database}"
        options |= {
            "CONNECTION_FACTORY": "isme.lib.redis.SentinelFactory",
            "CONNECTION_POOL_CLASS": "isme.lib.redis.CountedSentinelPool",
            "SENTINELS": found.hosts,
            "SENTINEL_KWARGS": limits,
        }
        options |= {"USERNAME": found.user} if found.user else {}
        options |= {"PASSWORD": found.password} if found.password else {}
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": location,
        "OPTIONS": options,
    }


def broker_of(url: str) -> tuple[str, dict[str, Any]]:
    """Celery's address of the same server, and the transport options that belong to it."""
    if not is_sentinel(url):
        return url.replace("unix://", "redis+socket://", 1), {}
    found = Sentinels.parse(url)
    # As it was written: kombu decodes it again.
    secret = url.partition("://")[2].rpartition("@")[0]
    at = f"{secret}@" if secret else ""
    hosts = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in found.hosts]
    address = ";".join(f"sentinel://{at}{host}/{found.database}" for host in hosts)
    # A sentinel that hangs must not hold up a worker that could ask the next one.
    patience = {"socket_timeout": 1, "socket_connect_timeout": 1}
    return address, {"master_name": found.master, "sentinel_kwargs": patience}
