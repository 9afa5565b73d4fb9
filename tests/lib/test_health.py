import shutil
from collections import namedtuple
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from isme.lib import health, jobs, tasks
from isme.lib.models import Heartbeat, Job
from isme.lib.models.job import JobState
from isme.lib.redis import RedisAway, durable, evictable

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 (like the one of shutil)


def away(*_args, **_kwargs):
    raise RedisAway("stopped by the test")


def database_away(*_args, **_kwargs):
    raise OperationalError(2002, "stopped by the test")


@pytest.fixture(autouse=True)
def fresh_answers(monkeypatch):
    monkeypatch.setattr(health._Ready, "made_at", -health.READY_SECONDS)
    monkeypatch.setattr(health._Migrations, "complete", True)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(100, 50, 50))
    durable.breaker.reset()
    evictable.breaker.reset()


def get_readyz(address="127.0.0.1"):
    return health.readyz(RequestFactory().get("/readyz", REMOTE_ADDR=address))


# --- Pages -------------------------------------------------------------------------------------


def test_livez_needs_neither_database_nor_redis(monkeypatch):
    monkeypatch.setattr(durable, "ask", away)
    monkeypatch.setattr(evictable, "ask", away)

    response = health.livez(RequestFactory().get("/livez"))  # no django_db: a query would fail

    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_when_all_is_well():
    response = get_readyz()

    assert response.status_code == 200
    assert b'"status": "ok"' in response.content


@pytest.mark.django_db
def test_readyz_without_redis_is_degraded_but_ready(monkeypatch):
    monkeypatch.setattr(durable, "ask", away)
    response = get_readyz()

    assert response.status_code == 200
    assert b'"status": "degraded"' in response.content


def test_readyz_without_database_is_down(monkeypatch):
    monkeypatch.setattr(health.connection, "cursor", database_away)
    response = get_readyz()

    assert response.status_code == 503
    assert b'"status": "down"' in response.content


@pytest.mark.django_db
def test_readyz_on_a_full_disk_is_down(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(100, 91, 9))

    assert get_readyz().status_code == 503


@pytest.mark.django_db
def test_readyz_with_a_missing_migration_is_down(monkeypatch):
    monkeypatch.setattr(health._Migrations, "complete", False)
    monkeypatch.setattr(
        health.MigrationExecutor, "migration_plan", lambda *_args: [("accounts.0002", False)]
    )
    response = get_readyz()

    assert response.status_code == 503
    assert b"accounts.0002" in response.content


@pytest.mark.django_db
def test_readyz_asks_the_database_once_a_second(django_assert_num_queries):
    with django_assert_num_queries(1):
        get_readyz()
        get_readyz()


@pytest.mark.parametrize("address", ["203.0.113.9", ""])
def test_readyz_is_hidden_from_strangers(address):
    with pytest.raises(Http404):
        get_readyz(address)


# --- The broker --------------------------------------------------------------------------------


def test_broker_that_may_evict_is_refused(monkeypatch):
    monkeypatch.setattr(durable, "ask", lambda _work: {"maxmemory_policy": "allkeys-lru"})

    with pytest.raises(ImproperlyConfigured, match="allkeys-lru"):
        health.require_durable_broker()
    with pytest.raises(SystemExit, match="allkeys-lru"):
        tasks.check_broker()
    assert not health.check_broker().ok


def test_broker_that_never_evicts_is_accepted():
    health.require_durable_broker()


def test_broker_that_is_away_is_logged_and_let_pass(monkeypatch, caplog):
    monkeypatch.setattr(durable, "ask", away)

    health.require_durable_broker()

    assert "can't be asked" in caplog.text


def test_broker_that_is_filling_up_is_reported(monkeypatch):
    memory = {"maxmemory_policy": "noeviction", "used_memory": 61, "maxmemory": 100}
    monkeypatch.setattr(durable, "ask", lambda _work: memory)

    found = health.check_broker()
    assert (found.ok, found.text) == (False, "61% of its memory is used")
    assert found.shown == "61% memorinya terpakai"


