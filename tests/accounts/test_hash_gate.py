"""The gate before the hashes: one computes, two wait, the others come again (F4.6)."""

import threading

import pytest

from accounts.errors import DoorBusy
from accounts.services import sign_in as sign_in_module
from accounts.services.hash_gate import HashGate
from tests.accounts.door import post
from tests.conftest import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_full_gate_is_503_with_the_name_kept(client, monkeypatch):
    make_user()
    gate = HashGate(waiting=0, seconds=0)
    monkeypatch.setattr(sign_in_module, "gate", gate)
    with gate.turn():
        for _ in range(7):  # none of them is a failure
            response = post(client, password=PASSWORD)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert 'value="nadia"' in response.text
    assert PASSWORD not in response.text
    assert post(client, password=PASSWORD).status_code == 302


def test_gate_lets_two_wait_and_sends_the_fourth_away():
    gate = HashGate(waiting=2, seconds=5)
    inside, done = threading.Semaphore(0), []

    def wait() -> None:
        inside.release()
        with gate.turn():
            done.append(1)

    with gate.turn():
        threads = [threading.Thread(target=wait) for _ in range(2)]
        for thread in threads:
            thread.start()
        while gate._places._value:
            pass
        with pytest.raises(DoorBusy), gate.turn():
            pass
    for thread in threads:
        thread.join()
    assert done == [1, 1]
