"""Fixtures of the front door: time that is moved, hashes that cost nothing, a Redis that is gone."""

import pytest
import time_machine
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.services import sign_in as sign_in_module
from isme.lib.redis import Role, durable
from tests.accounts.door import START
from tests.conftest import PASSWORD


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hashes(monkeypatch) -> list[str]:
    """A hasher that costs nothing and counts."""
    counted: list[str] = []

    def cheap(password, _encoded):
        counted.append(password)
        return password == PASSWORD

    sign_in_module._nobodys_hash()
    monkeypatch.setattr(sign_in_module, "check_password", cheap)
    return counted


@pytest.fixture
def durable_away(monkeypatch, tmp_path):
    """Nobody listens where the durable Redis should be: real errors, and the real breaker."""
    dead = Redis(unix_socket_path=str(tmp_path / "gone.sock"), retry=Retry(NoBackoff(), 0))
    real = Role.client.fget
    away = property(lambda role: dead if role is durable else real(role))
    monkeypatch.setattr(Role, "client", away)
