"""A gunicorn worker that leaves a new connection to whoever has nothing to do.

All gunicorns wait at one socket, and the kernel wakes the last that came to it first: with 32
clients arriving at once, one process took all of them in half of the runs, and one of two cores
did nothing. Here a process at work looks away for a moment; an idle one is faster then.
"""

import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

LOOKS_AWAY = 0.002  # seconds; as long does a waiting page of this process wait for a new client


class FairWorker(ThreadWorker):  # type: ignore[misc]
    """Threads as gunicorn has them; what has to be done for connections that wait is not work."""

    def accept(self, listener: Any) -> None:
        if self.nr_conns > len(self.keepalived_conns) + len(self.pending_conns):
            time.sleep(LOOKS_AWAY)
        super().accept(listener)
