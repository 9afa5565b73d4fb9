"""Whom the office may tell something beside roles and levels: those of a class, group or course.

A part of a broadcast's audience keeps the key, by which workers find the people, and the words,
so that a list of broadcasts says whom each was for without asking for every one.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from academics.choices import TermKind
from academics.models import Class, CourseOffering, StudentGroup, Term
from academics.selectors import membership
from isme.lib.keys import row_key
from notifications import audiences
from notifications.audiences import Audience, Finder, Option

MOST_OF_EACH = 8
MOST_WORDS = 5


def _term(term: Term) -> dict[str, str]:
    return {"term": term.kind, "year": term.year.label}


def _of_class(row: Class) -> dict[str, Any]:
    return {"called": row.name, "course": str(row.offering.course), **_term(row.offering.term)}


def _of_group(row: StudentGroup) -> dict[str, Any]:
    name = f"{row.parent.name}: {row.name}" if row.parent else row.name
    return {"called": name, **_term(row.term)}


def _of_offering(row: CourseOffering) -> dict[str, Any]:
    return {"course": str(row.course), **_term(row.term)}


@dataclass(frozen=True)
class Addressees:
    """One sort of them: ``token`` in the form; ``ids`` are the people of a row's key.

    ``looked_at`` are the columns that a search looks at, ``also`` words for the sort itself.
    """

    token: str
    name: str
    model: Any
    joins: tuple[str, ...]
    looked_at: tuple[str, ...]
    also: frozenset[str]
    said: Callable[[Any], dict[str, Any]]
    ids: Callable[[int], Any]

    def rows(self) -> "QuerySet[Any]":
        return self.model.objects.select_related(*self.joins)  # type: ignore[no-any-return]

    def option(self, row: Any) -> Option:
        audience = Audience.of(self.name, key=row.pk, **self.said(row))
        return Option(f"{self.token}:{row.pk}", audience)


CLASS_JOINS = ("offering__course", "offering__term__year")
COURSE_JOINS = ("course", "term__year")
COURSE_WORDS = frozenset({"course", "mata", "kuliah"})
SORTS = (
    Addressees(
        "class",
        "academics.class_students",
        Class,
        CLASS_JOINS,
        ("name", "offering__course__code", "offering__course__name"),
        frozenset({"class", "kelas"}),
        _of_class,
        membership.class_student_ids,
    ),
    Addressees(
        "group",
        "academics.group_students",
        StudentGroup,
        ("term__year", "parent"),
        ("name", "parent__name"),
        frozenset({"group", "kelompok"}),
        _of_group,
        membership.group_student_ids,
    ),
    Addressees(
        "course",
        "academics.course_students",
        CourseOffering,
        COURSE_JOINS,
        ("course__code", "course__name"),
        COURSE_WORDS,
        _of_offering,
        membership.offering_student_ids,
    ),
    Addressees(
        "lecturers",
        "academics.course_lecturers",
        CourseOffering,
        COURSE_JOINS,
        ("course__code", "course__name"),
        COURSE_WORDS | {"dosen", "lecturers"},
        _of_offering,
        membership.offering_lecturer_ids,
    ),
)


def _words(name: str, said: dict[str, Any]) -> str:
    """Whom a part is for, in the language of the reader. No query."""
    kind = said["term"]
    term = f"{TermKind(kind).label if kind in TermKind.values else kind} {said['year']}"
    values = {**said, "term": term}
    texts = {
        "academics.class_students": _("Students of %(course)s, %(called)s, %(term)s"),
        "academics.group_students": _("Students of %(called)s, %(term)s"),
        "academics.course_students": _("Students of %(course)s, %(term)s"),
        "academics.course_lecturers": _("Lecturers of %(course)s, %(term)s"),
    }
    return texts[name] % values


def search(q: str) -> Iterable[Option]:
    """What fits all words of ``q``, of the active term first. Four queries at most.

    A word for the sort itself ("kelompok") narrows nothing, and alone shows some of the sort.
    """
    words = q.casefold().split()[:MOST_WORDS]
    for sort in SORTS:
        wanted = [word for word in words if word not in sort.also]
        rows = sort.rows()
        for word in wanted:
            rows = rows.filter(_any_column(sort.looked_at, word))
        prefix = "offering__" if sort.model is Class else ""
        order = (f"-{prefix}term__is_active", f"-{prefix}term__starts_on", *sort.looked_at, "pk")
        for row in rows.order_by(*order)[:MOST_OF_EACH]:
            yield sort.option(row)


def _any_column(columns: Iterable[str], word: str) -> Q:
    found = Q()
    for column in columns:
        # Codes are exact, and capital letters.
        found |= Q(**{f"{column}__icontains": word.upper() if column.endswith("code") else word})
    return found


def named(tokens: Collection[str]) -> Iterable[Option]:
    """The options of ``tokens``, those that there are. One query for each sort among them."""
    for sort in SORTS:
        keys = [
            key
            for name, _colon, given in (token.partition(":") for token in tokens)
            if name == sort.token and (key := row_key(given)) is not None
        ]
        if keys:
            for row in sort.rows().filter(pk__in=keys):
                yield sort.option(row)


def offer() -> None:
    """Put them into the registry of audiences, and let the office look for them."""
    for sort in SORTS:
        _register(sort)
    audiences.find_among(Finder("academics", search, named))


def _register(sort: Addressees) -> None:
    def rule(key: int, **_said: Any) -> Q:
        return Q(pk__in=sort.ids(key))

    def words(key: int, **said: Any) -> str:
        return _words(sort.name, said)

    audiences.register(sort.name, rule, words)
