"""What is kept of a person's page: its bytes with holes, its cards, and from what they were made.

A hole is a name between two NULs, which can be neither in a form field nor in a template: it
can't be forged by what people type. A card stands between two such marks, so that a page that
has to be made anew can take over the cards which are still right.

Which cards are wrong is said in a note per person, ``hs:{uid}``: a word is added for each change
that only this person sees. The note is read in the same exchange as the page and kept with it,
so a change that comes while a page is made is never lost. Versions (isme.lib.versions) say the
same of what many see.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils.safestring import SafeString

from isme.lib.holes import INDENT
from isme.lib.redis import RedisAway, evictable
from isme.lib.versions import fresh

EVERYTHING = "*"
FRESH_SECONDS = 60
NOTE_SECONDS = 1200  # longer than a page is kept, so that a page can't outlive a word in it
NOTE = """
for _, key in ipairs(KEYS) do
  if redis.call('STRLEN', key) > 400 then
    redis.call('SET', key, ARGV[1])
  else
    redis.call('APPEND', key, ARGV[1])
  end
  redis.call('EXPIRE', key, ARGV[2])
end
"""
CLOSE = "\0>\0"


def note_key(user_id: int) -> str:
    """Where it is noted which cards of a person's home page are wrong."""
    return f"hs:{user_id}"


def note_wrong(user_ids: Iterable[int], card: str = EVERYTHING) -> None:
    """Note that ``card`` of these people's home pages is wrong. One exchange.

    Silent when the cache is away: the card is at most as old as it may become (home.Block).
    """
    keys = [note_key(user_id) for user_id in user_ids]
    if not keys:
        return
    word = f"{card}:{fresh()};"
    try:
        evictable.ask(lambda client: client.eval(NOTE, len(keys), *keys, word, NOTE_SECONDS))
    except RedisAway:
        return


def note_wrong_after_commit(user_ids: Iterable[int], card: str = EVERYTHING) -> None:
    """``note_wrong`` once the transaction is committed: before it, a reader would see the old."""
    transaction.on_commit(partial(note_wrong, list(user_ids), card), robust=True)


def wrong_cards(before: str, now: str) -> frozenset[str]:
    """The cards that were noted between two readings of the note; EVERYTHING if unknown."""
    if not now.startswith(before):
        return frozenset({EVERYTHING})
    return frozenset(word.partition(":")[0] for word in now[len(before) :].split(";") if word)


@dataclass(frozen=True)
class Card:
    """When a card was made (Unix seconds), and from which versions."""

    made_at: float
    versions: tuple[str, ...]


def marked(name: str, html: str) -> SafeString:
    """A card as it stands in a page that is kept."""
    return SafeString(f"\0<{name}\0{html}{CLOSE}")


@dataclass(frozen=True)
class KeptPage:
    """A rendered page with holes, the versions it was made from, and until when it is fresh.

    ``note`` is what was noted for the person when the page was made; ``fresh_until`` (Unix
    seconds) when something in it will be too old. ``digest`` begins with the release that made it.
    """

    body: bytes
    versions: list[str]
    fresh_until: float
    digest: str
    note: str = ""
    cards: Mapping[str, Card] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        html: str,
        versions: Sequence[str],
        note: str = "",
        cards: Mapping[str, Card] | None = None,
    ) -> "KeptPage":
        """Keep ``html``; its indentation, a third of it, is for those who read templates."""
        if "<pre" not in html and "<textarea" not in html:
            html = INDENT.sub("\n", html)
        body = html.encode()
        digest = f"{settings.RELEASE}.{hashlib.blake2b(body, digest_size=8).hexdigest()}"
        until = time.time() + FRESH_SECONDS
        return cls(body, list(versions), until, digest, note, cards or {})

    @classmethod
    def from_bytes(cls, raw: bytes | None) -> "KeptPage | None":
        if raw is None:
            return None
        head, cards, body = raw.split(b"\n", 2)
        said = json.loads(head)
        return cls(
            body=body,
            versions=said["versions"],
            fresh_until=said["built_at"] + FRESH_SECONDS,
            digest=said["digest"],
            note=said["note"],
            cards=_LazyCards(cards),
        )

    def to_bytes(self) -> bytes:
        head = {
            "versions": self.versions,
            # As the release before reads it: both are there while one takes the other's place.
            "built_at": self.fresh_until - FRESH_SECONDS,
            "digest": self.digest,
            "note": self.note,
        }
        cards = {name: [card.made_at, card.versions] for name, card in self.cards.items()}
        return b"\n".join([json.dumps(head).encode(), json.dumps(cards).encode(), self.body])

    def card(self, name: str) -> SafeString:
        """The card as it stands in this page; "" where there was nothing to show."""
        _before, found, rest = self.body.partition(f"\0<{name}\0".encode())
        html = rest.partition(CLOSE.encode())[0] if found else b""
        return SafeString(html.decode())

    def has(self, hole: str) -> bool:
        return hole.encode() in self.body

    def filled(self, holes: Mapping[bytes, bytes]) -> bytes:
        """The page as it is sent: what ``holes`` says in its holes, the marks of cards gone."""
        pieces = self.body.split(b"\0")
        pieces[1::2] = [holes.get(name, b"") for name in pieces[1::2]]
        return b"".join(pieces)

    def is_fresh(self) -> bool:
        """Whether nothing in it is too old, which the frame of another release is."""
        is_ours = self.digest.startswith(f"{settings.RELEASE}.")
        return is_ours and time.time() <= self.fresh_until


class _LazyCards(Mapping[str, Card]):
    """The cards of a kept page: read only when the page has to be made anew."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.known: dict[str, Card] | None = None

    def _cards(self) -> dict[str, Card]:
        if self.known is None:
            said = json.loads(self.raw)
            self.known = {name: Card(at, tuple(seen)) for name, (at, seen) in said.items()}
        return self.known

    def __getitem__(self, name: str) -> Card:
        return self._cards()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards())

    def __len__(self) -> int:
        return len(self._cards())
