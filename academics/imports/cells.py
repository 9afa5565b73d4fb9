"""From a raw cell to a value, or the reason why not. No queries, nothing guessed.

A raw cell is what child.plain made: text, a whole number, {"d": date}, {"n": other number},
{"b": truth}, {"bad": why}, or None. A parser gives a value that JSON can hold; None means that
nothing was typed, "" that it was cleared with a dash.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from accounts.canonical import canonical, is_valid
from accounts.choices import IdentifierKind

Value = str | int | list[str] | None
Parser = Callable[[Any], Value]
FORMULA_STARTS = ("=", "+", "-", "@")
DASHES = frozenset({"-", "–", "—"})
SHORTENED = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
OUR_DATE = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2}|[A-Za-z]{3,9})[-/. ]([0-9]{4})")
MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan januari january",
            "feb februari february",
            "mar maret march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu agt agustus aug august",
            "sep september",
            "okt oktober oct october",
            "nov november",
            "des desember dec december",
        ],
        start=1,
    )
    for name in names.split()
}
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100


class Bad(Exception):
    """The cell can't be taken. ``code`` and ``params`` are for messages.explain."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def shown(raw: Any) -> str:
    """The cell as the person typed it, for the preview and the workbook that goes back."""
    if raw is None:
        return ""
    if not isinstance(raw, dict):
        return str(raw)
    if "bad" in raw:
        return str(raw.get("text", "=…" if raw["bad"] == "formula" else ""))
    if "b" in raw:
        return "TRUE" if raw["b"] else "FALSE"
    return str(raw.get("d", raw.get("n", "")))


def typed(raw: Any) -> str:
    """The cell as one line of text in NFC. Raises Bad for formulas, errors and junk."""
    if isinstance(raw, dict) and "bad" in raw:
        raise Bad(raw["bad"])
    text = " ".join(unicodedata.normalize("NFC", shown(raw)).split())
    if "\ufffd" in text:
        raise Bad("strange_characters")
    # Our own workbooks put an apostrophe before what a program could take for a formula.
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS else text


def is_blank(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip())


def is_dash(raw: Any) -> bool:
    return isinstance(raw, str) and raw.strip() in DASHES


@dataclass(frozen=True)
class Text:
    """``least`` to ``most`` characters on one line."""

    most: int
    least: int = 1

    def __call__(self, raw: Any) -> Value:
        text = typed(raw)
        if len(text) > self.most:
            raise Bad("too_long", most=self.most)
        if len(text) < self.least:
            raise Bad("too_short", least=self.least)
        return text


@dataclass(frozen=True)
class Code:
    """An exact key: letters, digits and ``-._/``; kept as typed but for the case of nothing."""

    most: int = 20

    def __call__(self, raw: Any) -> Value:
        text = unicodedata.normalize("NFKC", typed(raw))
        if len(text) > self.most:
            raise Bad("too_long", most=self.most)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]*", text):
            raise Bad("code")
        return text


@dataclass(frozen=True)
class Digits:
    """A number that is a name: leading zeros count, and Excel must not have touched it."""

    least: int
    most: int

    def __call__(self, raw: Any) -> Value:
        text = unicodedata.normalize("NFKC", typed(raw)).lstrip("'").replace(" ", "")
        if SHORTENED.fullmatch(text):
            raise Bad("shortened")
        if not (text.isascii() and text.isdigit()):
            raise Bad("only_digits", least=self.least, most=self.most)
        if not self.least <= len(text) <= self.most:
            raise Bad("digits", least=self.least, most=self.most, length=len(text))
        return text


@dataclass(frozen=True)
class Whole:
    """A whole number of ``least`` to ``most``."""

    least: int
    most: int

    def __call__(self, raw: Any) -> Value:
        text = typed(raw)
        if not re.fullmatch(r"[0-9]{1,9}", text) or not self.least <= int(text) <= self.most:
            raise Bad("whole", least=self.least, most=self.most)
        return int(text)


@dataclass(frozen=True)
class Fraction:
    """A number with at most ``places`` decimals, comma or point, as text like "3.50"."""

    least: int
    most: int
    places: int = 2

    def __call__(self, raw: Any) -> Value:
        text = typed(raw).replace(",", ".")
        try:
            number = Decimal(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text) else None
        except InvalidOperation:
            number = None
        if number is None or not self.least <= number <= self.most:
            raise Bad("fraction", least=self.least, most=self.most)
        exact = number.quantize(Decimal(1).scaleb(-self.places))
        if exact != number:
            raise Bad("places", places=self.places)
        return str(exact)


class Choice:
    """One of a few words, in any spelling of ``spellings`` (value -> spellings)."""

    def __init__(self, spellings: Mapping[str, str]) -> None:
        """Spellings are separated by "|"; the first is the one that help and errors name."""
        self.words = {
            _plain(word): value for value, words in spellings.items() for word in words.split("|")
        }
        self.offered = ", ".join(words.partition("|")[0] for words in spellings.values())

    def __call__(self, raw: Any) -> Value:
        text = _plain(typed(raw))
        if text not in self.words:
            raise Bad("choice", choices=self.offered)
        return self.words[text]


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", " ", word).casefold()


@dataclass(frozen=True)
class Identifier:
    """A name to sign in with, in its canonical spelling."""

    kind: str

    def __call__(self, raw: Any) -> Value:
        value = canonical(typed(raw))
        if not value or not is_valid(self.kind, value):
            raise Bad("email" if self.kind == IdentifierKind.EMAIL else "username")
        return value


@dataclass(frozen=True)
class Names:
    """Several names, separated by comma or semicolon; the same name twice is one."""

    most: int = 100

    def __call__(self, raw: Any) -> Value:
        names = [name.strip() for name in re.split(r"[,;]", typed(raw))]
        kept: dict[str, str] = {}
        for name in names:
            if name:
                kept.setdefault(name.casefold(), name)
        if any(len(name) > self.most for name in kept.values()):
            raise Bad("too_long", most=self.most)
        return list(kept.values())


def day(raw: Any) -> Value:
    """A date as ISO text: a date cell, 2026-08-31, 31-08-2026 or 31 Agustus 2026."""
    if isinstance(raw, int) or (isinstance(raw, dict) and "n" in raw):
        raise Bad("date_number")
    text = typed(raw)
    if "T" in text and isinstance(raw, dict):
        text = datetime.fromisoformat(text).date().isoformat()
    if match := ISO_DATE.fullmatch(text):
        year, month, day_of_month = (int(part) for part in match.groups())
    elif match := OUR_DATE.fullmatch(text):
        day_of_month, year = int(match[1]), int(match[3])
        word = match[2].casefold()
        month = int(word) if word.isdigit() else MONTHS.get(word, 0)
    else:
        raise Bad("date")
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Bad("date_year")
    try:
        return date(year, month, day_of_month).isoformat()
    except ValueError:
        raise Bad("no_such_day") from None
