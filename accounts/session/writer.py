"""Changing who may do what, so that it takes effect at once, whatever the cache is doing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from redis import Redis

from accounts.models import SignInSession, User
from accounts.session import snapshot
from accounts.session.snapshot import TOMBSTONE
from isme.lib import fence, writes
from isme.lib.prepared import Prepared
from isme.lib.redis import RedisAway, evictable


@contextmanager
def changing(user_id: int) -> Iterator[SignInSession]:
    """Lock the person, yield their session row to change; it is saved with a grown epoch.

    1. A tombstone in the cache: readers ask the database and keep nothing.
    2. The transaction, under a lock of the account's row (rivals queue here).
    3. After the commit, before any answer leaves: the key goes away.
    Killed after 2, the tombstone expires and the database is right. A cache that can't be told
    (1 or 3) raises the fence. Raises User.DoesNotExist. Queries: 2, one more for who never had a
    session. No savepoint: what raises in here undoes the whole transaction around it.
    """
    bury(user_id)
    with transaction.atomic(savepoint=False):
        session = _locked(user_id)
        yield session
        session.epoch += 1
        writes.update(session)
        transaction.on_commit(lambda: unbury(user_id))


def _locked(user_id: int) -> SignInSession:
    """The session of the person, whose rows are both locked. Raises User.DoesNotExist."""
    found = _person(pk=user_id)
    if not found:
        raise User.DoesNotExist
    user = found[0]
    session: SignInSession | None = getattr(user, "sign_in_session", None)
    if session is None:
        # Rivals wait for the account's row: nobody else can be making it.
        session = SignInSession.objects.create(user=user)
    session.user = user
    return session


@Prepared
def _person(*, pk: int) -> "QuerySet[User]":
    return User.objects.select_for_update().select_related("sign_in_session").filter(pk=pk)


def bury(user_id: int) -> None:
    """Step 1. Also takes the lease from whoever is filling the snapshot just now."""

    def work(client: Redis) -> object:
        pipeline = client.pipeline(transaction=False)
        pipeline.set(snapshot.key(user_id), TOMBSTONE, ex=settings.TOMBSTONE_SECONDS)
        pipeline.delete(snapshot.lease_key(user_id))
        return pipeline.execute()

    try:
        evictable.ask(work)
    except RedisAway as error:
        fence.raise_fence(f"tombstone of {user_id}: {error}")


def unbury(user_id: int) -> None:
    """Step 3. The lease goes too: a fill that began while the tombstone was evicted is void."""
    keys = [snapshot.key(user_id), snapshot.lease_key(user_id)]
    try:
        evictable.ask(lambda client: client.delete(*keys))
    except RedisAway as error:
        fence.raise_fence(f"end of change of {user_id}: {error}")
