"""One person's inbox, as the list shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from isme.lib.prepared import Prepared
from notifications.choices import Importance, Topic
from notifications.kinds import kind_or_unknown, known_kinds, words_of
from notifications.models import Notice, Notification

COLUMNS = ("pk", "kind", "created_at", "read_at", "about", "values")
TONES = {
    Importance.LOW: "note__icon--quiet",
    Importance.HIGH: "note__icon--sun",
    Importance.CRITICAL: "note__icon--brick",
}


@dataclass
class Item:
    """One line of the list: a notification, or several about one thing that read as one."""

    pk: int
    title: str
    body: str
    link: str
    icon: str
    tone: str
    clock: str
    is_new: bool
    day: date
    others: list["Item"] = field(default_factory=list)
    html: str = ""


@dataclass
class Day:
    label: str
    date: str
    items: list[Item]


def inbox(
    person_id: int, *, unread: bool = False, kind: str = "", term: int | None = None
) -> "QuerySet[Notification, Any]":
    """What stands in the inbox of ``person_id``; ``kind`` is a topic or the name of a kind."""
    rows = Notification.objects.filter(person_id=person_id, deleted_at=None)
    if unread:
        rows = rows.filter(read_at=None)
    if kind:
        rows = rows.filter(kind__in=_names(kind))
    if term is not None:
        rows = rows.filter(term_id=term)
    return _with_notices(rows)


def _with_notices(rows: "QuerySet[Notification]") -> "QuerySet[Notification, Any]":
    """What a line shows. Each notice is looked up when its line is sent.

    Not by a join: MariaDB may begin with the notices, and read and sort a whole inbox for a page.
    """
    notice = Notice.objects.filter(pk=OuterRef("notice_id"))
    rows = rows.annotate(
        about=Subquery(notice.values("about")), values=Subquery(notice.values("values"))
    )
    return rows.values_list(*COLUMNS)


def _names(kind: str) -> list[str]:
    if kind in Topic.values:
        return [known.name for known in known_kinds() if known.topic == kind]
    return [kind]


def is_filter(kind: str) -> bool:
    """Whether the list can be filtered by ``kind``."""
    return kind in Topic.values or any(known.name == kind for known in known_kinds())


class Wanted(NamedTuple):
    """What of an inbox is asked for; ``kind`` is a topic or the name of a kind, or ""."""

    unread: bool = False
    kind: str = ""
    term: int | None = None


def older_than(person_id: int, wanted: Wanted, before: int | None, number: int) -> list[Any]:
    """Return ``number`` rows and one more if there are older ones: one query."""
    values = {"person": person_id}
    if before is not None:
        values["before"] = before
    if wanted.term is not None:
        values["of_term"] = wanted.term
    return _older_than(wanted.unread, wanted.kind, number + 1, **values)


@Prepared
def _older_than(  # noqa: PLR0913 (all that is asked for)
    unread: bool,
    kind: str,
    number: int,
    *,
    person: int,
    before: int | None = None,
    of_term: int | None = None,
) -> Any:
    rows = inbox(person, unread=unread, kind=kind, term=of_term)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-pk")[:number]


@Prepared
def newest_unread(number: int, *, person: int) -> Any:
    """The rows of the inbox of ``person`` that home pages show: one query."""
    return inbox(person, unread=True).order_by("-pk")[:number]


def days(rows: Iterable[Sequence[Any]]) -> list[Day]:
    """The rows as lines, newest first, under the day of each. No queries.

    Rows of one kind about the same thing on one day become one line; its others stand in it.
    """
    today = timezone.localdate()
    found: dict[date, Day] = {}
    groups: dict[tuple[date, str, str], tuple[Item, Any]] = {}
    for row in rows:
        item, about, kind, values = _item(row)
        day = found.get(item.day)
        if day is None:
            day = found[item.day] = Day(_day_label(item.day, today), _long(item.day), [])
        same = groups.get((item.day, kind, about)) if about else None
        if same is None or kind_or_unknown(kind).grouped is None:
            groups[(item.day, kind, about)] = (item, values)
            day.items.append(item)
        else:
            same[0].others.append(item)
            same[0].is_new = same[0].is_new or item.is_new
    for (_day, kind, _about), (item, values) in groups.items():
        _name_group(kind, item, values)
    return list(found.values())


def _name_group(kind: str, item: Item, values: Any) -> None:
    """Give a line that stands for several the title of many; its newest becomes one of them."""
    if not item.others:
        return
    newest = Item(**{**item.__dict__, "others": []})
    try:
        item.title = kind_or_unknown(kind).title_of_many(values, len(item.others) + 1)
    except (KeyError, TypeError, ValueError):
        return
    item.others.insert(0, newest)
    item.body = ""


def _item(row: Sequence[Any]) -> tuple[Item, str, str, Any]:
    pk, name, created_at, read_at, about, values = row
    kind = kind_or_unknown(name)
    words = words_of(name, values)
    local: datetime = timezone.localtime(created_at)
    item = Item(
        pk=pk,
        title=words.title,
        body=words.body,
        link=words.link,
        icon=kind.icon,
        tone=TONES.get(kind.importance, ""),
        clock=f"{local:%H.%M}",
        is_new=read_at is None,
        day=local.date(),
    )
    return item, about, name, values


def _day_label(day: date, today: date) -> str:
    ago = (today - day).days
    if ago == 0:
        return _("Today")
    return _("Yesterday") if ago == 1 else ""


def _long(day: date) -> str:
    return date_format(day, "l, j F Y")


def one(person_id: int, pk: int) -> Any:
    """The row of one notification of this person, deleted or not; None if it isn't theirs."""
    rows = Notification.objects.filter(person_id=person_id, pk=pk)
    return _with_notices(rows).values_list(*COLUMNS, "deleted_at").first()
