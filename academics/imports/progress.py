"""How far a worker is with an import: in the cache, for the eye only. Losing it costs nothing."""

import json
from collections.abc import Callable

from isme.lib.redis import RedisAway, evictable

KEPT_SECONDS = 600


def _key(import_id: int, run: int) -> str:
    return f"import:{import_id}:{run}"


def teller(import_id: int, run: int, total: int = 0) -> Callable[[int], None]:
    """A function that tells how many rows of ``total`` (0: not known yet) are done."""

    def tell(done: int) -> None:
        said = json.dumps([done, total])
        try:
            evictable.ask(lambda client: client.set(_key(import_id, run), said, ex=KEPT_SECONDS))
        except RedisAway:
            return

    return tell


def heard(import_id: int, run: int) -> tuple[int, int]:
    """Rows done and rows in all; zeros when nothing is known. One exchange."""
    try:
        said = evictable.ask(lambda client: client.get(_key(import_id, run)))
    except RedisAway:
        return 0, 0
    if not said:
        return 0, 0
    done, total = json.loads(said)
    return int(done), int(total)
