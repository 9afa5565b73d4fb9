"""The words by which a person is found: of the name and of every identifier, in one spelling.

A search finds the beginnings of words, by an index that MariaDB and SQLite both have; a part
from the middle of a word would mean to read every name.
"""

import re
import unicodedata
from collections.abc import Iterable

MOST_TERMS = 5
MOST_CHARACTERS = 150
INNER = re.compile(r"[^\w]+")
EDGES = ".,;:()[]\"'’“”-_/"
LAST_CHARACTER = "\U0010ffff"


def fold(text: str) -> str:
    """``text`` in small letters without accents: "José" and "jose" are one."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    kept = (c for c in spread if unicodedata.category(c)[0] not in {"M", "C"} or c.isspace())
    return "".join(kept)[:MOST_CHARACTERS]


def words_of(name: str, identifiers: Iterable[str]) -> set[str]:
    """Of "dr. Bagas, Sp.PD": dr, bagas, sp.pd, sp, pd. Of an identifier: itself."""
    whole = [part.strip(EDGES) for part in fold(name).split()]
    parts = [word for part in whole for word in INNER.split(part)]
    return {word for word in (*whole, *parts, *map(fold, identifiers)) if word}


def terms_of(query: str) -> list[str]:
    """What was typed into a search, as the beginnings of words; at most five, the longest."""
    terms = {part.strip(EDGES) for part in fold(query).split()} - {""}
    return sorted(terms, key=lambda term: (-len(term), term))[:MOST_TERMS]
