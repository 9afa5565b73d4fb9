"""Rooms, terms, courses and offerings of the demo faculty."""

import random

from academics.choices import ModuleKind, TermKind
from academics.demo import plan
from academics.models import (
    AcademicYear,
    Course,
    CourseExpertise,
    CourseOffering,
    Expertise,
    Module,
    Room,
    Term,
)


def seed_rooms() -> None:
    known = set(Room.objects.values_list("code", flat=True))
    rooms = []
    for index, (name, capacity) in enumerate(plan.ROOM_NAMES):
        building = plan.BUILDINGS[index // 10]
        code = f"{building[-1]}{1 + index % 10 // 4}{index % 10 + 1:02}"
        rooms.append(Room(code=code, name=name, building=building, capacity=capacity))
    Room.objects.bulk_create(room for room in rooms if room.code not in known)


def seed_terms() -> list[Term]:
    """The terms of the demo years, oldest first; one becomes active if none is."""
    for first_year in plan.YEARS:
        year, _made = AcademicYear.objects.get_or_create(first_year=first_year)
        for kind in (TermKind.ODD, TermKind.EVEN):
            starts_on, ends_on = plan.term_dates(first_year, kind)
            dates = {"starts_on": starts_on, "ends_on": ends_on}
            Term.objects.get_or_create(year=year, kind=kind, defaults=dates)
    if not Term.objects.filter(is_active=True).exists():
        first_year, kind = plan.ACTIVE
        AcademicYear.objects.update(is_active=False)
        AcademicYear.objects.filter(first_year=first_year).update(is_active=True)
        Term.objects.filter(year__first_year=first_year, kind=kind).update(is_active=True)
    demo = Term.objects.filter(year__first_year__in=plan.YEARS).exclude(kind=TermKind.SHORT)
    return list(demo.select_related("year").order_by("starts_on", "pk"))


def seed_courses(terms: list[Term], seed: int) -> list[CourseOffering]:
    """Courses with what they ask for, and the offerings of each term. Returns the offerings."""
    known = set(Course.objects.values_list("code", flat=True))
    wanted = {course.code: course for course in plan.courses()}
    Course.objects.bulk_create(
        Course(
            code=course.code,
            name=course.name,
            kind=course.kind,
            level=course.level,
            block_no=course.block_no,
            credits=course.credits,
            curriculum_year=plan.CURRICULUM_YEAR,
            curriculum_roles=list(plan.CURRICULUM_ROLES) if course.level else [],
        )
        for course in wanted.values()
        if course.code not in known
    )
    courses = {course.code: course for course in Course.objects.filter(code__in=wanted)}
    _seed_course_expertise([courses[code] for code in wanted if code not in known], seed)
    offerings = [offering for term in terms for offering in _seed_offerings(term, wanted, courses)]
    _seed_modules(offerings, seed)
    return offerings


def _seed_course_expertise(fresh: list[Course], seed: int) -> None:
    known = set(Expertise.objects.values_list("name", flat=True))
    Expertise.objects.bulk_create(
        Expertise(name=name) for name in plan.EXPERTISES if name not in known
    )
    ids = dict(Expertise.objects.filter(name__in=plan.EXPERTISES).values_list("name", "pk"))
    numbers = {course.code: course.expertises for course in plan.courses()}
    rows = []
    for course in fresh:
        chance = random.Random(f"{seed}:{course.code}")  # noqa: S311 (a seed is wanted)
        names = chance.sample(plan.EXPERTISES, numbers[course.code])
        rows += [CourseExpertise(course=course, expertise_id=ids[name]) for name in names]
    CourseExpertise.objects.bulk_create(rows)


def _seed_offerings(
    term: Term, wanted: dict[str, plan.DemoCourse], courses: dict[str, Course]
) -> list[CourseOffering]:
    odd = term.kind == TermKind.ODD
    known = set(CourseOffering.objects.filter(term=term).values_list("course_id", flat=True))
    fresh = []
    for code, planned in wanted.items():
        if planned.level is None or (planned.level % 2 == 1) != odd:
            continue
        starts_on, ends_on, weeks = plan.course_dates(planned, term.starts_on, term.ends_on)
        if courses[code].pk not in known:
            fresh.append(
                CourseOffering(
                    course=courses[code],
                    term=term,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    weeks=weeks,
                )
            )
    CourseOffering.objects.bulk_create(fresh)
    rows = CourseOffering.objects.filter(term=term, course__code__in=wanted)
    return list(rows.select_related("course", "term").order_by("course__code"))


def _seed_modules(offerings: list[CourseOffering], seed: int) -> None:
    known = set(Module.objects.values_list("offering_id", flat=True))
    rows = []
    for offering in offerings:
        if offering.pk in known or offering.course.block_no is None:
            continue
        chance = random.Random(f"{seed}:{offering.course.code}:modules")  # noqa: S311
        titles = chance.sample(plan.MODULE_TITLES, 4)
        for number, title in enumerate(titles, 1):
            rows.append(Module(offering=offering, kind=ModuleKind.PBL, number=number, title=title))
        topic = f"Artikel terbaru: {offering.course.name}"
        rows.append(Module(offering=offering, kind=ModuleKind.JOURNAL, number=1, title=topic))
    Module.objects.bulk_create(rows)
