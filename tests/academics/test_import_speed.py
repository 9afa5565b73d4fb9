"""What an import may cost: 10,000 rows previewed within 150 MB. The seconds are printed."""

import json
import os
import subprocess
import sys

from django.conf import settings

from tests.processes import database_url, real_processes

pytestmark = real_processes


def test_ten_thousand_rows(capsys):
    """Else the worker that also sends mail dies of its memory."""
    done = subprocess.run(
        [sys.executable, "loadtests/imports.py", "10000"],
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
