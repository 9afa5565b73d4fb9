"""The settings that fit a machine, by what was measured on 2 cores and 8 GB. All memory in MiB."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from isme.lib.redis import Role, durable, evictable

MIB = 2**20
THREADS = 4  # of each web process; more only wait for the interpreter's lock
MANY_CORES = 4
POOL_SHARE = 4  # a quarter of the memory: the page cache and the processes need the rest
POOL_STEP = 128
REDIS_SHARE = 16
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Advice:
    """One value: what it is called, where it is set, and what the running system has (or '')."""

    name: str
    value: int
    place: str
    actual: str = ""

    @property
    def differs(self) -> bool:
        return self.actual not in ("", str(self.value))


def cores() -> int:
    """The cores this process may use, not those of a shared host."""
    return len(os.sched_getaffinity(0))


def memory_mib(limit_file: Path = CGROUP_LIMIT) -> int:
    """The machine's memory, or a container's limit where that is less."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = limit_file.read_text().strip()
    except OSError:
        limit = "max"
    return (min(memory, int(limit)) if limit.isdigit() else memory) // MIB


def advise(cores: int, memory: int) -> list[Advice]:
    """The values for ``cores`` and ``memory`` (MiB). No queries."""
    many = cores >= MANY_CORES
    pool = max(POOL_STEP, memory // POOL_SHARE // POOL_STEP * POOL_STEP)
    redis = max(64, min(512 if many else 384, memory // REDIS_SHARE))
    web = "deploy/supervisor/web.conf"
    workers = "deploy/supervisor/workers.conf"
    return [
        Advice("web processes (numprocs)", cores, web),
        Advice("WEB_PROCESSES", cores, "isme/settings.py"),
        Advice("threads", THREADS, "deploy/gunicorn.conf.py"),
        Advice("critical worker -c", 2 if many else 1, workers),
        Advice("bulk worker -c", 1, workers),
        Advice("innodb_buffer_pool_size (MiB)", pool, "deploy/mariadb/isme.cnf"),
        # Each thread and worker twice over (a deploy runs two releases), people and backups.
        Advice("max_connections", max(120, 2 * THREADS * cores + 60), "deploy/mariadb/isme.cnf"),
        Advice("cache maxmemory (MiB)", redis, "deploy/redis/cache.conf"),
        Advice("durable maxmemory (MiB)", redis, "deploy/redis/durable.conf"),
    ]


def with_actual(advice: list[Advice]) -> list[Advice]:
    """Add what the running parts say. Raises RedisAway and DatabaseError; one query."""
    actual = {
        "WEB_PROCESSES": str(settings.WEB_PROCESSES),
        "cache maxmemory (MiB)": _maxmemory(evictable),
        "durable maxmemory (MiB)": _maxmemory(durable),
        **_database_values(),
    }
    return [
        Advice(each.name, each.value, each.place, actual.get(each.name, "")) for each in advice
    ]


def _maxmemory(role: Role) -> str:
    return str(int(dict(role.ask(lambda client: client.info("memory")))["maxmemory"]) // MIB)


def _database_values() -> dict[str, str]:
    if connection.vendor != "mysql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@innodb_buffer_pool_size, @@max_connections")
        pool, connections = cursor.fetchone()
    return {
        "innodb_buffer_pool_size (MiB)": str(int(pool) // MIB),
        "max_connections": str(connections),
    }
