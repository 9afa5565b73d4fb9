"""Categories: made by the office, or by the first visit to a course's or a class's board."""

from copy import copy

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from academics.errors import Outdated
from academics.models import Class, CourseOffering
from accounts.models import User
from forum import rules
from forum.choices import BOARDS, FORUM, Colour
from forum.errors import NotAllowed
from forum.models import ForumCategory
from forum.selectors.boards import free_slug
from forum.services import events
from isme.lib import audit, versions
from isme.lib.transactions import retry_atomic

NAME_CHARACTERS = 100
TRIES = 3  # at a free address


def _bump() -> None:
    """Another board is another list of boards, and other threads for home pages."""
    for name in (BOARDS, FORUM):
        versions.bump(name)


@retry_atomic
def save_category(*, actor: User, category: ForumCategory) -> ForumCategory:
    """Keep a new or changed category; a new one is told to those who may read it.

    Raises NotAllowed.
    """
    if not rules.can_moderate(actor):
        raise NotAllowed
    is_new = category.pk is None
    if not is_new:
        category.version += 1  # who has its form open is told
    category.save()
    verb = "forum.category_made" if is_new else "forum.category_changed"
    audit.record(verb, actor_id=actor.pk, subject=f"forum_category:{category.pk}")
    _bump()
    if is_new:
        events.category_made(category, actor.pk)
    return category


@retry_atomic
def change_category(*, actor: User, category: ForumCategory, version: int) -> ForumCategory:
    """Keep ``category`` as it was changed by who saw it at ``version``; locks its row.

    Raises NotAllowed, and Outdated when somebody else changed it since.
    """
    now = ForumCategory.objects.select_for_update().get(pk=category.pk)
    if now.version != version:
        raise Outdated(_("Somebody else changed this while you were typing."))
    return save_category(actor=actor, category=category)


@retry_atomic
def make_category(*, actor: User, category: ForumCategory) -> ForumCategory:
    """Keep a new category at an address made of its name. Two of one name at once: two addresses.

    Raises NotAllowed.
    """
    for remaining in range(TRIES - 1, -1, -1):
        row = copy(category)
        row.slug = free_slug(row.name)
        try:
            with transaction.atomic():
                return save_category(actor=actor, category=row)
        except IntegrityError:
            if not remaining:
                raise
    raise AssertionError("the last try returns or raises")


@retry_atomic
def board_of_course(*, offering: CourseOffering) -> ForumCategory:
    """The course's category, made now if nobody came before. Two visitors at once: one board."""
    made, created = ForumCategory.objects.get_or_create(
        offering=offering,
        defaults={
            "name": f"{offering.course.name} ({offering.term})"[:NAME_CHARACTERS],
            "slug": f"mk-{offering.pk}",
            "icon": "book",
            "colour": Colour.SKY,
            "order": 60,
        },
    )
    if created:
        _bump()
    return made


@retry_atomic
def board_of_class(*, course_class: Class) -> ForumCategory:
    """The class's category, made now if nobody came before."""
    offering = course_class.offering
    made, created = ForumCategory.objects.get_or_create(
        course_class=course_class,
        defaults={
            "name": f"{offering.course.name}, {course_class.name}"[:NAME_CHARACTERS],
            "slug": f"kelas-{course_class.pk}",
            "icon": "groups",
            "colour": Colour.SUN,
            "order": 70,
        },
    )
    if created:
        _bump()
    return made
