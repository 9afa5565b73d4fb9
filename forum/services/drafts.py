"""Drafts: kept while somebody writes, gone when it is posted or discarded."""

import re
from collections.abc import Mapping

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from forum.models import Draft, ForumCategory, Thread
from isme.lib.transactions import retry_atomic

PLACE = re.compile(r"([ct])([1-9][0-9]{0,17})(?:p[1-9][0-9]{0,17})?")
MOST_DRAFTS = 50
MOST_CHARACTERS = 20_000
# What is kept besides title and text: a tick above all. Who wrote anonymously yesterday and
# sends it today under their name can't take that back.
OF_REPLY = ("is_anonymous",)
OF_THREAD = (*OF_REPLY, "is_question", "is_private", "tags", "allowed", "closes_at")
TYPED = ("tags", "allowed")
DISCARDED_SECONDS = 3600  # how long an undo is possible


class UnknownPlace(Exception):
    """No such category or thread is open to this person."""


def _text(value: str, most: int = MOST_CHARACTERS) -> str:
    """As it is kept: with the line ends that a script sends, whoever sent it."""
    return value.replace("\0", "").replace("\r\n", "\n")[:most]


@retry_atomic
def save_draft(*, user: User, place: str, typed: Mapping[str, str]) -> Draft | None:
    """Keep what was ``typed`` at a place; nothing drops the draft. The oldest go beyond 50.

    Raises UnknownPlace.
    """
    match = PLACE.fullmatch(place)
    if match is None:
        raise UnknownPlace(place)
    title, body = _text(typed.get("title", ""), 255), _text(typed.get("body", ""))
    names = OF_THREAD if match[1] == "c" else OF_REPLY
    details = {name: _text(typed[name]) for name in names if typed.get(name)}
    words = (title, body, *(details.get(name, "") for name in TYPED))
    if not any(word.strip() for word in words):
        drop_draft(user=user, place=place)
        return None
    targets: dict[str, object] = {"category": None, "thread": None}
    if match[1] == "c":
        targets["category"] = ForumCategory.objects.visible_to(user).filter(pk=match[2]).first()
    else:
        targets["thread"] = Thread.objects.visible_to(user).filter(pk=match[2]).first()
    if not any(targets.values()):
        raise UnknownPlace(place)
    values = {
        **targets,
        "title": title,
        "body": body,
        "details": details,
        "saved_at": timezone.now(),
    }
    row, _created = Draft.objects.update_or_create(user=user, place=place, defaults=values)
    old = Draft.objects.filter(user=user).order_by("-saved_at", "-pk")[MOST_DRAFTS:]
    Draft.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return row


def drop_draft(*, user: User, place: str) -> None:
    Draft.objects.filter(user=user, place=place).delete()


def drop_sent(*, user: User, thread_id: int, place: str, body: str) -> None:
    """Drop what was sent: also where it was kept before it became the answer to another post."""
    here = Q(place=place) | Q(body=_text(body))
    Draft.objects.filter(here, user=user, thread_id=thread_id).delete()


def discard_draft(*, user: User, draft: Draft) -> None:
    """Drop it; for an hour ``restore_draft`` brings it back, as long as the cache holds it."""
    fields = {"place": draft.place, "typed": draft.first}
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
