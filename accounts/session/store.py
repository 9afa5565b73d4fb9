"""``request.session``: up to 2 KB that live and die with the person's sign-in."""

import json
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from accounts.session import writer
from accounts.session.snapshot import Snapshot

MOST_BYTES = 2048


class SessionTooLarge(Exception):
    """More than 2 KB: a session is read on every page, so it must stay small."""


class SnapshotSession(SessionBase):
    """Django's session interface over the snapshot. An anonymous visitor's forgets everything."""

    def __init__(self, snapshot: Snapshot | None) -> None:
        super().__init__(str(snapshot.user_id) if snapshot else None)
        self._user_id = snapshot.user_id if snapshot else None
        self._session_cache = dict(snapshot.data) if snapshot else {}

    def load(self) -> dict[str, Any]:
        return dict(self._session_cache)

    def save(self, must_create: bool = False) -> None:
        """Write the data under the person's lock (4 queries). Raises SessionTooLarge."""
        if self._user_id is None:
            return
        data = dict(self._session_cache)
        if len(json.dumps(data)) > MOST_BYTES:
            raise SessionTooLarge(f"{len(json.dumps(data))} bytes")
        with writer.changing(self._user_id) as row:
            row.data = data

    def exists(self, session_key: str) -> bool:
        return session_key == self.session_key

    def create(self) -> None:
        self._session_cache = {}

    def delete(self, session_key: str | None = None) -> None:
        self._session_cache = {}
        self.modified = True
