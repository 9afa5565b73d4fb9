"""Whether the parts live: for the balancer, for supervisor and for whoever is called at night."""

import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from isme.lib import replica
from isme.lib.http import client_ip, is_in
from isme.lib.models import Heartbeat
from isme.lib.redis import RedisAway, Role, durable, evictable
from isme.lib.storage import store

logger = logging.getLogger(__name__)

BEAT = "beat"
FILES = "files"
QUEUES = ("critical", "bulk")
PARTS = {**{queue: f"worker {queue}" for queue in QUEUES}, BEAT: BEAT}
STALE_SECONDS = 120
LEAST_FREE_DISK = 0.10  # fraction
MOST_BROKER_MEMORY = 0.60  # fraction of maxmemory, from which it is worth a word
READY_SECONDS = 1.0
DURABLE_POLICY = "noeviction"
LABELS: dict[str, Promise] = {
    "database": _("Database"),
    replica.ALIAS: _("Copy of the database"),
    "migrations": _("Migrations"),
    "disk": _("Disk"),
    "cache": _("Cache"),
    "broker": _("Broker"),
    FILES: _("Stored files"),
    "worker critical": _("Worker for what is urgent"),
    "worker bulk": _("Worker for what is much"),
    BEAT: _("Clock of the jobs"),
}


@dataclass(frozen=True)
class Check:
    """One part: its name, whether it works, and a few words for a person (a %-format)."""

    name: str
    ok: bool
    words: str | Promise
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """In English, whatever language is active: for operators' commands and programs."""
        with override("en"):
            return self.shown

    @property
    def shown(self) -> str:
        """In the language of who looks."""
        return str(self.words) % self.values if self.values else str(self.words)

    @property
    def label(self) -> str:
        """The part by name, in the language of who looks."""
        return str(LABELS.get(self.name, self.name))


def beat_heart(name: str) -> None:
    """Note that ``name`` lives now. One query, two the first time."""
    now = timezone.now()
    if not Heartbeat.objects.filter(name=name).update(seen_at=now):
        Heartbeat.objects.get_or_create(name=name, defaults={"seen_at": now})


# --- Checks ---------------------------------------------------------------------------------


