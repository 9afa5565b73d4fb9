"""Prometheus itself reads the alarms: each rings on a bad day, and none on a good one."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.test_alerts import DEPLOY, rules

PROMTOOL = shutil.which("promtool")
pytestmark = pytest.mark.skipif(PROMTOOL is None, reason="needs promtool (package prometheus)")

# What is told each minute, longer than a day: on a good day, on a bad one ("+": counts up by it).
MINUTES = 27 * 60
DAYS = {
    'up{job="isme"}': ("1", "0"),
    'isme_requests_total{view="home",status="200"}': ("+100", "+100"),
    'isme_requests_total{view="home",status="503"}': ("+0", "+2"),
    'isme_request_seconds_bucket{view="home",le="0.1"}': ("+99", "+50"),
    'isme_request_seconds_bucket{view="home",le="1"}': ("+100", "+90"),
    'isme_request_seconds_bucket{view="home",le="2.5"}': ("+100", "+100"),
    'isme_request_seconds_bucket{view="home",le="+Inf"}': ("+100", "+100"),
    'isme_sign_ins_total{result="signed in"}': ("+10", "+1"),
    'isme_sign_ins_total{result="refused"}': ("+3", "+20"),
    'isme_up{part="cache"}': ("1", "0"),
    'isme_database_connections{what="open"}': ("90", "100"),
    'isme_database_connections{what="most"}': ("120", "120"),
    'isme_redis_memory_bytes{role="cache"}': ("300", "310"),
    'isme_redis_memory_most_bytes{role="cache"}': ("384", "384"),
    'isme_redis_evicted_total{role="cache"}': ("+0", "+1000"),
    'isme_redis_memory_bytes{role="durable"}': ("200", "240"),
    'isme_redis_memory_most_bytes{role="durable"}': ("384", "384"),
    'isme_redis_hits_total{role="cache"}': ("+97", "+70"),
    'isme_redis_misses_total{role="cache"}': ("+3", "+30"),
    'isme_cpu_seconds_total{mode="idle"}': ("+25", "+15"),
    'isme_cpu_seconds_total{mode="busy"}': ("+75", "+85"),
    'isme_memory_bytes{what="free"}': ("11", "9"),
    'isme_memory_bytes{what="total"}': ("100", "100"),
    'isme_disk_bytes{what="free"}': ("16", "14"),
    'isme_disk_bytes{what="total"}': ("100", "100"),
    "isme_job_oldest_due_seconds": ("110", "130"),
    'isme_jobs{state="dead"}': ("0", "+1"),
    'isme_job_seconds_bucket{kind="mail",le="60"}': ("+10", "+9"),
    'isme_job_seconds_bucket{kind="mail",le="120"}': ("+10", "+10"),
    'isme_job_seconds_bucket{kind="mail",le="+Inf"}': ("+10", "+10"),
    # Seen each minute, or not since the day began.
    'isme_seen_at_seconds{name="critical"}': ("+60", "0"),
    'isme_seen_at_seconds{name="backup"}': ("+60", "0"),
    'isme_seen_at_seconds{name="backup drill"}': ("+60", "0"),
    'isme_seen_at_seconds{name="backup logs"}': ("+60", "0"),
    'isme_seen_at_seconds{name="audit head"}': ("+60", "0"),
}


def promtool(*words: object) -> None:
    done = subprocess.run(
        [PROMTOOL, *map(str, words)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def expect(folder: Path, day: int, ringing: list[str]) -> None:
    """At the end of such a day exactly these alarms ring."""
    told = [
        {"series": name, "values": f"0{of[day]}x{MINUTES}"}
        if of[day].startswith("+")
        else {"series": name, "values": f"{of[day]}x{MINUTES}"}
        for name, of in DAYS.items()
    ]
    samples = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in ringing]
    question = 'count by (alertname) (ALERTS{alertstate="firing"})'
    asked = {"expr": question, "eval_time": f"{MINUTES}m", "exp_samples": samples}
    tests = [{"interval": "1m", "input_series": told, "promql_expr_test": [asked]}]
    file = folder / "day.yml"  # JSON is YAML
    rule_files = [str(DEPLOY / "alerts.yml")]
    file.write_text(
        json.dumps({"rule_files": rule_files, "evaluation_interval": "1m", "tests": tests})
    )
    promtool("test", "rules", file)


def test_prometheus_accepts_the_rules_and_its_settings(tmp_path):
    promtool("check", "rules", DEPLOY / "alerts.yml")
    settings = (DEPLOY / "prometheus.yml").read_text()
    here = tmp_path / "prometheus.yml"
    here.write_text(settings.replace("/opt/isme/current", str(DEPLOY.parents[1])))
    promtool("check", "config", here)


def test_no_alarm_rings_on_a_good_day_just_below_the_limits(tmp_path):
    expect(tmp_path, 0, [])


def test_each_alarm_rings_on_a_bad_day_just_above_the_limits(tmp_path):
    expect(tmp_path, 1, [rule["alert"] for rule in rules() if "alert" in rule])
