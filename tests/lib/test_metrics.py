"""What /metrics shows, who may see it, and that nothing counted is lost or counted twice."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import Http404
from django.test import Client, RequestFactory
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from dashboard.selectors.system import Errors
from isme.lib import backup, jobs, metric_files, metrics, metrics_page, page
from isme.lib.health import beat_heart
from isme.lib.redis import RedisAway, durable, evictable
from tests.conftest import enter, make_user


def families(text: str) -> set[str]:
    return {family.name for family in text_string_to_metric_families(text)}


def value(name: str, **labels: str) -> float:
    """What ``name`` stands at now; 0 where it never counted."""
    for family in text_string_to_metric_families(metrics_page.figures().decode()):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    return 0.0


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(metrics_page._Last, "made_at", -metrics_page.KEPT_SECONDS)


def get_metrics(address: str = "127.0.0.1"):
    return metrics_page.page(RequestFactory().get("/metrics", REMOTE_ADDR=address))


# --- The page ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["203.0.113.9", ""])
def test_metrics_are_hidden_from_strangers(address):
    with pytest.raises(Http404):
        get_metrics(address)


@pytest.mark.django_db
def test_behind_a_proxy_the_machine_itself_sees_them_and_whom_the_proxy_names_does_not(settings):
    settings.TRUSTED_PROXY_HOPS = 1
    assert get_metrics().status_code == 200  # Prometheus, at the web's own socket
    for named in ("203.0.113.9", "", "127.0.0.1, 203.0.113.9", "junk"):
        request = RequestFactory().get(
            "/metrics", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": named}
        )
        with pytest.raises(Http404):
            metrics_page.page(request)


@pytest.mark.django_db
def test_everything_that_was_promised_is_shown():
    shown = families(get_metrics().content.decode())

    assert shown >= {
        "isme_requests", "isme_request_seconds", "isme_view_queries", "isme_view_exchanges",
        "isme_sign_ins", "isme_throttled", "isme_job_seconds", "isme_people_active",
        "isme_database_connections", "isme_redis_memory_bytes", "isme_redis_hits",
        "isme_redis_misses", "isme_job_oldest_due_seconds", "isme_queue_messages", "isme_jobs",
        "isme_seen_at_seconds", "isme_processes", "isme_cpu_seconds", "isme_memory_bytes",
        "isme_disk_bytes", "isme_up",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_part_that_is_away_leaves_its_figures_out_and_the_rest_in(monkeypatch):
    def away(_work):
        raise RedisAway("stopped by the test")

    monkeypatch.setattr(durable, "ask", away)
    monkeypatch.setattr(evictable, "ask", away)

    assert value("isme_up", part="broker") == 0
    assert value("isme_up", part="database") == 1
    assert "isme_jobs" in families(get_metrics().content.decode())


@pytest.mark.django_db
def test_who_asks_twice_in_a_second_costs_nothing_more(django_assert_num_queries):
    get_metrics()
    with django_assert_num_queries(0):
        assert get_metrics().status_code == 200


# --- What is counted ------------------------------------------------------------------------------


def test_a_page_is_counted_with_its_status_queries_and_exchanges(signed_in: Client):
    signed_in.get("/accounts/profile/")
    before = value("isme_requests_total", view="accounts:profile", status="200")
    queries = value("isme_view_queries_total", view="accounts:profile")
    exchanges = value("isme_view_exchanges_total", view="accounts:profile")

    signed_in.get("/accounts/profile/")

    assert value("isme_requests_total", view="accounts:profile", status="200") == before + 1
    assert value("isme_request_seconds_count", view="accounts:profile") >= before + 1
    assert value("isme_view_queries_total", view="accounts:profile") > queries
    assert value("isme_view_exchanges_total", view="accounts:profile") == exchanges + 1


@pytest.mark.django_db
def test_addresses_that_lead_nowhere_share_one_series(client: Client):
    before = value("isme_requests_total", view="-", status="404")
    client.get("/nowhere/1")
    client.get("/nowhere/2")

    assert value("isme_requests_total", view="-", status="404") == before + 2


def test_the_door_counts_who_came_in_and_who_did_not(client: Client, user: User):
    came, refused = (value("isme_sign_ins_total", result=r) for r in ("signed in", "refused"))

    enter(client, user)
    client.post("/accounts/login/", {"login": user.username, "password": "wrong one"})

    assert value("isme_sign_ins_total", result="signed in") == came + 1
    assert value("isme_sign_ins_total", result="refused") == refused + 1


@pytest.mark.django_db
def test_active_people_are_those_who_were_seen(client: Client):
    cache.clear()
    page = enter(client, make_user("rina"))
    page.get("/accounts/profile/")
    page.get("/accounts/profile/")

    assert value("isme_people_active") == 1


@pytest.mark.django_db
def test_a_job_that_fails_is_timed_as_failed():
    before = value("isme_job_seconds_count", kind="lib.delete_file", outcome="failed")
    row = jobs.enqueue("lib.delete_file", key="broken", wrong=1)

    jobs.run(row.pk)

    assert value("isme_job_seconds_count", kind="lib.delete_file", outcome="failed") == before + 1
    assert value("isme_jobs", state="pending") == 1


# --- Many processes -------------------------------------------------------------------------------

COUNTS = """
import os, sys
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[1]
from prometheus_client import Counter, Histogram
Counter("isme_requests", "help", ["view"]).labels("home").inc(int(sys.argv[2]))
Histogram("isme_request_seconds", "help", ["view"], buckets=[1]).labels("home").observe(0.5)
os._exit(9)
"""


def count_elsewhere(folder, number: int) -> None:
    subprocess.run([sys.executable, "-c", COUNTS, folder, str(number)], check=False)


def counted(folder) -> tuple[float, float]:
    with metric_files.added_up(folder) as registry:
        labels = {"view": "home"}
        requests = registry.get_sample_value("isme_requests_total", labels)
        seconds = registry.get_sample_value("isme_request_seconds_count", labels)
    return requests, seconds


def test_what_killed_processes_counted_is_kept_once_and_in_one_file(tmp_path):
    count_elsewhere(tmp_path, 3)
    assert counted(tmp_path) == (3, 1)
    count_elsewhere(tmp_path, 4)

    assert counted(tmp_path) == (7, 2)
    assert counted(tmp_path) == (7, 2)
    assert sorted(path.name for path in tmp_path.glob("*.db")) == [
        "counter_ended.db",
        "histogram_ended.db",
    ]


def test_half_a_file_of_a_killed_process_does_not_close_the_page(tmp_path):
    count_elsewhere(tmp_path, 3)
    (tmp_path / "counter_999999999.db").write_bytes(b"\xff\xff\xff\x7f\0\0\0\0junk")

    assert counted(tmp_path) == (3, 1)


def test_process_of_the_supervisor_writes_its_counts_where_all_are_added_up(tmp_path):
    """Whoever imports the client library first, and that is not the module of the counters."""
    code = "import django; django.setup(); from isme.lib.observe import _View; _View('v').seconds"
    code += "; from isme.lib import metrics; metrics.REQUESTS.labels('v', '200').inc()"
    environment = {
        **os.environ,
        "ISME_RUN": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "isme.settings",
    }
    subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, cwd=settings.BASE_DIR
    )

    with metric_files.added_up(tmp_path / "metrics") as registry:
        labels = {"view": "v", "status": "200"}
        assert registry.get_sample_value("isme_requests_total", labels) == 1


def test_without_a_folder_of_the_supervisor_a_process_counts_for_itself():
    assert not metrics.SHARED


# --- The tile of super admins ---------------------------------------------------------------------


@pytest.mark.django_db
def test_super_admins_see_the_age_of_backup_and_drill_and_the_share_of_errors(client: Client):
    boss = enter(client, make_user("boss", role="super_admin"))
    # Of each in its card, and on top among what fails.
    assert boss.get("/dashboard/").text.count("terlambat") == 4
    beat_heart(backup.MADE)
    beat_heart(backup.DRILLED)
    page.forget(*(page.home_key(User.objects.get().pk, code) for code in ("id", "en")))
    text = boss.get("/dashboard/").text

    assert "terlambat" not in text
    assert text.count("tepat waktu") == 2


def test_errors_above_one_in_a_hundred_are_too_many():
    assert Errors(1, 100).ok
    assert not Errors(2, 100).ok
    assert Errors(0, 0).ok
