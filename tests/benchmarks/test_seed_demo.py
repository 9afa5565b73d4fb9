"""The demo faculty at another size than the usual one. Prints how long it takes.

    script/test --all tests/benchmarks/test_seed_demo.py -s
    ISME_BENCHMARK_SEED=20000 script/test --all tests/benchmarks/test_seed_demo.py -s

No time is asserted: a busy machine is no fault of ours. Wall clock and CPU are both printed.
"""

import io
import os
import time

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import StudentProfile

STUDENTS = int(os.environ.get("ISME_BENCHMARK_SEED", "1000"))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_seeding(capsys):
    began, cpu = time.perf_counter(), time.process_time()
    call_command("seed_demo", students=STUDENTS, stdout=io.StringIO())
    took, used = time.perf_counter() - began, time.process_time() - cpu
    with capsys.disabled():
        print(f"\n{STUDENTS:,} students, {connection.vendor}: {took:.0f} s, {used:.0f} s CPU")
    assert StudentProfile.objects.count() == STUDENTS
