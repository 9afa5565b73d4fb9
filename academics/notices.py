"""The kinds of notices about the faculty's structure, and the people of a promotion.

Who is told of what, and when, is services/tell.py; what people forget is telling.py.
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from academics.choices import TeachingKind, TermKind
from academics.imports.choices import ImportKind
from academics.models import PromotionEntry
from academics.rules import STAFF
from accounts.choices import Role, StudentStatus
from notifications import audiences, kinds
from notifications.audiences import Audience
from notifications.choices import Channel, Importance, Topic

PROMOTED = "academics.promoted"  # the audience
STUDENTS = frozenset({Role.STUDENT.value})
TEACHERS = STAFF | {Role.LECTURER.value}  # some of the office teach
FAILED = {
    "read": _("The file can't be read. Nothing was changed."),
    "save": _("The data changed since the preview, so nothing was saved. Check it again."),
    "undo": _("It can't be undone any more, because something hangs on it."),
}


def _term(values: kinds.Values) -> kinds.Values:
    """The term in the reader's language."""
    kind = values["term"]
    label = TermKind(kind).label if kind in TermKind.values else "?"
    return {**values, "term": f"{label} {values['year']}"}


def _role(values: kinds.Values) -> kinds.Values:
    role = values["role"]
    label = TeachingKind(role).label if role in TeachingKind.values else role
    return {**_term(values), "role": label}


def _import(values: kinds.Values) -> kinds.Values:
    kind = values["what"]
    return {**values, "what": ImportKind(kind).label if kind in ImportKind.values else kind}


def _failure(values: kinds.Values) -> kinds.Values:
    return {**values, "why": FAILED.get(values["why"], "")}


