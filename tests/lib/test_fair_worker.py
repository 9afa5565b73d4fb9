"""A busy process leaves new connections to an idle one, else one core does the work of two."""

import os
import subprocess
import sys
from collections import deque

import pytest
from django.conf import settings
from gunicorn.workers.gthread import ThreadWorker

from isme.lib import fair_worker
from isme.lib.fair_worker import FairWorker


@pytest.fixture
def steps(monkeypatch):
    """What a worker does when somebody knocks, in order."""
    done = []
    monkeypatch.setattr(fair_worker.time, "sleep", lambda _seconds: done.append("looks away"))
    monkeypatch.setattr(ThreadWorker, "accept", lambda _self, _listener: done.append("accepts"))
    return done


def knocked(*, open_connections: int, at_rest: int, slow: int) -> None:
    worker = object.__new__(FairWorker)
    worker.nr_conns = open_connections
    worker.keepalived_conns, worker.pending_conns = deque(range(at_rest)), deque(range(slow))
    worker.accept(None)


def test_process_at_work_lets_the_other_go_first(steps):
    knocked(open_connections=3, at_rest=1, slow=1)
    assert steps == ["looks away", "accepts"]


def test_idle_process_takes_a_connection_at_once(steps):
    """Also with many connections that are only kept open."""
    knocked(open_connections=1000, at_rest=990, slow=10)
    assert steps == ["accepts"]


def test_gunicorn_still_has_what_it_is_built_on():
    """An upgrade that renames these would leave every connection to chance again."""
    worker = ThreadWorker.__init__.__code__.co_names
    assert {"nr_conns", "keepalived_conns", "pending_conns"} <= set(worker)


STARTED = """
import gc, runpy, sys
from isme.wsgi import application
runpy.run_path("deploy/gunicorn.conf.py")["post_worker_init"](None)
print("forum.urls" in sys.modules, len(gc.get_objects()) * 10 < gc.get_freeze_count())
"""


def test_started_process_has_its_addresses_and_leaves_what_is_loaded_alone():
    """Else the first visitor waits for the addresses, and each search for garbage sees everything."""
    done = subprocess.run(
        [sys.executable, "-c", STARTED],
        cwd=settings.BASE_DIR, env={**os.environ, "DJANGO_SETTINGS_MODULE": "isme.settings"},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == ["True", "True"], done.stderr
