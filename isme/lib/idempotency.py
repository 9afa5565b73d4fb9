"""Forms that take effect once, however often the button is pressed."""

import hashlib
import re
import secrets
from collections.abc import Callable

from django import forms
from django.db import IntegrityError
from django.db.transaction import TransactionManagementError

from isme.lib.models import IdempotencyKey
from isme.lib.transactions import is_within, retry_atomic

OWN_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def new_key() -> str:
    """A key that nobody guesses; one for each form that is rendered."""
    return secrets.token_urlsafe(24)


class KeyField(forms.Field):
    """The hidden field. It never makes a form invalid: nobody could repair it."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=new_key)

    def to_python(self, value: object) -> str:
        return str(value or "")


class OnceForm(forms.Form):
    """A form whose effect goes through ``once``. A refused form keeps its key: nothing happened.

    Not for a page that is kept in the cache: there all views of it would share one key.
    """

    idempotency_key = KeyField()


class _Pressed(Exception):
    """The key is used: somebody pressed before."""


def once(actor_id: int, key: str, effect: Callable[[], str]) -> str:
    """Run ``effect`` unless ``actor_id`` did so under ``key``; return the location it gave.

    Key and effect are one transaction: an effect that raises leaves the key unused, and a
    second press that comes meanwhile waits for the first (a lock on the key's index entry,
    5 s at most per try) and gets its location. Without a key there is no protection. On a
    deadlock the effect runs again from the start. Queries: the effect's + 2; 2 when repeated.
    Raises TransactionManagementError within a ``retry_atomic``, which a second press would undo.
    """
    if is_within():
        raise TransactionManagementError("a form's effect is the outermost")
    stored = _stored(key) if key else ""
    try:
        return _first(actor_id, stored, effect)
    except _Pressed:
        return IdempotencyKey.objects.get(actor_id=actor_id, key=stored).location


@retry_atomic
def _first(actor_id: int, key: str, effect: Callable[[], str]) -> str:
    if not key:
        return effect()
    try:
        row = IdempotencyKey.objects.create(actor_id=actor_id, key=key)
    except IntegrityError:
        # The transaction ends with it: a savepoint only to go on would cost every form two more.
        raise _Pressed from None
    row.location = effect()
    row.save(update_fields=["location"])
    return row.location


def _stored(key: str) -> str:
    """The key as the column can hold it: what another client made up may have any shape."""
    if OWN_SHAPE.fullmatch(key):
        return key
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
