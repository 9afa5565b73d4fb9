"""How many people there are of each role, kept in the cache: counting 100,000 takes a while."""

import json
from collections.abc import Mapping

from django.db.models import Count, Q

from accounts.models import User
from isme.lib.redis import RedisAway, evictable

KEY = "c:people"
KEPT_SECONDS = 600

Counts = dict[str, tuple[int, int]]  # by role: active, deactivated


def counts(kept: bytes | None, version: str) -> Counts:
    """From ``kept`` (the value of KEY, which came with the page's exchange) if it is right.

    ``version`` is that of services.accounts.PEOPLE. Else 1 query over an index, and an exchange.
    """
    known = json.loads(kept) if kept else {}
    if version and known.get("version") == version:
        return {role: (active, closed) for role, (active, closed) in known["counts"].items()}
    found = _counted()
    value = json.dumps({"version": version, "counts": found})
    try:
        evictable.ask(lambda client: client.set(KEY, value, ex=KEPT_SECONDS))
    except RedisAway:
        return found
    return found


def _counted() -> Counts:
    rows = User.objects.order_by("role").values("role")
    annotated = rows.annotate(
        active=Count("pk", filter=Q(is_active=True)), closed=Count("pk", filter=Q(is_active=False))
    )
    return {row["role"]: (row["active"], row["closed"]) for row in annotated}


def total(found: Mapping[str, tuple[int, int]], *, role: str, status: str) -> int:
    """How many of them have ``role`` ("" any) and ``status`` ("" any, active, inactive)."""
    chosen = [numbers for name, numbers in found.items() if role in ("", name)]
    active, closed = (sum(part) for part in zip(*chosen, strict=True)) if chosen else (0, 0)
    return {"": active + closed, "active": active, "inactive": closed}[status]
