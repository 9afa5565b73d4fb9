"""Drafts: kept while somebody writes, gone when it is posted or discarded."""

import re

from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from forum.models import Draft, ForumCategory, Thread
from isme.lib.transactions import retry_atomic

PLACE = re.compile(r"([ct])([1-9][0-9]{0,17})(?:p[1-9][0-9]{0,17})?")
MOST_DRAFTS = 50
MOST_CHARACTERS = 20_000
DISCARDED_SECONDS = 3600  # how long an undo is possible


class UnknownPlace(Exception):
    """No such category or thread is open to this person."""


@retry_atomic
def save_draft(*, user: User, place: str, title: str, body: str) -> Draft | None:
    """Keep the draft of a place; an empty one is dropped. The oldest go beyond 50.

    Raises UnknownPlace.
    """
    match = PLACE.fullmatch(place)
    if match is None:
        raise UnknownPlace(place)
    title, body = title.replace("\0", "")[:255], body.replace("\0", "")[:MOST_CHARACTERS]
    if not (title.strip() or body.strip()):
        drop_draft(user=user, place=place)
        return None
    targets: dict[str, object] = {"category": None, "thread": None}
    if match[1] == "c":
        targets["category"] = ForumCategory.objects.visible_to(user).filter(pk=match[2]).first()
    else:
        targets["thread"] = Thread.objects.visible_to(user).filter(pk=match[2]).first()
    if not any(targets.values()):
        raise UnknownPlace(place)
    values = {**targets, "title": title, "body": body, "saved_at": timezone.now()}
    row, _created = Draft.objects.update_or_create(user=user, place=place, defaults=values)
    old = Draft.objects.filter(user=user).order_by("-saved_at", "-pk")[MOST_DRAFTS:]
    Draft.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return row


def drop_draft(*, user: User, place: str) -> None:
    Draft.objects.filter(user=user, place=place).delete()


def discard_draft(*, user: User, draft: Draft) -> None:
    """Drop it; for an hour ``restore_draft`` brings it back, as long as the cache holds it."""
    fields = {"place": draft.place, "title": draft.title, "body": draft.body}
    cache.set(_discarded(user, draft.pk), fields, DISCARDED_SECONDS)
    drop_draft(user=user, place=draft.place)


def restore_draft(*, user: User, pk: int) -> bool:
    """Bring back what ``user`` discarded; never over what was written there since.

    False if it can't be brought back any more.
    """
    fields = cache.get(_discarded(user, pk))
    if fields is None or Draft.objects.filter(user=user, place=fields["place"]).exists():
        return False
    try:
        save_draft(user=user, **fields)
    except UnknownPlace:
        return False
    cache.delete(_discarded(user, pk))
    return True


def _discarded(user: User, pk: int) -> str:
    return f"forum:discarded:{user.pk}:{pk}"
