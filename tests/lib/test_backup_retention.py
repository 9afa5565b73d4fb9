"""Old backups go before the disk is full, and never the one that is needed tomorrow."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from isme.lib import backup

# 01:30 at the faculty on a Monday: in UTC it is still Sunday, of the week before.
TONIGHT = datetime(2026, 11, 29, 18, 30, tzinfo=UTC)


def make(root: Path, nights_ago: int, *, good: bool = True, hour: int = 0) -> str:
    """Lay a finished backup there; its name. Its binary log has the number of the night."""
    made_at = TONIGHT - timedelta(days=nights_ago) + timedelta(hours=hour)
    folder = root / f"{made_at:%Y%m%dT%H}"
    folder.mkdir(parents=True)
    manifest = {"made_at": made_at.isoformat(), "binlog": {"file": log(100 - nights_ago)}}
    manifest["seal"] = backup.signature(manifest)
    (folder / backup.MANIFEST).write_text(json.dumps(manifest))
    for name in (backup.DATABASE, backup.MEDIA, *([backup.TRIED] if good else [])):
        (folder / name).write_text("x")
    return folder.name


def log(number: int) -> str:
    return f"isme-bin.{number:06}"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def prune(root: Path, **counts: int) -> set[str]:
    call_command("backup_prune", str(root), verbosity=0, **counts)
    return names(root)


def test_fourteen_nights_and_the_last_of_eight_weeks_stay(tmp_path):
    made = [make(tmp_path, nights_ago) for nights_ago in range(100)]
    # Tonight's week has only Monday; the weeks before end on Sunday, 1, 8, 15 ... nights ago.
    weeks = [made[0], *(made[1 + 7 * week] for week in range(7))]
    assert prune(tmp_path) == {*made[:14], *weeks}
    assert prune(tmp_path, nights=2, weeks=1) == {*made[:2]}


def test_of_a_night_the_last_stays_but_rather_one_that_was_restored_on_trial(tmp_path):
    first = make(tmp_path, 0)
    make(tmp_path, 0, hour=1, good=False)
    make(tmp_path, 1)
    last = make(tmp_path, 1, hour=2)
    assert prune(tmp_path, nights=2) == {first, last}


def test_last_good_one_stays_though_it_is_old_and_its_logs_with_it(tmp_path):
    make(tmp_path, 60)
    good = make(tmp_path, 50)
    newer = [make(tmp_path, nights_ago, good=False) for nights_ago in range(5)]
    logs = tmp_path / "logs"
    logs.mkdir()
    for number in (49, 50, 51, 100):
        (logs / f"{log(number)}.sealed").touch()
    assert prune(tmp_path, nights=3, weeks=1) == {good, *newer[:3], "logs"}
    assert names(logs) == {f"{log(number)}.sealed" for number in (50, 51, 100)}


def test_without_a_good_one_nothing_is_deleted(tmp_path):
    made = {make(tmp_path, nights_ago, good=False) for nights_ago in range(30)}
    with pytest.raises(CommandError, match="nothing is deleted"):
        prune(tmp_path)
    assert names(tmp_path) == made


def test_logs_stay_from_the_oldest_night_on_and_not_for_the_weeks_before(tmp_path):
    for nights_ago in range(30):
        make(tmp_path, nights_ago)
    logs = tmp_path / "logs"
    logs.mkdir()
    for number in range(60, 101):
        (logs / f"{log(number)}.sealed").touch()
    (logs / f"{log(60)}.torn").touch()
    prune(tmp_path, nights=3)
    assert names(logs) == {f"{log(number)}.sealed" for number in (98, 99, 100)}


def test_logs_of_a_new_server_stay_though_older_backups_name_higher_numbers(tmp_path):
    for nights_ago in range(3):
        make(tmp_path, nights_ago)
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / f"{log(2)}.sealed").touch()
    prune(tmp_path)
    assert names(logs) == {f"{log(2)}.sealed"}


def test_what_is_not_a_finished_backup_of_ours_is_left_alone(tmp_path):
    kept = make(tmp_path, 0)
    foreign = make(tmp_path, 20)
    (tmp_path / foreign / "notes.txt").write_text("for the audit of May")
    altered = make(tmp_path, 21)
    (tmp_path / altered / backup.MANIFEST).write_text('{"made_at": "2020-01-01", "seal": "x"}')
    running = tmp_path / "running"
    running.mkdir()
    (running / backup.DATABASE).touch()
    (tmp_path / "photographs").mkdir()
    assert prune(tmp_path, nights=1, weeks=1) == {kept, foreign, altered, "running", "photographs"}


def test_what_broke_off_goes_after_a_day(tmp_path):
    kept = make(tmp_path, 0)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / backup.DATABASE).touch()
    yesterday = (timezone.now() - timedelta(hours=25)).timestamp()
    os.utime(broken / backup.DATABASE, (yesterday, yesterday))
    assert prune(tmp_path) == {kept}


@pytest.mark.parametrize("count", ["0", "-1", "all"])
def test_at_least_one_night_is_kept(tmp_path, count):
    made = make(tmp_path, 0)
    with pytest.raises(CommandError, match="a whole number from 1"):
        call_command("backup_prune", str(tmp_path), "--nights", count)
    assert names(tmp_path) == {made}
