"""script/test keeps its servers to itself, and CI may not leave anything out."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT, plain_environment

pytestmark = pytest.mark.commands


@pytest.fixture
def short_folder():
    # pytest's own folders are too long for the sockets that are to lie in this one.
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp") as name:
        yield Path(name)


def test_arguments_go_to_pytest_and_nothing_stays_behind(short_folder):
    run = subprocess.run(
        [ROOT / "script" / "test", "tests/there_is_no_such_test.py"],
        env=plain_environment(TMPDIR=str(short_folder)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert run.returncode == 4, run.stdout + run.stderr  # pytest's own: file not found
    assert "there_is_no_such_test.py" in run.stderr
    assert list(short_folder.iterdir()) == []


def test_ci_calls_the_same_command():
    text = (ROOT / ".ci" / "run").read_text()
    assert "exec script/test" in text
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
