"""Password hashes that came from elsewhere: wrapped at once, and no slower to refuse."""

import logging
import re
import time
from collections.abc import Iterator

from django.contrib.auth.hashers import get_hasher, identify_hasher, make_password
from django.db.models import Q

from accounts.errors import UnknownHash
from accounts.hashers import (
    Argon2OverBcrypt,
    Argon2OverMD5,
    Argon2OverPBKDF2,
    WrappedHasher,
)
from accounts.models import User

logger = logging.getLogger(__name__)
PBKDF2 = re.compile(r"pbkdf2_sha256\$(\d+)\$([^$,]+)\$([A-Za-z0-9+/=]+)")
BCRYPT = re.compile(r"\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})")
MD5 = re.compile(r"[0-9a-f]{32}")
OLD_KINDS = r"^(pbkdf2_sha256[$]|[$]2[aby][$]|[0-9a-f]{32}$)"
WRAPPED = "argon2_"
LOOK_AGAIN_SECONDS = 600


def wrap(encoded: str) -> str:
    """What to store for a hash of another system; 19 ms. Raises UnknownHash.

    Takes Django's PBKDF2, PHP's bcrypt ($2y$...) and bare MD5 in hex.
    """
    if match := PBKDF2.fullmatch(encoded):
        return Argon2OverPBKDF2().enclose(f"{match[1]},{match[2]}", match[3])
    if match := BCRYPT.fullmatch(encoded):
        return Argon2OverBcrypt().enclose(f"{match[1]},{match[2]}", match[3])
    if MD5.fullmatch(encoded):
        return Argon2OverMD5().enclose("plain", encoded)
    raise UnknownHash("neither PBKDF2 of Django's, nor bcrypt, nor MD5")


def wrap_all() -> Iterator[bool]:
    """Wrap every old hash in the database; yields whether each was still there to be wrapped.

    Compare and swap: somebody who changes the password meanwhile keeps the new one. Nobody is
    signed out, because nobody's password changes.
    """
    rows = User.objects.filter(Q(("password__regex", OLD_KINDS)))
    found = list(rows.order_by("pk").values_list("pk", "password"))
    for pk, encoded in found:
        fresh = wrap(encoded)
        yield bool(User.objects.filter(pk=pk, password=encoded).update(password=fresh))


def is_old(encoded: str) -> bool:
    """Whether the password should be hashed anew when it is next known."""
    preferred, present = get_hasher(), identify_hasher(encoded)
    return present.algorithm != preferred.algorithm or preferred.must_update(encoded)


class _Seen:
    """One of the wrapped hashes that there are ("" for none), and when we looked."""

    encoded = ""
    at = -LOOK_AGAIN_SECONDS


def _one_wrapped() -> str:
    """One look at the database in ten minutes and process."""
    if time.monotonic() - _Seen.at >= LOOK_AGAIN_SECONDS:
        _Seen.at = int(time.monotonic())
        rows = User.objects.filter(Q(("password__startswith", WRAPPED))).values_list(
            "password", flat=True
        )
        _Seen.encoded = rows.first() or ""
    return _Seen.encoded


def even_out(password: str, encoded: str) -> None:
    """After a refusal by ``encoded``: do the inner work too, while anybody's needs it.

    A wrapped hash takes longer than a plain one, so its account would show by a slower
    refusal. Only refusals pay, and only until the last imported hash is gone.
    """
    other = _one_wrapped()
    if not other or encoded.startswith(WRAPPED):
        return
    hasher = identify_hasher(other)
    if isinstance(hasher, WrappedHasher):
        hasher.inner(password, other.split("$", 2)[1])


def upgrade(user: User, password: str) -> None:
    """Hash the right ``password`` anew if its hash is of an older kind; 19 ms and 1 query then.

    Compare and swap: whoever changed the password meanwhile keeps the new one.
    """
    if not is_old(user.password):
        return
    fresh = make_password(password)
    if User.objects.filter(pk=user.pk, password=user.password).update(password=fresh):
        user.password = fresh
