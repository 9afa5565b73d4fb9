"""The fence: while it stands, nobody believes the cache and everybody asks the database.

It is raised when a change of someone's rights could not be told to the cache (dead or frozen):
a frozen Redis may thaw later with the old state in it. It stands longer than any snapshot
lives. Every process of this host sees it by one ``stat``; other hosts poll its row.
"""

import logging
import os
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections

from isme.lib.models import Fence

logger = logging.getLogger(__name__)


class _Poll:
    """When the row says another host raised the fence. One thread a process, several hosts."""

    raised_at = 0.0
    started = False
    lock = threading.Lock()


def _path() -> Path:
    return Path(settings.VAR) / "run" / "fence"


def prepare() -> None:
    """Make the file with a time long past, so that raising needs no room on a full disk."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o660)
        os.utime(path, (0, 0))


def raise_fence(why: str) -> None:
    """Make everybody ask the database for FENCE_SECONDS. Raises OSError if that can't be said.

    The row is for other hosts and best effort: without it they notice the dead cache themselves.
    """
    logger.warning("fence raised: %s", why)
    path = _path()
    try:
        os.utime(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o660)
    if settings.FENCE_POLL_SECONDS:
        try:
            Fence.objects.update_or_create(pk=1, defaults={"raised_at": time.time()})
        except (DatabaseError, InterfaceError):
            logger.warning("the other hosts could not be told: the database is away")


def stands() -> bool:
    """Whether the fence is up: one ``stat``, no query."""
    if settings.FENCE_POLL_SECONDS and not _Poll.started:
        _start_polling()
    try:
        # Twice in each request: making a Path costs ten times the look.
        raised_at = os.stat(os.path.join(settings.VAR, "run", "fence")).st_mtime  # noqa: PTH116, PTH118
    except FileNotFoundError:
        raised_at = 0.0
    return time.time() - max(raised_at, _Poll.raised_at) < settings.FENCE_SECONDS


def _start_polling() -> None:
    with _Poll.lock:
        if not _Poll.started:
            _Poll.started = True
            threading.Thread(target=_poll, name="fence", daemon=True).start()


def _poll() -> None:
    while True:
        try:
            close_old_connections()
            row = Fence.objects.filter(pk=1).values_list("raised_at", flat=True).first()
            _Poll.raised_at = row or 0.0
        except (DatabaseError, InterfaceError):
            # The thread must live on: nobody would start another.
            logger.warning("the fence of other hosts can't be read: the database is away")
        time.sleep(settings.FENCE_POLL_SECONDS)
