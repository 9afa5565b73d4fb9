"""A worker whose acknowledgement was lost connects anew instead of waiting for nothing.

When the broker is silent in the moment in which a message is acknowledged, kombu logs that it
could not and goes on counting the message as unfinished. With a prefetch of one the worker then
takes no other for as long as its connection lives: alive, and deaf. The job itself is done, and
its row says so: the message that comes again does nothing.
"""

import logging
from typing import Any

from celery import bootsteps
from celery.worker import state

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0


class LostAck(bootsteps.StartStopStep):
    """Part of each worker's consumer (isme.celery)."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **kwargs: Any) -> None:
        super().__init__(consumer, **kwargs)
        self.timer: Any = None
        self.suspicious = False

    def start(self, consumer: Any) -> None:
        self.suspicious = False
        self.timer = consumer.timer.call_repeatedly(LOOK_SECONDS, self.look, (consumer,))

    def stop(self, consumer: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    shutdown = stop

    def look(self, consumer: Any) -> None:
        """Raise what the consumer takes for a lost connection, at the second look in a row.

        Between the end of a job and its acknowledgement it looks so for an instant.
        """
        full = not consumer.task_consumer.channel.qos.can_consume()
        if not full or state.reserved_requests:
            self.suspicious = False
            return
        if self.suspicious:
            logger.warning("an acknowledgement was lost: connecting anew")
            raise ConnectionResetError("an acknowledgement was lost")
        self.suspicious = True
