"""Redis behind real sentinels: the master is killed, the replica takes over, nothing is lost."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings as live
from django.core.cache import cache
from kombu import pools

from isme.addresses import broker_of, cache_of
from isme.lib import fence, jobs
from isme.lib.models import IdempotencyKey, Job
from isme.lib.redis import RedisAway, Role, durable, evictable
from isme.lib.timing import Cost, _current
from tests.lib.test_jobs_killed import Background
from tests.processes import Sentinels, real_processes, until

pytestmark = real_processes


@pytest.fixture
def sentinels(request) -> Iterator[Sentinels]:
    """A pair with as many who watch it as the test asks for."""
    folder = Path(tempfile.mkdtemp(prefix="isme", dir="/tmp"))
    running = Sentinels(folder, watchers=request.param)
    yield running
    running.stop()
    shutil.rmtree(folder)


def of_sentinels(url: str):
    return cache_of(
        url, connect_seconds=live.REDIS_CONNECT_SECONDS, read_seconds=live.REDIS_READ_SECONDS
    )


def answers(role: Role = evictable) -> bool:
    try:
        return role.ask(lambda client: client.ping())
    except RedisAway:
        return False


@pytest.mark.parametrize("sentinels", [3], indirect=True)
def test_cache_follows_the_master_and_raises_the_fence_when_it_moves(sentinels, settings):
    settings.CACHES = {**settings.CACHES, "default": of_sentinels(sentinels.url)}
    cost = Cost()
    token = _current.set(cost)
    evictable.ask(lambda client: client.set("kept", "yes"))
    cache.set("by django", 7)
    _current.reset(token)
    assert cost.exchanges >= 2  # counted as everywhere
    assert not fence.stands()

    # The first of those whom everybody asks dies too: the two others are enough.
    sentinels.processes[sentinels.watchers[0]].kill()
    sentinels.kill_master()
    until(answers, "the replica as the new master")

    assert evictable.ask(lambda client: client.get("kept")) == b"yes"
    assert cache.get("by django") == 7
    evictable.ask(lambda client: client.set("kept", "again"))
    # What the old master took last may be missing in the new one: nobody may believe it.
    assert fence.stands()


@pytest.mark.parametrize("sentinels", [1], indirect=True)
def test_job_is_done_though_the_master_of_its_broker_is_killed(sentinels, settings, monkeypatch):
    settings.CACHES = {**settings.CACHES, "durable": of_sentinels(sentinels.url)}
    address, options = broker_of(sentinels.url)
    quick = {"socket_connect_timeout": 0.1, "socket_timeout": 0.15, "max_retries": 0}
    line = current_app.connection_for_write(address, transport_options={**options, **quick})
    bell = pools.producers[line]
    monkeypatch.setattr("isme.lib.bell._producers", lambda: bell)
    background = Background(sentinels.folder, sentinels.url)
    background.start_worker()
    try:
        first = enqueue(sentinels.folder, "before")
        assert first.finished_at is None
        background.finish(first)

        sentinels.kill_master()
        until(lambda: answers(durable), "the replica as the new master")
        second = enqueue(sentinels.folder, "after")
        background.finish(second)
    finally:
        background.kill_worker()
        bell.force_close_all()
        durable.breaker.reset()

    assert IdempotencyKey.objects.count() == 1  # both have the same effect


def enqueue(folder: Path, key: str) -> Job:
    return jobs.enqueue("tests.killed", key=key, folder=str(folder), wait="")
