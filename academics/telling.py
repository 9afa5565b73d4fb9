"""What the faculty's structure gives to notices: audiences, terms, and what people forget."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from academics import notices
from academics.choices import STRUCTURE, TeachingKind
from academics.models import CourseOffering, Term
from academics.selectors import membership
from accounts.choices import Role
from notifications import audiences, kinds, reminders, terms
from notifications.audiences import Audience
from notifications.choices import Importance, Topic
from notifications.reminders import Reminder

DAYS_AHEAD = 7


def _first_day(values: kinds.Values) -> kinds.Values:
    day = parse_date(values["starts_on"])
    return {**values, "starts_on": date_format(day, "j F Y") if day else "?"}


NO_SYLLABUS = kinds.Kind(
    name="academics.no_syllabus",
    topic=Topic.ACADEMICS,
    label=_("A course begins soon without its syllabus"),
    title=_("%(course)s has no syllabus yet"),
    body=_("It begins on %(starts_on)s. Upload the syllabus so that students can prepare."),
    link="/courses/%(code)s/",
    icon="book",
    importance=Importance.HIGH,
    present=_first_day,
    roles=notices.TEACHERS,
)
EMPTY_CLASS = kinds.Kind(
    name="academics.empty_class",
    topic=Topic.ACADEMICS,
    label=_("A course begins soon with a class without students"),
    title=_("%(course)s has a class without students"),
    body=_("%(classes)s. It begins on %(starts_on)s."),
    link="/courses/%(code)s/",
    icon="users",
    importance=Importance.HIGH,
    present=_first_day,
    roles=frozenset({Role.OFFICE.value}),
)


def register() -> None:
    notices.register()
    kinds.register(NO_SYLLABUS)
    kinds.register(EMPTY_CLASS)
    reminders.register(NO_SYLLABUS.name, without_syllabus)
    reminders.register(EMPTY_CLASS.name, with_empty_class)
    terms.register(current=_current_term, labels=_term_labels, version=STRUCTURE)
    audiences.register(
        "academics.group", lambda group_id: Q(pk__in=membership.group_student_ids(group_id))
    )
    audiences.register(
        "academics.class", lambda class_id: Q(pk__in=membership.class_member_ids(class_id))
    )
    audiences.register(
        "academics.offering",
        lambda offering_id: Q(pk__in=membership.offering_member_ids(offering_id)),
    )


def _current_term() -> int | None:
    return Term.objects.filter(is_active=True).values_list("pk", flat=True).first()


def _term_labels() -> list[tuple[int, str]]:
    newest = Term.objects.select_related("year").order_by("-starts_on", "-pk")
    return [(term.pk, str(term)) for term in newest[:20]]


def _beginning(day: date) -> "Iterable[CourseOffering]":
    soon = CourseOffering.objects.filter(
        starts_on__gte=day, starts_on__lte=day + timedelta(days=DAYS_AHEAD)
    )
    return soon.select_related("course").order_by("pk")


def _values(offering: CourseOffering) -> dict[str, str]:
    return {
        "course": offering.course.name,
        "code": offering.course.code,
        "starts_on": offering.starts_on.isoformat(),
    }


def without_syllabus(day: date) -> Iterable[Reminder]:
    """To the coordinator of each offering that begins within 7 days without a syllabus."""
    for offering in _beginning(day).filter(syllabus=None).prefetch_related("teaching_roles"):  # type: ignore[attr-defined]
        coordinators = [
            role.lecturer_id
            for role in offering.teaching_roles.all()
            if role.kind == TeachingKind.COORDINATOR
        ]
        to = audiences.people(coordinators) if coordinators else audiences.role(Role.OFFICE)
        yield Reminder(f"offering:{offering.pk}", to, _values(offering))


def with_empty_class(day: date) -> Iterable[Reminder]:
    """To the office, for each offering that begins within 7 days with an empty class."""
    for offering in _beginning(day):
        empty = offering.classes.filter(members=None).order_by("name")
        names = list(empty.values_list("name", flat=True))
        if names:
            values = {**_values(offering), "classes": ", ".join(names)[:300]}
            yield Reminder(f"offering:{offering.pk}", audiences.role(Role.OFFICE), values)


def group(group_id: int) -> Audience:
    return Audience.of("academics.group", group_id=group_id)


def course_class(class_id: int) -> Audience:
    return Audience.of("academics.class", class_id=class_id)


def offering(offering_id: int) -> Audience:
    return Audience.of("academics.offering", offering_id=offering_id)