IMPORT_DONE = kinds.Kind(
    name="academics.import_done",
    topic=Topic.ACADEMICS,
    label=_("My import is saved"),
    title=_("Imported: %(file)s"),
    body=_("%(what)s: %(new)s new, %(changed)s changed."),
    link="/people/import/%(import_id)s/",
    icon="upload",
    present=_import,
    roles=STAFF,
)
IMPORT_UNDONE = kinds.Kind(
    name="academics.import_undone",
    topic=Topic.ACADEMICS,
    label=_("My import is undone"),
    title=_("Import undone: %(file)s"),
    body=_("%(what)s: everything is as it was before."),
    link="/people/import/%(import_id)s/",
    icon="undo",
    present=_import,
    roles=STAFF,
)
IMPORT_FAILED = kinds.Kind(
    name="academics.import_failed",
    topic=Topic.ACADEMICS,
    label=_("My import needs me"),
    title=_("The import needs you: %(file)s"),
    body="%(why)s",
    link="/people/import/%(import_id)s/",
    icon="alert",
    importance=Importance.HIGH,
    present=_failure,
    roles=STAFF,
)
GROUP = kinds.Kind(
    name="academics.group_assigned",
    topic=Topic.ACADEMICS,
    label=_("I get a place in a group"),
    title=_("You are in the group %(group)s"),
    body="%(term)s",
    link="/groups/%(group_id)s/",
    icon="groups",
    grouped=ngettext_lazy(
        "%(count)d new place in a group", "%(count)d new places in groups", "count"
    ),
    present=_term,
    roles=STUDENTS,
)
CLASS = kinds.Kind(
    name="academics.class_assigned",
    topic=Topic.ACADEMICS,
    label=_("I get a place in a class"),
    title=_("You are in the class %(class_name)s of %(course)s"),
    body="%(term)s",
    link="/classes/%(class_id)s/",
    icon="class",
    grouped=ngettext_lazy(
        "%(count)d new place in a class", "%(count)d new places in classes", "count"
    ),
    present=_term,
    roles=STUDENTS,
)
GROUP_LEFT = kinds.Kind(
    name="academics.group_left",
    topic=Topic.ACADEMICS,
    label=_("I lose a place in a group"),
    title=_("You are no longer in the group %(group)s"),
    body="%(term)s",
    link="/groups/",
    icon="groups",
    importance=Importance.HIGH,
    present=_term,
    roles=STUDENTS,
)
CLASS_LEFT = kinds.Kind(
    name="academics.class_left",
    topic=Topic.ACADEMICS,
    label=_("I lose a place in a class"),
    title=_("You are no longer in the class %(class_name)s of %(course)s"),
    body="%(term)s",
    link="/classes/",
    icon="class",
    importance=Importance.HIGH,
    present=_term,
    roles=STUDENTS,
)
GROUPS = kinds.Kind(
    name="academics.groups_changed",
    topic=Topic.ACADEMICS,
    label=_("The groups are divided anew"),
    title=_("Your groups have changed"),
    body=_("%(term)s: see where you sit now."),
    link="/groups/",
    icon="groups",
    present=_term,
    roles=STUDENTS,
)
CLASSES = kinds.Kind(
    name="academics.classes_changed",
    topic=Topic.ACADEMICS,
    label=_("The class lists are filled"),
    title=_("Your classes have changed"),
    body=_("%(term)s: see where you sit now."),
    link="/classes/",
    icon="class",
    present=_term,
    roles=STUDENTS,
)
ROLE = kinds.Kind(
    name="academics.role_given",
    topic=Topic.ACADEMICS,
    label=_("I get a role in a course"),
    title="%(role)s: %(course)s",
    body=_("This is your role in the course. %(term)s."),
    link="/courses/%(code)s/",
    icon="book",
    importance=Importance.HIGH,
    channels=frozenset({Channel.EMAIL}),
    present=_role,
    roles=TEACHERS,
)
ROLE_TAKEN = kinds.Kind(
    name="academics.role_taken",
    topic=Topic.ACADEMICS,
    label=_("I lose a role in a course"),
    title=_("No longer your role: %(role)s, %(course)s"),
    body=_("You don't have this role in the course any more. %(term)s."),
    link="/courses/%(code)s/",
    icon="book",
    importance=Importance.HIGH,
    channels=frozenset({Channel.EMAIL}),
    present=_role,
    roles=TEACHERS,
)
TERM = kinds.Kind(
    name="academics.term_active",
    topic=Topic.ACADEMICS,
    label=_("Another term is active"),
    title=_("The active term is now %(term)s"),
    body=_("%(courses)s courses are offered in it."),
    link="/courses/",
    icon="clock",
    present=_term,
)
LEVEL = kinds.Kind(
    name="academics.level_up",
    topic=Topic.ACADEMICS,
    label=_("I am promoted to the next level"),
    title=_("You are in study level %(level)s now"),
    body=_("From the term %(term)s on."),
    link="/accounts/profile/",
    icon="chart",
    importance=Importance.HIGH,
    present=_term,
    roles=STUDENTS,
)
GRADUATED = kinds.Kind(
    name="academics.graduated",
    topic=Topic.ACADEMICS,
    label=_("I have graduated"),
    title=_("You have graduated"),
    body=_("You have finished the last study level. Congratulations!"),
    link="/accounts/profile/",
    icon="check",
    importance=Importance.HIGH,
    channels=frozenset({Channel.EMAIL}),
    roles=STUDENTS,
)
PROMOTION_DONE = kinds.Kind(
    name="academics.promotion_done",
    topic=Topic.ACADEMICS,
    label=_("The students are promoted"),
    title=_("The students are promoted into %(term)s"),
    body=_("%(promoted)s went up a level, %(graduated)s graduated."),
    link="/terms/",
    icon="groups",
    present=_term,
    roles=STAFF,
)
PROMOTION_UNDONE = kinds.Kind(
    name="academics.promotion_reverted",
    topic=Topic.ACADEMICS,
    label=_("A promotion is taken back"),
    title=_("The promotion into %(term)s is taken back"),
    body=_("Study levels and groups are as they were before it."),
    link="/",
    icon="undo",
    importance=Importance.HIGH,
    present=_term,
    roles=STUDENTS | STAFF,
)
KINDS = (
    IMPORT_DONE,
    IMPORT_UNDONE,
    IMPORT_FAILED,
    GROUP,
    CLASS,
    GROUP_LEFT,
    CLASS_LEFT,
    GROUPS,
    CLASSES,
    ROLE,
    ROLE_TAKEN,
    TERM,
    LEVEL,
    GRADUATED,
    PROMOTION_DONE,
    PROMOTION_UNDONE,
)


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)
    audiences.register(PROMOTED, _promoted)


def _promoted(run_id: int, level: int | None = None, graduated: bool = False) -> Q:
    """Everybody whom a promotion changed, or those who came to ``level``, or who graduated."""
    entries = PromotionEntry.objects.filter(run_id=run_id)
    if graduated:
        entries = entries.filter(to_status=StudentStatus.GRADUATED)
    elif level is not None:
        entries = entries.filter(to_level=level).exclude(to_status=StudentStatus.GRADUATED)
    return Q(pk__in=entries.values("student_id"))


def promoted(run_id: int, **which: int | bool) -> Audience:
    return Audience.of(PROMOTED, run_id=run_id, **which)


# What is read with the page that shows it: one's own level, and the office's terms.
OF_PROFILE = (LEVEL.name, GRADUATED.name, PROMOTION_UNDONE.name)
OF_TERMS = (PROMOTION_DONE.name, PROMOTION_UNDONE.name)


def term(term_id: int) -> str:
    """What the notice that another term is active is about."""
    return f"term:{term_id}"


def classes_of_term(term_id: int) -> str:
    """What notices about places in classes are about; so a term's read as one."""
    return f"classes-of:{term_id}"


def groups_of_term(term_id: int) -> str:
    return f"groups-of:{term_id}"
