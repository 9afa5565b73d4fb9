"""How far somebody has read the threads of their courses, kept in the cache for home pages.

``fs:{uid}`` reads "places;7:12;9:3;": the thread of number 7 was seen up to its post 12. A look
appends to it after its commit; the larger number counts, so the order in which two looks arrive
is all the same. It is a copy: the database is asked where it is missing or of other places.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from redis import Redis

from academics.selectors.places import Places
from accounts.models import User
from forum.models import ThreadReader
from isme.lib import home, leases
from isme.lib.prepared import Prepared
from isme.lib.redis import RedisAway, evictable

Ids = tuple[int, ...]
# A look that could not be told (the cache being away) leaves a thread unread for so long: then as
# other cards do, it is asked for anew.
KEPT_SECONDS = home.LASTING
MOST_BYTES = 8000  # then it is read anew: each look makes it longer
# Whoever reads it at this moment may not keep what they found.
NOTE = """
local length = redis.call('STRLEN', KEYS[1])
redis.call('UNLINK', KEYS[2])
if length == 0 or length > tonumber(ARGV[2]) then
  return redis.call('UNLINK', KEYS[1])
end
return redis.call('APPEND', KEYS[1], ARGV[1])
"""


def keys(user_id: int) -> list[str]:
    """What ``seen_of`` reads of the cache."""
    return [f"fs:{user_id}"]


def _lease_key(user_id: int) -> str:
    return f"lfs:{user_id}"


def seen_of(user: User, here: Places) -> Mapping[int, int]:
    """The last number that ``user`` saw, by thread; threads never opened are not in it.

    ``here`` are the places of the running term whose boards count. No query where a home page
    has read it (isme.lib.home.attach), else one.
    """
    hot = home.read_of(user)
    if hot is None:
        return dict(_rows(reader=user.pk, offerings=here.offerings, classes=here.classes))
    raw = hot.get(keys(user.pk)[0])
    of = _name_of(here)
    if raw is not None and raw.startswith(of):
        return _numbers(raw)
    token = leases.take(_lease_key(user.pk))
    found = dict(_rows(reader=user.pk, offerings=here.offerings, classes=here.classes))
    text = of + "".join(f"{pk}:{number};" for pk, number in found.items()).encode()
    leases.store(keys(user.pk)[0], _lease_key(user.pk), token, text, seconds=KEPT_SECONDS)
    return found


@Prepared
def _rows(*, reader: int, offerings: Ids, classes: Ids) -> Any:
    mine = Q(thread__category__offering__in=offerings) | Q(
        thread__category__course_class__in=classes
    )
    rows = ThreadReader.objects.filter(mine, user_id=reader, seen_number__isnull=False)
    return rows.order_by().values_list("thread_id", "seen_number")


def _name_of(here: Places) -> bytes:
    places = f"{here.offerings}{here.classes}".encode()
    return f"{hashlib.blake2b(places, digest_size=6).hexdigest()};".encode()


def _numbers(raw: bytes) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in raw.decode().split(";")[1:-1]:
        thread, _colon, number = one.partition(":")
        pk, last = int(thread), int(number)
        if found.get(pk, -1) < last:
            found[pk] = last
    return found


def note_after_commit(user_id: int, thread_id: int, number: int) -> None:
    """Somebody saw a thread up to ``number``. One exchange, after the commit."""

    def work(client: Redis) -> object:
        names = (keys(user_id)[0], _lease_key(user_id))
        return client.eval(NOTE, 2, *names, f"{thread_id}:{number};", MOST_BYTES)

    def tell() -> None:
        try:
            evictable.ask(work)
        except RedisAway:
            return

    transaction.on_commit(tell, robust=True)


def forget_after_commit(user_id: int) -> None:
    """What somebody saw changed in another way than by a look."""
    names = [*keys(user_id), _lease_key(user_id)]
    transaction.on_commit(lambda: leases.drop(names), robust=True)
