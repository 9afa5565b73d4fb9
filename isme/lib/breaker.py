"""A circuit breaker: after a few errors in a row, stop asking for a while."""

import time


class Breaker:
    """Opens after ``errors`` failures in a row, for ``seconds``; then one caller may try.

    One per process and service. Threads may race on the counter; the worst that happens is
    one more or one fewer try, so there is no lock in the hot path.
    """

    def __init__(self, *, errors: int, seconds: float) -> None:
        self._limit = errors
        self._seconds = seconds
        self._failures = 0
        self._closed_from = 0.0

    @property
    def is_open(self) -> bool:
        """Whether to fail at once. When the pause is over, the first who asks goes through."""
        if self._failures < self._limit:
            return False
        now = time.monotonic()
        if now < self._closed_from:
            return True
        self._closed_from = now + self._seconds  # the others wait for this one's result
        return False

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= self._limit:
            self._closed_from = time.monotonic() + self._seconds

    def reset(self) -> None:
        self._failures = 0
