"""Every part killed and frozen while people read and write (--all: four minutes)."""

import os
import subprocess
from pathlib import Path

import pytest

from loadtests import ledger

ROOT = Path(__file__).resolve().parents[2]
# loadtests/run brings servers of its own.
OURS = (
    "DATABASE_URL",
    "REDIS_CACHE_URL",
    "REDIS_DURABLE_URL",
    "ISME_VAR",
    "DJANGO_SETTINGS_MODULE",
)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_though_every_part_dies_in_turn():
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    done = subprocess.run(
        [ROOT / "loadtests" / "chaos"],
        env={**environment, "ISME_LOAD_USERS": "20", "ISME_CHAOS_SECONDS": "2"},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "nothing lost, nothing doubled" in done.stdout


def crowd(monkeypatch, tmp_path, rows: list[tuple[str, int]]) -> ledger.Crowd:
    """A book with one acknowledged, one failed and one refused reply; ``rows`` are what is there."""
    monkeypatch.setenv("ISME_VAR", str(tmp_path))
    monkeypatch.setattr(ledger, "ask", lambda _statement: rows)
    made = ledger.Crowd(stack=None, cookies=[], thread=1, pauses=(1, 2))
    made.book = {"kept": ("c", 302), "failed": ("c", 503), "refused": ("c", 429)}
    return made


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([], "kept was acknowledged and is lost"),
        ([("buku kept", 2)], "kept is there 2 times"),
        ([("buku kept", 1), ("buku refused", 1)], "refused was refused and is there"),
        ([("buku kept", 1), ("buku stranger", 1)], "stranger is in nobody's book"),
    ],
)
def test_book_tells_what_is_lost_doubled_or_made_up(monkeypatch, tmp_path, rows, complaint):
    [found] = crowd(monkeypatch, tmp_path, rows)._compare("now")
    assert complaint in found


@pytest.mark.parametrize("rows", [[("buku kept", 1)], [("buku kept", 1), ("buku failed", 1)]])
def test_book_accepts_what_failed_there_or_not(monkeypatch, tmp_path, rows):
    assert crowd(monkeypatch, tmp_path, rows)._compare("now") == []


def test_what_failed_is_sent_again_under_its_key(monkeypatch, tmp_path):
    made = crowd(monkeypatch, tmp_path, [("buku kept", 1), ("buku failed", 1)])
    sent = []
    monkeypatch.setattr(made, "reply", lambda cookie, key: sent.append(key) or 302)

    assert made.settle() == []
    assert sent == ["failed"]
