"""The two Redis servers: what may be lost, and what may not.

``evictable`` (A) holds all that a page view reads. Losing any of it costs a database read.
``durable`` (B) holds the bell of the jobs, limits and locks; it never evicts.
Both answer within 0.15 s or count as away; after three failures nobody asks for 5 s (F7).
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django_redis import get_redis_connection
from django_redis.pool import SentinelConnectionFactory
from redis import Redis
from redis.connection import (
    Connection,
    ConnectionPool,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.sentinel import SentinelConnectionPool, SentinelManagedConnection

from isme.lib.breaker import Breaker
from isme.lib.timing import count_exchange

T = TypeVar("T")


class RedisAway(Exception):
    """The server did not answer in time, or is not asked while its breaker is open."""


class _Counted:
    """Counts every exchange with a Redis for ``Server-Timing`` and the tests."""

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        self._asked_at = time.perf_counter()
        super().send_packed_command(command, check_health)  # type: ignore[misc]
        count_exchange(0.0, 1)

    def read_response(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().read_response(*args, **kwargs)  # type: ignore[misc]
        finally:
            now = time.perf_counter()
            count_exchange(now - self._asked_at, 0)
            self._asked_at = now


class CountedConnection(_Counted, Connection):
    pass


class CountedSSLConnection(_Counted, SSLConnection):
    pass


class CountedUnixConnection(_Counted, UnixDomainSocketConnection):
    pass


_COUNTED: dict[type, type] = {
    Connection: CountedConnection,
    SSLConnection: CountedSSLConnection,
    UnixDomainSocketConnection: CountedUnixConnection,
}


class CountedPool(ConnectionPool):
    """The pool of both roles: counted connections, and no retries of the client's own."""

    def __init__(self, connection_class: type = Connection, **kwargs: Any) -> None:
        super().__init__(connection_class=_COUNTED[connection_class], **kwargs)


class CountedSentinelConnection(_Counted, SentinelManagedConnection):
    """Asks the sentinels for the master each time it connects."""

    def connect_to(self, address: tuple[str, int]) -> None:
        note_master(self.connection_pool, address)
        super().connect_to(address)  # type: ignore[no-untyped-call]


class CountedSentinelPool(SentinelConnectionPool):
    """The same behind sentinels. Everything goes to the master: a replica is a little behind."""

    def __init__(self, service_name: str, sentinel_manager: Any, **kwargs: Any) -> None:
        kwargs["connection_class"] = CountedSentinelConnection
        super().__init__(service_name, sentinel_manager, **kwargs)  # type: ignore[no-untyped-call]


class SentinelFactory(SentinelConnectionFactory):
    """Keeps one pool for each master *and* who watches it: two groups may use the same name."""

    def get_or_create_connection_pool(self, params: dict[str, Any]) -> Any:
        key = f"{params['url']} {self.options['SENTINELS']}"
        if key not in self._pools:
            self._pools[key] = self.get_connection_pool(params)
        return self._pools[key]


def note_master(pool: Any, address: tuple[str, int]) -> None:
    """Raise the fence when another server has become the master since this host last looked.

    It may lack what the old one took in its last moments: the end of somebody's session, say.
    Whoever connects to the new one comes by here first. Raises ConnectionError then, because the
    caller looked for the fence before it stood; and if the move can't be noted.
    """
    # The fence is a model's, and this module is there before the models are.
    from isme.lib import fence

    watchers = [one.connection_pool.connection_kwargs for one in pool.sentinel_manager.sentinels]
    group = "|".join(sorted(f"{one['host']}:{one['port']}" for one in watchers))
    name = f"{pool.service_name}-{hashlib.sha256(group.encode()).hexdigest()[:8]}"
    file = Path(settings.VAR) / "run" / f"master-{name}"
    now = f"{address[0]}:{address[1]}"
    try:
        known = file.read_text() if file.exists() else now
        if known != now:
            fence.raise_fence(f"{name} moved from {known} to {now}")
        if known != now or not file.exists():
            draft = file.with_name(f"{file.name}.{os.getpid()}-{threading.get_ident()}")
            draft.write_text(now)
            draft.replace(file)
    except OSError as error:
        raise RedisConnectionError(f"the master can't be noted: {error}") from error
    if known != now:
        raise RedisConnectionError(f"{name} has moved")


class Role:
    """One of the two servers, with its breaker. Per process."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.breaker = Breaker(errors=3, seconds=5)

    @property
    def client(self) -> Redis:
        client: Redis = get_redis_connection(self.alias)
        return client

    def ask(self, work: Callable[[Redis], T]) -> T:
        """Return ``work(client)``. Raises RedisAway; at most 0.25 s for one exchange."""
        if self.breaker.is_open:
            raise RedisAway(self.alias)
        try:
            answer = work(self.client)
        except (RedisError, OSError) as error:
            self.breaker.failed()
            raise RedisAway(f"{self.alias}: {error}") from error
        self.breaker.succeeded()
        return answer


evictable = Role("default")
durable = Role("durable")
