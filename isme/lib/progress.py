"""How far a worker is with something long: in the cache, for the eye only; losing it is no harm."""

import json
from collections.abc import Callable
from typing import Any

from isme.lib.redis import RedisAway, evictable

KEPT_SECONDS = 600


def teller(key: str, total: int = 0) -> Callable[[int], None]:
    """A function that tells how many of ``total`` (0: not known yet) are done."""

    def tell(done: int) -> None:
        said = json.dumps([done, total])
        try:
            evictable.ask(lambda client: client.set(f"far:{key}", said, ex=KEPT_SECONDS))
        except RedisAway:
            return

    return tell


def heard(key: str) -> tuple[int, int]:
    """How many are done, and of how many; zeros when nothing is known. One exchange."""
    try:
        said: Any = evictable.ask(lambda client: client.get(f"far:{key}"))
    except RedisAway:
        return 0, 0
    done, total = json.loads(said) if said else (0, 0)
    return int(done), int(total)
