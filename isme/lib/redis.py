"""The two Redis servers: what may be lost, and what may not.

``evictable`` (A) holds all that a page view reads. Losing any of it costs a database read.
``durable`` (B) holds the bell of the jobs, limits and locks; it never evicts.
Both answer within 0.15 s or count as away; after three failures nobody asks for 5 s (F7).
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django_redis import get_redis_connection
from redis import Redis
from redis.connection import (
    Connection,
    ConnectionPool,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.exceptions import RedisError

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
