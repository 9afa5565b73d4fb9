"""An alarm on a figure that does not exist never rings: every name is one that /metrics shows."""

import re
from pathlib import Path

import pytest
import yaml

from isme.lib import metrics_page
from tests.lib.test_metrics import families

DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "prometheus"
NAME = re.compile(r"\bisme_[a-z_]+")
RECORDED = re.compile(r"\bisme:[a-z_:0-9]+")


def rules() -> list[dict]:
    groups = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.mark.django_db
def test_every_figure_of_a_rule_is_shown_and_every_recorded_one_recorded():
    shown = families(metrics_page.figures().decode())
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    for rule in rules():
        names = {re.sub(r"_(bucket|total)$", "", name) for name in NAME.findall(rule["expr"])}
        assert names <= shown, rule
        assert set(RECORDED.findall(rule["expr"])) <= recorded, rule


def test_each_alarm_says_how_urgent_it_is_and_what_to_do_first():
    alarms = [rule for rule in rules() if "alert" in rule]
    assert len({rule["alert"] for rule in alarms}) == len(alarms)
    for rule in alarms:
        assert rule["labels"]["severity"] in {"page", "look"}, rule
        assert rule["annotations"]["summary"], rule
        assert rule["annotations"]["first"], rule


@pytest.mark.parametrize(
    ("alarm", "limit"),
    [
        ("SlowPages", "> 1"),
        ("DatabaseConnections", "> 0.8"),
        ("RedisMemory", "> 0.8"),
        ("Cpu", "> 0.8"),
        ("Errors", "> 0.01"),
        ("QueueAge", "> 120"),
        ("Canary", "> 120"),
        ("BackupOld", "> 26 * 3600"),
        ("DrillOld", "> 26 * 3600"),
    ],
)
def test_promised_warning_signs_have_an_alarm_at_their_limit(alarm, limit):
    [rule] = [rule for rule in rules() if rule.get("alert") == alarm]
    assert limit in rule["expr"]


def test_prometheus_reads_these_rules():
    settings = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())
    assert settings["rule_files"] == ["/opt/isme/current/deploy/prometheus/alerts.yml"]
    assert settings["scrape_configs"][0]["metrics_path"] == "/metrics"
