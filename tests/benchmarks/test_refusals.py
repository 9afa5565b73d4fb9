"""How long each kind of person is refused at the door, with the hash that production computes.

    ISME_BENCHMARK_ROUNDS=200 script/test tests/benchmarks/test_refusals.py -s

Interleaved, so that a slow moment of the machine meets every kind. No time is asserted:
tests/accounts/test_refusals.py holds the work equal, hash by hash and query by query.
"""

import os
import statistics
import time

import pytest

from accounts.hashers import Argon2Hasher
from accounts.services import old_hashes
from accounts.services import sign_in as sign_in_module
from isme.lib.redis import durable
from tests.accounts.test_refusals import knock, person

ROUNDS = int(os.environ.get("ISME_BENCHMARK_ROUNDS", "5"))
KINDS = ["known", "unknown", "deactivated", "unusable", "one-time"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def as_in_production(settings, monkeypatch):
    settings.PASSWORD_HASHERS = [f"{Argon2Hasher.__module__}.{Argon2Hasher.__qualname__}"]
    monkeypatch.setattr(sign_in_module, "_NOBODY", [])
    old_hashes._Seen.at = -old_hashes.LOOK_AGAIN_SECONDS
    old_hashes._Seen.encoded = ""


def test_refusals_take_as_long_for_everybody(as_in_production, capsys):
    for kind in KINDS:
        person(kind, kind)
        assert knock(login=kind).status_code == 200  # warm
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _round in range(ROUNDS):
        for kind, times in taken.items():
            durable.client.flushdb()  # nobody is held by the limits
            began = time.perf_counter()
            response = knock(login=kind)
            times.append(1000 * (time.perf_counter() - began))
            assert response.status_code == 200
            assert "tidak cocok" in response.text
    medians = {kind: statistics.median(times) for kind, times in taken.items()}
    apart = max(medians.values()) - min(medians.values())
    with capsys.disabled():
        print(f"\n{ROUNDS} refusals of each kind, medians in ms (at most {apart:.2f} apart):")
        print("\n".join(f"  {kind:12} {ms:6.2f}" for kind, ms in medians.items()))
