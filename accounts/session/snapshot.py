"""What a page view needs to know of a signed-in person, about 500 bytes in the cache Redis."""

import json
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import SignInSession, User

FORMAT = 4
SEEN_LATE = timedelta(minutes=5)
TOMBSTONE = b"T"


def key(user_id: int) -> str:
    return f"a:{user_id}"


def lease_key(user_id: int) -> str:
    return f"l:{user_id}"


@dataclass(frozen=True)
class Snapshot:
    """Times are Unix seconds. ``hash`` is "" when nobody is signed in to the account."""

    user_id: int
    epoch: int = 0
    hash: str = ""
    previous_hash: str = ""
    expires_at: float = 0.0
    started_at: float = 0.0
    seen_at: float = 0.0
    device: str = ""
    place: str = ""
    username: str = ""
    name: str = ""
    role: str = ""
    language: str = ""
    theme: str = ""
    avatar_id: int | None = None
    must_change: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Snapshot | None":
        """None for what another release wrote: it is read from the database instead."""
        values = json.loads(raw)
        if values.get("format") != FORMAT:
            return None
        return cls(**values)

    def user(self) -> User:
        """The account as a model instance; columns that a page view doesn't need are deferred."""
        fields = [
            "id",
            "username",
            "name",
            "role",
            "is_active",
            "language",
            "theme",
            "avatar_id",
            "must_change_password",
        ]
        values = [
            self.user_id,
            self.username,
            self.name,
            self.role,
            True,
            self.language,
            self.theme,
            self.avatar_id,
            self.must_change,
        ]
        user: User = User.from_db("default", fields, values)
        return user

    @property
    def is_seen_late(self) -> bool:
        """Whether a live session's last sign of life, as the database has it, is 5 minutes old."""
        return bool(self.hash) and time.time() - self.seen_at > SEEN_LATE.total_seconds()

    @property
    def started(self) -> datetime:
        return datetime.fromtimestamp(self.started_at, tz=UTC)


def idle_limit(*, remembered: bool) -> timedelta:
    hours = settings.REMEMBERED_SESSION_IDLE_HOURS if remembered else settings.SESSION_IDLE_HOURS
    return timedelta(hours=hours)


def from_database(user_id: int, *, active: bool = True) -> Snapshot:
    """The state as the database has it: one query, by primary key. Never None.

    An inactive account or one whose session was idle too long has no hash, so that no cookie
    fits. For an ``active`` person ``seen_at`` is written when it is older than 5 minutes (a
    second query, then).
    """
    session = SignInSession.objects.select_related("user").filter(pk=user_id).first()
    if session is None:
        return Snapshot(user_id=user_id)
    user, now = session.user, timezone.now()
    live = bool(session.secret_hash) and user.is_active
    if live and session.seen_at is not None:
        idle = now - session.seen_at
        live = idle < idle_limit(remembered=session.remembered)
        if live and active and idle > SEEN_LATE:
            SignInSession.objects.filter(pk=user_id, epoch=session.epoch).update(seen_at=now)
            session.seen_at = now
    return Snapshot(
        user_id=user_id,
        epoch=session.epoch,
        hash=session.secret_hash if live else "",
        previous_hash=session.previous_hash,
        expires_at=session.expires_at.timestamp() if session.expires_at else 0.0,
        started_at=session.started_at.timestamp() if session.started_at else 0.0,
        seen_at=session.seen_at.timestamp() if session.seen_at else 0.0,
        device=session.device,
        place=session.place,
        username=user.username,
        name=user.name,
        role=user.role,
        language=user.language,
        theme=user.theme,
        avatar_id=user.avatar_id,
        must_change=user.must_change_password,
        data=session.data,
    )
