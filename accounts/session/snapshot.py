"""What a page view needs to know of a signed-in person, about 500 bytes in the cache Redis."""

import json
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import SignInSession, User
from isme.lib.prepared import Prepared

FORMAT = 6
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
    left_at: float = 0.0
    device: str = ""
    place: str = ""
    username: str = ""
    name: str = ""
    role: str = ""
    language: str = ""
    theme: str = ""
    avatar_id: int | None = None
    must_change: bool = False
    must_enrol: bool = False
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

    @property
    def left(self) -> datetime | None:
        """When the visit before this one ended; None for the first."""
        return datetime.fromtimestamp(self.left_at, tz=UTC) if self.left_at else None


def idle_limit(*, remembered: bool) -> timedelta:
    hours = settings.REMEMBERED_SESSION_IDLE_HOURS if remembered else settings.SESSION_IDLE_HOURS
    return timedelta(hours=hours)


def from_database(user_id: int, *, active: bool = True) -> Snapshot:
    """The state as the database has it: one query, by primary key. Never None.

    An inactive account or one whose session was idle too long has no hash, so that no cookie
    fits. For an ``active`` person ``seen_at`` is written when it is older than 5 minutes (a
    second query, then).
    """
    found = _session(pk=user_id)
    if not found:
        return Snapshot(user_id=user_id)
    session = found[0]
    user, live = session.user, _is_live(session, active=active)
    return Snapshot(
        user_id=user_id,
        epoch=session.epoch,
        hash=session.secret_hash if live else "",
        previous_hash=session.previous_hash,
        expires_at=session.expires_at.timestamp() if session.expires_at else 0.0,
        started_at=session.started_at.timestamp() if session.started_at else 0.0,
        seen_at=session.seen_at.timestamp() if session.seen_at else 0.0,
        left_at=session.left_at.timestamp() if session.left_at else 0.0,
        device=session.device,
        place=session.place,
        username=user.username,
        name=user.name,
        role=user.role,
        language=user.language,
        theme=user.theme,
        avatar_id=user.avatar_id,
        must_change=user.must_change_password,
        must_enrol=user.must_have_second_factor and not user.has_second_factor,
        data=session.data,
    )


@Prepared
def _session(*, pk: int) -> "QuerySet[SignInSession]":
    return SignInSession.objects.select_related("user__second_factor").filter(pk=pk)


def _is_live(session: SignInSession, *, active: bool) -> bool:
    """Whether somebody is signed in, and not idle too long; notes that they are here."""
    if not session.secret_hash or not session.user.is_active or session.seen_at is None:
        return bool(session.secret_hash) and session.user.is_active
    now = timezone.now()
    idle = now - session.seen_at
    live = idle < idle_limit(remembered=session.remembered)
    if live and active and idle > SEEN_LATE:
        session.left_at, session.seen_at = session.visit_before(now), now
        SignInSession.objects.filter(pk=session.pk, epoch=session.epoch).update(
            seen_at=now, left_at=session.left_at
        )
    return live
