"""Figures of the parts beside the web processes, asked for when Prometheus asks."""

import os
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from isme.lib import audit, backup, backup_logs, bell, health, metric_files, metrics
from isme.lib.metrics import AtScrape, at_scrape
from isme.lib.models import Heartbeat, Job
from isme.lib.models.job import JobState
from isme.lib.redis import RedisAway, Role, durable, evictable
from isme.lib.storage import store

ROLES = {"cache": evictable, "durable": durable}
# Whoever never gave a sign of life is shown with the moment 0: its alarm goes off too.
HEARTBEATS = (
    *health.QUEUES,
    health.BEAT,
    backup.MADE,
    backup.DRILLED,
    backup_logs.COPIED,
    audit.SHIPPED,
)
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
Figures = Mapping[str, float]


class PartsCollector(Collector):
    """Asks every figure that was offered; one whose part is away is left out."""

    def collect(self) -> Iterator[Metric]:
        for figure in metrics.offered():
            try:
                values = figure.read()
            except (RedisAway, DatabaseError, OSError):
                continue
            family = CounterMetricFamily if figure.is_counter else GaugeMetricFamily
            labels = [figure.label] if figure.label else []
            metric = family(figure.name, figure.help, labels=labels)
            for name, value in values.items():
                metric.add_metric([name] if figure.label else [], value)
            yield metric


# --- Redis ------------------------------------------------------------------------------------


def _info(role: Role) -> dict[str, Any]:
    return dict(role.ask(lambda client: client.info()))


def _of_roles(name: str) -> Figures:
    """``name`` of INFO of each Redis that answers; 1 exchange each."""
    found = {}
    for label, role in ROLES.items():
        try:
            found[label] = float(_info(role).get(name, 0))
        except RedisAway:
            continue
    return found


# --- Database -----------------------------------------------------------------------------------


def _database(statement: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return float(row[-1])


def _connections() -> Figures:
    if connection.vendor != "mysql":
        return {}
    return {
        "open": _database("SHOW GLOBAL STATUS LIKE 'Threads_connected'"),
        "most": _database("SELECT @@max_connections"),
    }


def _up() -> Figures:
    checks = [health.check_database(), health.check_cache(), health.check_broker()]
    found = {check.name: float(check.ok) for check in checks}
    if not store().is_folder:  # whose disk has figures of its own
        found[health.FILES] = float(health.check_files(quick=True).ok)
    return found


# --- Background work ----------------------------------------------------------------------------


def _jobs() -> Figures:
    """How many jobs are in which state, but the done ones: 1 query over the to-do list."""
    undone = Job.objects.exclude(state=JobState.DONE).values_list("state").annotate(n=Count("pk"))
    counted = {str(state): float(n) for state, n in undone.order_by()}
    return {str(state): counted.get(str(state), 0.0) for state in JobState if state != "done"}


def _oldest_due() -> Figures:
    """For how long the first job that is due has waited, in seconds: 1 query."""
    now = timezone.now()
    waits = Q(state=JobState.PENDING, due_at__lte=now)
    first = Job.objects.filter(waits).aggregate(first=Min("due_at"))["first"]
    return {"": (now - first).total_seconds() if first else 0.0}


def _messages() -> Figures:
    return {queue: float(bell.waiting(queue)) for queue in health.QUEUES}


def _signs_of_life() -> Figures:
    seen = dict(Heartbeat.objects.filter(name__in=HEARTBEATS).values_list("name", "seen_at"))
    return {name: seen[name].timestamp() if name in seen else 0.0 for name in HEARTBEATS}


# --- The machine --------------------------------------------------------------------------------


def _cpu() -> Figures:
    """Seconds of all cores since the machine started; ``stolen`` went to others on the host."""
    first = Path("/proc/stat").read_text().partition("\n")[0].split()[1:]
    user, nice, system, idle, waiting, irq, softirq, stolen = (int(word) for word in first[:8])
    busy = user + nice + system + irq + softirq
    ticks = {"busy": busy, "idle": idle + waiting, "stolen": stolen}
    return {name: number / TICKS for name, number in ticks.items()}


def _memory() -> Figures:
    lines = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
    kibibytes = {words[0].rstrip(":"): int(words[1]) for words in lines}
    return {"total": kibibytes["MemTotal"] * 1024.0, "free": kibibytes["MemAvailable"] * 1024.0}


def _disk() -> Figures:
    usage = shutil.disk_usage(settings.VAR)
    return {"total": float(usage.total), "free": float(usage.free)}


def _part_of(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return "web" if b"gunicorn" in command else "worker"


def _processes() -> list[tuple[str, int]]:
    """Those that count: which part each is of. One that just ended is left out."""
    if not metrics.SHARED:
        return []
    found = []
    for pid in metric_files.living(settings.METRICS_FOLDER):
        try:
            found.append((_part_of(pid), pid))
        except OSError:
            continue
    return found


def _number_of_processes() -> Figures:
    parts = [part for part, _pid in _processes()]
    return {part: float(parts.count(part)) for part in ("web", "worker")}


def _resident() -> Figures:
    """Memory of the processes that count, in bytes; shared pages count in each."""
    sums = {"web": 0.0, "worker": 0.0}
    for part, pid in _processes():
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            continue
        sums[part] += pages * PAGE_BYTES
    return sums


def offer() -> None:
    """Put the figures into the registry."""
    of_redis = {
        "isme_redis_memory_bytes": ("used_memory", "Memory that a Redis uses."),
        "isme_redis_memory_most_bytes": ("maxmemory", "Memory that a Redis may use; 0: no limit."),
        "isme_redis_hits": ("keyspace_hits", "Reads that a Redis could answer."),
        "isme_redis_misses": ("keyspace_misses", "Reads that found nothing."),
        "isme_redis_evicted": ("evicted_keys", "Keys that went to make room."),
        "isme_redis_commands": ("total_commands_processed", "Commands carried out."),
    }
    for name, (fact, text) in of_redis.items():
        counts = not name.endswith("_bytes")
        at_scrape(AtScrape(name, text, partial(_of_roles, fact), "role", counts))
    for figure in (
        AtScrape("isme_up", "1 where the part answers.", _up, "part"),
        AtScrape("isme_database_connections", "Connections, and how many fit.", _connections, "what"),
        AtScrape("isme_jobs", "Jobs that are not done, by state.", _jobs, "state"),
        AtScrape("isme_job_oldest_due_seconds", "Wait of the first job that is due.", _oldest_due),
        AtScrape("isme_queue_messages", "Bells that wait for a worker.", _messages, "queue"),
        AtScrape("isme_seen_at_seconds", "Last sign of life, Unix time.", _signs_of_life, "name"),
        AtScrape("isme_cpu_seconds", "CPU time of the machine.", _cpu, "mode", is_counter=True),
        AtScrape("isme_memory_bytes", "Memory of the machine.", _memory, "what"),
        AtScrape("isme_disk_bytes", "Disk that holds ISME_VAR.", _disk, "what"),
        AtScrape("isme_processes", "Processes that count.", _number_of_processes, "part"),
        AtScrape("isme_resident_bytes", "Memory of the processes that count.", _resident, "part"),
    ):  # fmt: skip
        at_scrape(figure)
