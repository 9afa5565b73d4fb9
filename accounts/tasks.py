"""What happens to accounts in the background."""

from datetime import datetime
from typing import Any, cast

from accounts.services import audit
from isme.lib.audit import APPEND
from isme.lib.jobs import job


@job(APPEND, lease_seconds=30)
def append_to_audit_trail(*, at: str, **facts: str | int | None) -> None:
    """Append one event. Safe to run twice: its ``entry`` is unique."""
    audit.append(at=datetime.fromisoformat(at), **cast("dict[str, Any]", facts))