def check_database() -> Check:
    """One query. At most 1 s to connect, then the read timeout of this process."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        return Check("database", ok=False, words=_("away: %(error)s"), values={"error": error})
    return _database_answers()


def _database_answers() -> Check:
    return Check(
        "database", ok=True, words=_("%(name)s answers"), values={"name": connection.display_name}
    )


def check_replica() -> list[Check]:
    """Where there is one: whether it follows, and how closely. One query to it."""
    if replica.ALIAS not in connections.settings:
        return []
    behind = replica.lag_seconds()
    if behind is None:
        said: str | Promise = _("away, or it doesn't follow: nothing is read there")
        return [Check(replica.ALIAS, ok=False, words=said)]
    return [
        Check(
            replica.ALIAS,
            ok=behind <= replica.MOST_LAG_SECONDS,
            words=_("%(seconds)d s behind"),
            values={"seconds": behind},
        )
    ]


class _Migrations:
    complete = False  # once true, true until the next release restarts this process


def check_migrations() -> Check:
    """One query, and none after it was right once."""
    if not _Migrations.complete:
        try:
            executor = MigrationExecutor(connection)
            missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            return Check(
                "migrations", ok=False, words=_("unknown: %(error)s"), values={"error": error}
            )
        if missing:
            names = ", ".join(str(migration) for migration, _is_back in missing[:3])
            return Check(
                "migrations",
                ok=False,
                words=_("%(count)d not applied: %(names)s"),
                values={"count": len(missing), "names": names},
            )
        _Migrations.complete = True
    return Check("migrations", ok=True, words=_("all applied"))


def check_disk() -> Check:
    """Whether over 10 % of the disk that holds ISME_VAR is free."""
    path = Path(settings.VAR)
    while not path.exists():
        path = path.parent
    try:
        usage = shutil.disk_usage(path)
    except OSError as error:
        return Check("disk", ok=False, words=_("unknown: %(error)s"), values={"error": error})
    free = usage.free / usage.total
    return Check(
        "disk",
        ok=free > LEAST_FREE_DISK,
        words=_("%(free)d%% free at %(path)s"),
        values={"free": round(100 * free), "path": path},
    )


def check_files(*, quick: bool = False) -> Check:
    """Keep a small file, read it and delete it; ``quick``: ask only whether the store is there.

    One that stays behind, because the store broke off, goes with the sweep of the day.
    """
    content = secrets.token_bytes(16)
    try:
        if quick:
            store().ping()
            return Check(FILES, ok=True, words=_("answers"))
        path = default_storage.save(f"probe/{secrets.token_hex(8)}", ContentFile(content))
        with default_storage.open(path) as file:
            same = file.read() == content
        default_storage.delete(path)
    except OSError as error:
        return Check(FILES, ok=False, words=_("away: %(error)s"), values={"error": error})
    if not same:
        return Check(FILES, ok=False, words=_("another content came back"))
    where = {"where": store().where}
    return Check(FILES, ok=True, words=_("keeps, gives and deletes at %(where)s"), values=where)


def check_cache() -> Check:
    return _check_role("cache", evictable)


def _check_role(name: str, role: Role) -> Check:
    try:
        role.ask(lambda client: client.ping())
    except RedisAway as error:
        return Check(name, ok=False, words=_("away: %(error)s"), values={"error": error})
    return Check(name, ok=True, words=_("answers"))


def check_broker() -> Check:
    """One exchange: it answers, never evicts, and has room."""
    try:
        memory = _durable_memory()
    except RedisAway as error:
        return Check("broker", ok=False, words=_("away: %(error)s"), values={"error": error})
    policy = memory.get("maxmemory_policy", "?")
    if policy != DURABLE_POLICY:
        return Check(
            "broker",
            ok=False,
            words=_("may lose jobs: maxmemory-policy is %(policy)s"),
            values={"policy": policy},
        )
    used, limit = int(memory.get("used_memory", 0)), int(memory.get("maxmemory", 0))
    if limit and used > MOST_BROKER_MEMORY * limit:
        return Check(
            "broker",
            ok=False,
            words=_("%(used)d%% of its memory is used"),
            values={"used": round(100 * used / limit)},
        )
    return Check(
        "broker", ok=True, words=_("answers, %(used)d MiB used"), values={"used": used // 2**20}
    )


def _durable_memory() -> dict[str, str]:
    """``INFO memory`` of the durable Redis. Raises RedisAway."""
    answer = durable.ask(lambda client: client.info("memory"))
    return {name: str(value) for name, value in dict(answer).items()}


def check_background() -> list[Check]:
    """Look at the workers of each queue and beat by their signs of life. One query."""
    try:
        return _background(_signs_of_life())
    except DatabaseError:
        names = PARTS.values()
        return [Check(name, ok=False, words=_("unknown: the database is away")) for name in names]


def _signs_of_life() -> dict[str, datetime]:
    """When each worker and beat was seen last. One query. Raises DatabaseError."""
    return dict(Heartbeat.objects.filter(name__in=PARTS).values_list("name", "seen_at"))


def _background(seen: Mapping[str, datetime]) -> list[Check]:
    checks = []
    for key, name in PARTS.items():
        if key not in seen:
            checks.append(Check(name, ok=False, words=_("never seen")))
            continue
        age = int((timezone.now() - seen[key]).total_seconds())
        checks.append(
            Check(name, ok=age < STALE_SECONDS, words=_("seen %(age)d s ago"), values={"age": age})
        )
    return checks


def check_services(*, quick: bool = False) -> list[Check]:
    """Every part, in the order in which to look at them. Few seconds at most.

    One query: a database that tells who was seen answers. ``quick``: nothing is written.
    """
    try:
        background = _background(_signs_of_life())
        database = _database_answers()
    except DatabaseError:
        database, background = check_database(), check_background()
    beside = [*check_replica(), check_cache(), check_broker()]
    return [database, *beside, *background, check_files(quick=quick), check_disk()]


def require_durable_broker() -> None:
    """Raise ImproperlyConfigured if the durable Redis may evict jobs (F3).

    One that is away is logged and let pass: ISME starts without it, and looks again when a
    worker starts.
    """
    try:
        policy = _durable_memory().get("maxmemory_policy", "?")
    except RedisAway as error:
        logger.warning("the durable Redis can't be asked for its policy: %s", error)
        return
    if policy != DURABLE_POLICY:
        raise ImproperlyConfigured(
            f"REDIS_DURABLE_URL: maxmemory-policy is {policy}, so jobs, limits and locks could be"
            f" evicted. Set it to {DURABLE_POLICY}."
        )


# --- Views ----------------------------------------------------------------------------------


@login_not_required
@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """Answer that this process can answer. No database, no Redis."""
    return HttpResponse("ok", content_type="text/plain")


class _Ready:
    """The last answer of this process: whoever asks more than once a second gets it again."""

    lock = threading.Lock()
    made_at = -READY_SECONDS
    status = HTTPStatus.OK
    body: dict[str, object] = {}


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if pages can be served, degraded or not, else 503. Trusted networks only.

    Asks the parts at most once a second in a process; other callers wait for that answer.
    """
    if not is_in(client_ip(request), settings.TRUSTED_NETWORKS):
        raise Http404
    with _Ready.lock:
        if time.monotonic() - _Ready.made_at >= READY_SECONDS:
            _Ready.status, _Ready.body = _readiness()
            _Ready.made_at = time.monotonic()
        return JsonResponse(_Ready.body, status=_Ready.status)


def _readiness() -> tuple[HTTPStatus, dict[str, object]]:
    database = check_database()
    needed = [database, check_disk()]
    if database.ok:
        needed.append(check_migrations())
    useful_checks: list[Callable[[], Check]] = [check_cache, check_broker]
    useful = [check() for check in useful_checks]
    word = "ok" if all(check.ok for check in useful) else "degraded"
    if not all(check.ok for check in needed):
        word = "down"
    parts = {check.name: {"ok": check.ok, "text": check.text} for check in [*needed, *useful]}
    status = HTTPStatus.SERVICE_UNAVAILABLE if word == "down" else HTTPStatus.OK
    return status, {"status": word, "release": settings.RELEASE, "checks": parts}
