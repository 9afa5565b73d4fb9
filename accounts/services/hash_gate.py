"""One password hash at a time in each process, so that a storm can't take memory and CPU (F4.6)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from accounts.errors import DoorBusy

RETRY_SECONDS = 2


class HashGate:
    """One hashes, ``waiting`` wait at most ``seconds``, the rest is sent away at once."""

    def __init__(self, *, waiting: int, seconds: float) -> None:
        self._lock = threading.Lock()
        self._places = 1 + waiting
        self._turn = threading.BoundedSemaphore(1)
        self._seconds = seconds

    def require_place(self) -> None:
        """Raises DoorBusy when there is none at this moment: before any work that would be in vain.

        Takes none, not even for a moment: somebody else could be sent away for it.
        """
        if not self._places:
            raise DoorBusy(RETRY_SECONDS)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Raises DoorBusy when there is no place, or the wait was too long."""
        with self._lock:
            self.require_place()
            self._places -= 1
        try:
            if not self._turn.acquire(timeout=self._seconds):
                raise DoorBusy(RETRY_SECONDS)
            try:
                yield
            finally:
                self._turn.release()
        finally:
            with self._lock:
                self._places += 1


gate = HashGate(waiting=2, seconds=2)
