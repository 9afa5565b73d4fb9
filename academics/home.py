"""The blocks that academics offer to home pages."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from academics.choices import STRUCTURE
from academics.imports.choices import IMPORTS, ImportState
from academics.imports.progress import heard
from academics.models import CourseOffering
from academics.selectors import home as selectors
from academics.selectors import places
from academics.selectors.gaps import incomplete_offerings
from academics.selectors.imports import in_hand
from accounts.choices import Role
from accounts.models import User
from accounts.services.accounts import PEOPLE
from isme.lib import charts, home, statistics, versions
from isme.lib.home import Block
from notifications import activity

STUDENT = frozenset({Role.STUDENT.value})
LECTURER = frozenset({Role.LECTURER.value})
STAFF = frozenset({Role.SUPER_ADMIN.value, Role.OFFICE.value})
FOLDER = "academics/home"
MOST_GAPS, MOST_IMPORTS, MOST_CLASSES = 8, 4, 12
# A reply of somebody else stands here three minutes later at most.
LATEST_SECONDS = 180 - activity.FRESH_SECONDS
Facts = Callable[[Any], dict[str, Any] | None]
OFFERINGS = attrgetter("offerings")

FIGURES: dict[str, tuple[str | Promise, str]] = {
    "courses": (_("Courses"), "/courses/"),
    "classes": (_("Classes this term"), "/classes/"),
    "rooms": (_("Rooms"), "/rooms/"),
    "lecturers": (_("Active lecturers"), "/accounts/users/?role=lecturer&status=active"),
    # The list of people knows who may sign in; who studies is in this report alone.
    "students": (_("Active students"), "/reports/students/?status=active"),
}


def offer() -> None:
    """Put the blocks and their statistics into the registries."""
    statistics.add("academics.gaps", _("What waits for the office"))
    statistics.add("academics.figures", _("The faculty in figures"))
    seen = (STRUCTURE,)
    for block in _blocks(seen):
        home.add(block)


def _blocks(seen: tuple[str, ...]) -> tuple[Block, ...]:
    return (
        _shared("now", _now, 10, home.MAIN, OFFERINGS),
        _own("owes", _owes, 10),
        _own("teaching", _teaching, 100),
        Block("imports", f"{FOLDER}/_imports.html", _imports, 5, home.MAIN, STAFF, (IMPORTS,)),
        Block("gaps", f"{FOLDER}/_gaps.html", _gaps, 10, home.TOP, STAFF, (*seen, PEOPLE)),
        Block("decide", f"{FOLDER}/_decide.html", _decide, 20, home.MAIN, STAFF, seen),
        Block(
            "figures", f"{FOLDER}/_figures.html", _figures, 200, home.MAIN, STAFF, (*seen, PEOPLE)
        ),
        _shared("materials", _materials, 120, home.MAIN, OFFERINGS),
        Block(
            "latest",
            f"{FOLDER}/_latest.html",
            _latest,
            130,
            home.MAIN,
            STUDENT | LECTURER,
            (*seen, activity.VERSION),
            lasts=LATEST_SECONDS,
        ),
        _shared("places", _places, 100, home.SIDE, attrgetter("places")),
        replace(
            _shared("classes", _classes, 100, home.SIDE, attrgetter("classes")), roles=LECTURER
        ),
    )


def _shared(
    name: str, facts: Facts, order: int, place: str, part: Callable[[selectors.Taken], Hashable]
) -> Block:
    """A card that people with the same places have in common: students, if not said otherwise."""
    template = f"{FOLDER}/_{name}.html"
    return Block(
        name, template, facts, order, place, STUDENT, (STRUCTURE,), _taken, part, home.LASTING
    )


def _own(name: str, facts: Facts, order: int) -> Block:
    """A lecturer's card of what they teach: whatever changes it is a change of the structure."""
    template = f"{FOLDER}/_{name}.html"
    seen = (STRUCTURE,)
    return Block(name, template, facts, order, home.MAIN, LECTURER, seen, lasts=home.LASTING)


def _latest(user: User) -> dict[str, Any] | None:
    """What others did in one's courses of this term."""
    mine, hot = places.of(user).now.offerings, home.read_of(user) or {}
    read = (hot.get(versions.key(name)) for name in (STRUCTURE, activity.VERSION))
    words = tuple((word or b"").decode() for word in read)
    rows = activity.latest(user, CourseOffering, mine, for_home=True, words=words)
    return {"entries": rows} if rows else None


def _taken(user: User) -> selectors.Taken:
    return selectors.taken(places.of(user))


def _now(offerings: tuple[int, ...]) -> dict[str, Any]:
    """The course that runs now with its lecturers, and the others that run beside it."""
    found = selectors.running_now(offerings, timezone.localdate())
    if not found:
        return {"now": None, "others": []}
    lecturers = selectors.lecturers_of([found[0].offering.pk])[found[0].offering.pk]
    return {"now": found[0], "others": found[1:], "lecturers": lecturers}


def _places(taken: tuple[tuple[int, ...], tuple[int, ...]]) -> dict[str, Any]:
    return selectors.places(*taken)


def _classes(classes: tuple[int, ...]) -> dict[str, Any] | None:
    """The first classes of the courses that a lecturer teaches."""
    rows = selectors.places(classes, ())["classes"] if classes else []
    return {"classes": rows[:MOST_CLASSES], "more": len(rows) > MOST_CLASSES} if rows else None


def _materials(offerings: tuple[int, ...]) -> dict[str, Any] | None:
    rows = selectors.new_materials(offerings)
    return {"materials": rows} if rows else None


def _owes(user: User) -> dict[str, Any]:
    return {"owes": selectors.lecturer_owes(user.pk)}


def _teaching(user: User) -> dict[str, Any]:
    today = timezone.localdate()
    roles = selectors.lecturer_courses(user.pk)
    return {"teaching": [(role, selectors.running(role.offering, today)) for role in roles]}


def _imports(user: User) -> dict[str, Any] | None:
    """Imports that a worker has (one exchange each), that wait, or that were refused: 1 query."""
    found = list(in_hand(user).order_by("-made_at", "-pk")[: MOST_IMPORTS + 1])
    rows = []
    for job in found[:MOST_IMPORTS]:
        working = job.state in ImportState.at_work()
        done, total = heard(job.pk, job.run) if working else (0, 0)
        rows.append({"job": job, "working": working, "done": done, "total": total})
    return {"imports": rows, "more": len(found) > MOST_IMPORTS} if rows else None


def _gaps(user: User) -> dict[str, Any]:
    gaps = selectors.office_gaps()
    return {"gaps": gaps, "at": datetime.fromtimestamp(gaps["at"], tz=UTC)}


def _decide(user: User) -> dict[str, Any]:
    rows = incomplete_offerings().select_related("course")
    rows = rows.order_by("starts_on", "course__code", "pk")[: MOST_GAPS + 1]
    return {
        "incomplete": list(rows)[:MOST_GAPS],
        "more": len(rows) > MOST_GAPS,
        "has_term": bool(rows) or bool(selectors.office_gaps()["terms"]),
    }


def _figures(user: User) -> dict[str, Any]:
    figures = [
        {
            "label": FIGURES[row["name"]][0],
            "address": FIGURES[row["name"]][1],
            "now": row["now"],
            "trend": row["trend"],
            "spark": charts.spark(row["trend"]),
        }
        for row in selectors.faculty_figures()
    ]
    return {"figures": figures}
