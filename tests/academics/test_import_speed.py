"""What an import may cost: 10,000 rows previewed within 150 MB. The seconds are printed."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection  # noqa: F401 (skipif reads it)

from tests.lib.test_jobs_killed import database_url

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="needs a database of its own"),
]


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
