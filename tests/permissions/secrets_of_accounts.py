"""Passwords, e-mail and second factor: everybody's own, and links that only their owner has."""

import secrets
from functools import partial

from accounts.choices import LinkPurpose
from accounts.models import User
from accounts.services import mailed_links
from tests.permissions.rows import HIDDEN_POST, NOBODYS, OPEN, ROLES, SIGNED_IN

TABLE = {
    "accounts/password/change/": SIGNED_IN,
    "accounts/password/reset/": OPEN,
    "accounts/password/reset/sent/": OPEN,
    "accounts/login/second-factor/": dict.fromkeys(ROLES, 302),  # without a password before it
    "accounts/confirm/": SIGNED_IN,
    "accounts/second-factor/": SIGNED_IN,
    "accounts/second-factor/setup/": SIGNED_IN,
    "accounts/second-factor/codes/": HIDDEN_POST,
    "accounts/second-factor/remove/": HIDDEN_POST,
    "accounts/email/": SIGNED_IN,
    "accounts/email/prove/": HIDDEN_POST,
}


def link_of(owner_id: int, purpose: LinkPurpose, path: str) -> str:
    """The path of a live link that was mailed to the owner."""
    owner = User.objects.get(pk=owner_id)
    wish = {"purpose": purpose, "address": "x@isme.example", "request": secrets.token_hex(8)}
    link = mailed_links.make(user=owner, **wish)
    return f"{path}{mailed_links.token_of(link)}/"


OBJECTS = {
    # Who holds the link is its owner: an address that can't be guessed.
    "accounts/password/reset/<str:token>/": (
        partial(link_of, purpose=LinkPurpose.RESET, path="accounts/password/reset/"),
        OPEN,
        OPEN,
    ),
    "accounts/email/confirm/<str:token>/": (
        partial(link_of, purpose=LinkPurpose.EMAIL, path="accounts/email/confirm/"),
        SIGNED_IN,
        NOBODYS,
    ),
    "accounts/users/<int:pk>/second-factor/reset/": (
        "accounts/users/{}/second-factor/reset/".format,
        HIDDEN_POST,
        HIDDEN_POST,
    ),
}
