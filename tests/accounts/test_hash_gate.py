"""The gate before the hashes: one computes, two wait, the others come again (F4.6)."""

import threading

import pytest

from accounts.errors import DoorBusy
from accounts.services import sign_in as sign_in_module
from accounts.services.hash_gate import HashGate
from isme.lib.timing import Cost, _current
from tests.accounts.door import post
from tests.conftest import PASSWORD, VISIT, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("waiting", [0, 1], ids=["no place", "waited in vain"])
def test_full_gate_is_503_with_the_name_kept(client, monkeypatch, waiting):
    make_user()
    gate = HashGate(waiting=waiting, seconds=0)
    monkeypatch.setattr(sign_in_module, "gate", gate)
    with gate.turn():
        for _ in range(7):  # none of them is a failure
            response = post(client, password=PASSWORD)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert 'value="nadia"' in response.text
    assert PASSWORD not in response.text
    assert post(client, password=PASSWORD).status_code == 302


def test_who_finds_no_place_costs_no_query_and_no_exchange(monkeypatch, django_assert_num_queries):
    """Else the rush is made longer by those who are sent away, again and again."""
    make_user()
    gate, cost = HashGate(waiting=0, seconds=0), Cost()
    monkeypatch.setattr(sign_in_module, "gate", gate)
    token = _current.set(cost)
    with gate.turn(), django_assert_num_queries(0), pytest.raises(DoorBusy):
        sign_in_module.sign_in(login="nadia", password=PASSWORD, remember=False, visit=VISIT)
    _current.reset(token)
    assert cost.exchanges == 0


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
        while gate._places:
            pass
        with pytest.raises(DoorBusy), gate.turn():
            pass
    for thread in threads:
        thread.join()
    assert done == [1, 1]
