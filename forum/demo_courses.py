"""Discussions in the forums of the demo faculty's courses that run now."""

import random
from datetime import timedelta

from django.utils import timezone

from academics.models import CourseOffering
from academics.selectors import membership
from accounts.models import User
from forum import demo_texts
from forum.demo import Wish, seed_thread
from forum.services.categories import board_of_course
from isme.lib.hooks import DemoPlan

MOST_WRITERS = 30


def seed_courses(plan: DemoPlan) -> None:
    """Two threads in each: one to read, and a question that waits for a lecturer."""
    chance = random.Random(plan.seed)  # noqa: S311 (a seed is wanted)
    today, now = timezone.localdate(), timezone.now()
    running = CourseOffering.objects.filter(
        term__is_active=True, starts_on__lte=today, ends_on__gte=today
    )
    for offering in running.select_related("course", "term__year").order_by("pk"):
        students = _people(membership.offering_student_ids(offering.pk))
        lecturers = _people(membership.offering_lecturer_ids(offering.pk))
        if not students:
            continue
        board = board_of_course(offering=offering)
        for title, text, is_question, replies, with_lecturers in demo_texts.COURSE_THREADS:
            began = now - timedelta(days=1 + chance.randrange(6), hours=chance.randrange(10))
            writers = [*students, *lecturers] if with_lecturers else students
            wish = Wish(title, text, replies, question=is_question)
            seed_thread(board, chance.choice(students), writers, wish, began, chance)


def _people(ids: membership.Ids) -> list[User]:
    rows = User.objects.filter(pk__in=ids, is_active=True, is_demo=True).order_by("username")
    return list(rows[:MOST_WRITERS])
