"""One-time passwords: how they look, and how people type them."""

import secrets

from accounts.models import User

# Without vowels no word comes out, and without 0 O 1 l nobody mistypes it: 12 give 57 bits.
CHARACTERS = "bcdfghjkmnpqrstvwxyz23456789"
GROUPS = 3
GROUP = 4


def new() -> str:
    """Three groups of four characters that can be read out and copied from paper."""
    return _grouped("".join(secrets.choice(CHARACTERS) for _char in range(GROUPS * GROUP)))


def as_issued(typed: str, user: User) -> str:
    """What ``user`` typed, as it was issued if they have a one-time password; else as it is.

    Phones begin with a capital and keyboards put a space behind a word; people leave dashes out.
    No query.
    """
    if not user.must_change_password:
        return typed
    bare = "".join(typed.split()).replace("-", "").lower()
    if len(bare) == GROUPS * GROUP and set(bare) <= set(CHARACTERS):
        return _grouped(bare)
    return typed


def _grouped(bare: str) -> str:
    return "-".join(bare[start : start + GROUP] for start in range(0, len(bare), GROUP))
