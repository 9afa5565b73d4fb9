"""What belongs together is written together, and what lost a race begins again."""

from contextlib import nullcontext, suppress

import pytest
from django.db import connection, transaction
from django.utils import timezone

from isme.lib.idempotency import once
from isme.lib.models import Heartbeat
from isme.lib.transactions import retry_atomic

pytestmark = pytest.mark.django_db(transaction=True)


class Refused(Exception):
    """A rule said no."""


@retry_atomic
def note(name: str, *, refuse: bool = False) -> None:
    Heartbeat.objects.create(name=name, seen_at=timezone.now())
    if refuse:
        raise Refused


def noted() -> set[str]:
    return set(Heartbeat.objects.values_list("name", flat=True))


def test_parts_of_a_whole_cost_no_statement_of_their_own(django_assert_num_queries):
    """Else a reply, which is made of five, costs its writer ten statements more."""

    @retry_atomic
    def whole() -> None:
        note("one")
        note("two")

    with django_assert_num_queries(4):  # the two, where they begin and where they end
        whole()
    assert noted() == {"one", "two"}


def test_part_that_is_refused_undoes_the_whole():
    """Else half of what somebody asked for stands there, and the page says that nothing does."""

    @retry_atomic
    def whole() -> None:
        note("before")
        note("refused", refuse=True)

    with pytest.raises(Refused):
        whole()
    assert noted() == set()


def test_who_goes_on_after_a_refusal_cannot_keep_half_of_it():
    """Else a caught refusal leaves behind what the refused part had written."""

    @retry_atomic
    def careless() -> None:
        try:
            note("refused", refuse=True)
        except Refused:
            note("after")

    with pytest.raises(transaction.TransactionManagementError):
        careless()
    assert noted() == set()


def test_caught_refusal_is_not_called_done():
    """Else somebody reads "saved", and nothing was."""

    @retry_atomic
    def careless() -> str:
        note("before")
        with suppress(Refused):
            note("refused", refuse=True)
        return "saved"

    for around in (nullcontext, transaction.atomic):
        with pytest.raises(transaction.TransactionManagementError), around():
            careless()
        assert noted() == set()


def test_form_within_a_whole_is_found_at_its_first_press():
    """Else the second press, months later, undoes what the form belongs to."""
    with pytest.raises(transaction.TransactionManagementError):
        retry_atomic(lambda: once(1, "k", lambda: "/one/"))()


def test_who_says_that_a_part_may_fail_goes_on_without_it():
    @retry_atomic
    def careful() -> None:
        note("before")
        try:
            with transaction.atomic():
                note("refused", refuse=True)
        except Refused:
            note("after")

    careful()
    assert noted() == {"before", "after"}


def test_part_of_somebody_elses_transaction_undoes_itself_alone():
    """As a test's, or the admin's: it is the outermost of ours, and the other goes on."""
    with transaction.atomic():
        note("before")
        with pytest.raises(Refused):
            note("refused", refuse=True)
        assert connection.in_atomic_block
        note("after")
    assert noted() == {"before", "after"}