# --- Commands ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_check_services_says_each_part_in_a_line():
    for queue in health.QUEUES:
        tasks.canary(queue)
    tasks.sweep()
    out = StringIO()

    call_command("check_services", stdout=out)

    names = [line.split("  ")[0].strip() for line in out.getvalue().splitlines()]
    assert names == [
        *("database", "cache", "broker", "worker critical", "worker bulk", "beat"),
        *("files", "disk"),
    ]


@pytest.mark.django_db
def test_check_services_fails_when_a_worker_is_silent():
    for name in (*health.QUEUES, health.BEAT):
        health.beat_heart(name)
        health.beat_heart(name)
    Heartbeat.objects.filter(name="bulk").update(seen_at=timezone.now() - timedelta(seconds=121))
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("check_services", stdout=out)

    down = [line for line in out.getvalue().splitlines() if "DOWN" in line]
    assert len(down) == 1
    assert down[0].startswith("worker bulk")


def test_check_services_reports_a_dead_database_without_a_trace(monkeypatch):
    monkeypatch.setattr(health.connection, "cursor", database_away)
    monkeypatch.setattr(health.Heartbeat.objects, "filter", database_away)

    checks = {check.name: check.ok for check in health.check_services()}

    assert checks["database"] is checks["worker bulk"] is checks["beat"] is False
    assert checks["cache"]


@pytest.mark.django_db
def test_failed_jobs_lists_and_tries_again(monkeypatch):
    monkeypatch.setattr(jobs, "ring", lambda *_args, **_kwargs: True)
    dead = [
        Job.objects.create(
            kind="lib.prune",
            key=key,
            due_at=timezone.now(),
            state=JobState.DEAD,
            finished_at=timezone.now(),
            last_error="Traceback\nOSError: no mail server",
        )
        for key in "abc"
    ]
    out = StringIO()
    call_command("failed_jobs", stdout=out)
    assert out.getvalue().count("OSError: no mail server") == 3

    with pytest.raises(CommandError, match="Not among"):
        call_command("failed_jobs", retry=[dead[0].pk, 0])
    call_command("failed_jobs", retry=[dead[0].pk], stdout=out)
    assert Job.objects.filter(state=JobState.DEAD).count() == 2
    call_command("failed_jobs", all=True, stdout=out)
    assert not Job.objects.filter(state=JobState.DEAD).exists()
    call_command("failed_jobs", stdout=out)
    assert out.getvalue().endswith("No failed jobs.\n")


def test_clear_cache_empties_the_cache_and_keeps_the_durable_server():
    evictable.client.set("tests:gone", 1)
    durable.client.set("tests:kept", 1, ex=60)

    call_command("clear_cache", stdout=StringIO())

    assert not evictable.client.exists("tests:gone")
    assert durable.client.delete("tests:kept") == 1


def test_clear_cache_without_a_cache_is_a_clear_error(monkeypatch):
    monkeypatch.setattr(evictable, "ask", away)

    with pytest.raises(CommandError, match="does not answer"):
        call_command("clear_cache")


def test_show_settings_masks_secrets():
    out = StringIO()

    call_command("show_settings", stdout=out)

    lines = {line.split()[0]: line for line in out.getvalue().splitlines()}
    assert "••••••" in lines["SECRET_KEY"]
    assert "environment" in lines["DATABASE_URL"]


def test_compile_catalogues_compiles_what_changed(settings, tmp_path):
    folder = tmp_path / "forum" / "locale" / "id" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Home"\nmsgstr "Beranda"\n'
    )
    settings.BASE_DIR = tmp_path
    first, second = StringIO(), StringIO()

    call_command("compile_catalogues", stdout=first)
    call_command("compile_catalogues", stdout=second)

    assert "compiled" in first.getvalue()
    assert second.getvalue() == ""
    assert sorted(path.name for path in folder.iterdir()) == ["django.mo", "django.po"]
    source.write_text("nonsense")
    (folder / "django.mo").unlink()
    with pytest.raises(CommandError, match=r"django\.po"):
        call_command("compile_catalogues")
