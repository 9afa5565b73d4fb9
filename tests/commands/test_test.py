"""script/test keeps its servers to itself, and CI may not leave anything out."""

import os
import subprocess

import pytest

from tests.commands.conftest import ROOT, plain_environment

pytestmark = pytest.mark.commands


def test_arguments_go_to_pytest_and_nothing_stays_behind(tmp_path):
    temporary = tmp_path / "t"
    temporary.mkdir()
    run = subprocess.run(
        [ROOT / "script" / "test", "tests/there_is_no_such_test.py"],
        env=plain_environment(TMPDIR=str(temporary)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert run.returncode == 4, run.stdout + run.stderr  # pytest's own: file not found
    assert "there_is_no_such_test.py" in run.stderr
    assert list(temporary.iterdir()) == []


def test_ci_calls_the_same_command():
    text = (ROOT / ".ci" / "run").read_text()
    assert "exec script/test" in text
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
