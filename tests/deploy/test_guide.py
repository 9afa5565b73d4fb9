"""The guide is followed at night by whoever is called: what it names must be there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from loadtests import mix

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
ENGLISH, INDONESIAN = DEPLOY / "guide.en.md", DEPLOY / "guide.id.md"
CODE = re.compile(r"`([^`]+)`|```sh\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"(?:^|&& |\s)isme ([a-z_]+)")


def code_of(path: Path) -> list[str]:
    return [inline or block for inline, block in CODE.findall(path.read_text())]


@pytest.mark.parametrize("guide", [ENGLISH, INDONESIAN], ids=["en", "id"])
def test_each_command_of_the_guide_exists(guide):
    named = {name for code in code_of(guide) for name in COMMAND.findall(code)} - {"isme"}
    assert len(named) > 10
    assert named <= set(get_commands())


@pytest.mark.parametrize("guide", [ENGLISH, INDONESIAN], ids=["en", "id"])
def test_each_file_that_the_guide_names_is_there(guide):
    text = guide.read_text()
    named = set(re.findall(r"deploy/[a-z_./-]+[a-z]", text))
    assert {"deploy/install", "deploy/upgrade"} <= named
    for name in named:
        assert (DEPLOY.parent / name).exists(), name


def test_both_languages_say_the_same_things():
    english, indonesian = ENGLISH.read_text(), INDONESIAN.read_text()
    for mark in ("\n## ", "\n| ", "\n- [ ] ", "```"):
        assert english.count(mark) == indonesian.count(mark), mark


@pytest.mark.parametrize("part", ["Redis", "Queue", "MySQL", "Application", "Memory", "Logs"])
def test_troubleshooting_has_every_part_of_the_plan(part):
    table = ENGLISH.read_text().split("## 5.")[1]
    assert f"**{part}**" in table


def test_settings_that_the_alarms_and_the_guide_name_are_one_server():
    install = (DEPLOY / "install").read_text()
    prometheus = (DEPLOY / "prometheus" / "prometheus.yml").read_text()
    assert "ISME_SOCKET=tcp://127.0.0.1:8000" in install
    assert "127.0.0.1:8000" in prometheus
    assert "'$host 127.0.0.1'" in install  # else Prometheus is refused: not our name


def test_mix_of_a_day_is_whole_and_as_it_was_agreed():
    assert mix.total() == pytest.approx(100)
    shares = {step.name: step.share for step in mix.MIX}
    assert (shares["home"], shares["badge"], shares["thread"]) == (45, 20, 10)
    assert sum(step.share for step in mix.MIX if step.writes) == pytest.approx(1)
