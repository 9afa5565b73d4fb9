"""One spelling for each identifier, so that no variant of a name is another account (F5)."""

import re
import unicodedata

from accounts.choices import IdentifierKind

MOST_CHARACTERS = 150
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
NUMBER = re.compile(r"[0-9]{4,20}")
NIM = re.compile(r"[0-9]{8,15}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def canonical(text: str) -> str:
    """Return ``text`` trimmed, in NFKC and folded case; "" when it can't be an identifier."""
    if len(text) > MOST_CHARACTERS:
        return ""
    folded = unicodedata.normalize("NFKC", text.strip()).casefold()
    # A lone surrogate or a control character is no name, and no database takes it.
    return "" if any(unicodedata.category(c)[0] == "C" for c in folded) else folded


def is_valid(kind: str, value: str) -> bool:
    """Whether the canonical ``value`` may be an identifier of ``kind``."""
    if kind == IdentifierKind.USERNAME:
        return USERNAME.fullmatch(value) is not None
    if kind == IdentifierKind.EMAIL:
        return EMAIL.fullmatch(value) is not None
    if kind == IdentifierKind.NIM:
        return NIM.fullmatch(value) is not None
    return NUMBER.fullmatch(value) is not None
