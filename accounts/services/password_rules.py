"""What a password must be: long, and not what somebody would guess first (NIST 800-63B-4).

Nothing about kinds of characters and no change at fixed times: both make passwords worse.
"""

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.errors import PasswordRefused
from accounts.models import Identifier, User

ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
STEPS = {pair for row in ROWS for text in (row, row[::-1]) for pair in pairwise(text)}
LEAST_OWN = 6  # characters that are neither a run of keys nor a name of the person
LEAST_DIFFERENT = 5
LEAST_BESIDE_COMMON = 8
LEAST_WORD = 4
TOO_SIMILAR = 0.7


def least_characters(user: User, *, second_factor: bool = False) -> int:
    """How many characters a password of ``user`` needs."""
    if user.role == Role.STUDENT:
        return settings.PASSWORD_LEAST_STUDENT
    if second_factor:
        return settings.PASSWORD_LEAST_STAFF_WITH_SECOND_FACTOR
    return settings.PASSWORD_LEAST_STAFF


def least_now(user_id: int) -> int:
    """The same for an account as it is now, second factor included: one query."""
    user = User.objects.select_related("second_factor").get(pk=user_id)
    return least_characters(user, second_factor=user.has_second_factor)


def check(password: str, *, user: User, least: int) -> None:
    """Raises PasswordRefused, with what to do instead. One query, for a long enough one."""
    if len(password) < least:
        raise PasswordRefused(
            _("Use %(least)s characters or more: a sentence of a few words is easy to keep.")
            % {"least": least}
        )
    if len(password) > settings.PASSWORD_MOST:
        raise PasswordRefused(
            _("Use at most %(most)s characters.") % {"most": settings.PASSWORD_MOST}
        )
    if is_guessable(password):
        raise PasswordRefused(
            _(
                "Many people use that, or a row of keys like it, so it is guessed first. Use another."
            )
        )
    known = Identifier.objects.filter(user_id=user.pk).values_list("value", flat=True)
    if is_personal(password, [user.name, user.username, *known]):
        raise PasswordRefused(
            _(
                "That is too close to your name, number or e-mail. Use something nobody knows of you."
            )
        )


def is_guessable(password: str) -> bool:
    """Whether it is a common password, one with an ornament, a repetition or a row of keys."""
    plain = _plain(password)
    core = plain.strip("0123456789!?.,;:-_@#$%^&*()+=/\\ '\"")
    if plain in _common() or len(set(plain)) < LEAST_DIFFERENT:
        return True
    if core in _common() and len(plain) - len(core) < LEAST_BESIDE_COMMON:
        return True
    unit = (plain + plain).find(plain, 1)  # its shortest repeated part
    if unit < len(plain):
        return unit < LEAST_OWN or is_guessable(plain[:unit])
    steps = sum(a != b and (a, b) not in STEPS for a, b in pairwise(plain))
    return 1 + steps < LEAST_OWN


def is_personal(password: str, facts: Iterable[str]) -> bool:
    """Whether little of it is left without what is known of the person."""
    plain = _plain(password)
    words = {word for fact in facts for word in _words(fact) if len(word) >= LEAST_WORD}
    left = plain
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
        if SequenceMatcher(a=plain, b=word).ratio() >= TOO_SIMILAR:
            return True
    return left != plain and sum(c.isalnum() for c in left) < LEAST_OWN


def _words(fact: str) -> set[str]:
    """The whole, its words, and both sides of an e-mail."""
    whole = _plain(fact)
    parts = "".join(c if c.isalnum() else " " for c in whole).split()
    return {whole, "".join(parts), *parts}


def _plain(text: str) -> str:
    """Folded case and compatible characters: "Ｐassword" is "password"."""
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _common() -> set[str]:
    """20,000 passwords from leaks, as Django ships them: about 2 MB in each process."""
    common: set[str] = CommonPasswordValidator().passwords
    return common
