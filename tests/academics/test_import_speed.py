"""What an import may cost: previewed within 150 MB. The seconds are printed.

10,000 rows with ``--all``; what a row costs in memory shows with a third of them too.
"""

import json
import os
import subprocess
import sys

from django.conf import settings

from tests.processes import database_url, real_processes

pytestmark = real_processes
ROWS = "10000" if os.environ.get("ISME_TEST_ALL") == "1" else "3000"


def test_many_rows(capsys):
    """Else the worker that also sends mail dies of its memory."""
    done = subprocess.run(
        [sys.executable, "loadtests/imports.py", ROWS],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    with capsys.disabled():
        print(f"\n{done.stdout}")
    assert report["state"] == "undone"
    assert report["preview"]["megabytes"] < 150
