"""Whether somebody may open a thread is the rule of all lists, however its SQL was made."""

import pytest

from academics.selectors import places
from forum.choices import Access
from forum.models import ForumCategory, Thread, ThreadReader
from forum.selectors.threads import thread_for
from forum.services.categories import board_of_class, board_of_course
from forum.services.threads import let_in
from tests.forum import cast
from tests.forum.test_boards import member, offering, teacher

pytestmark = pytest.mark.django_db
__all__ = ["member", "offering", "teacher"]
OWN = ("my_seen", "my_number", "my_follow", "my_version", "has_my_marks")


@pytest.fixture
def threads(member, teacher, offering) -> list[Thread]:
    """In every kind of board: open to all, private, and taken away."""
    boards = [
        cast.category("umum"),
        cast.category("tertutup"),
        cast.category("dosen"),
        board_of_course(offering=offering),
        board_of_class(course_class=offering.classes.get()),
    ]
    made = []
    for number, board in enumerate(boards):
        made += [
            cast.thread(teacher, board),
            cast.thread(member, board),
            cast.thread(teacher, board, is_private=True),
        ]
        Thread.objects.filter(pk=cast.thread(member, board).pk).update(state="deleted")
        opened = cast.thread(teacher, board, is_private=True)
        let_in(opened, [member.pk])
        made.append(opened)
        ThreadReader.objects.filter(thread=made[0], user=member).update(seen_number=number)
    ForumCategory.objects.filter(slug="tertutup").update(is_active=False)
    ForumCategory.objects.filter(slug="dosen").update(student_access=Access.NOTHING)
    return [*made, *Thread.objects.filter(state="deleted")]


@pytest.mark.parametrize("knows_places", [True, False], ids=["places known", "places unknown"])
def test_prepared_rule_is_the_rule(threads, member, teacher, knows_places):
    """Else a thread that every list hides opens by its address, or one's own shows a 404."""
    others = [cast.person(role, role) for role in ("student", "lecturer", "office", "super_admin")]
    seen = {}
    for user in (member, teacher, *others):
        if knows_places:
            places.attach(user, {})
            places.of(user)
        for thread in threads:
            wanted = Thread.objects.visible_to(user).with_reader(user).filter(pk=thread.pk).first()
            found = thread_for(user, thread.pk)
            assert found == wanted, (user.role, thread.category.name, thread.is_private)
            if found is not None:
                assert found.category == wanted.category
                assert [getattr(found, name) for name in OWN] == [
                    getattr(wanted, name) for name in OWN
                ]
        seen[user.username] = sum(thread_for(user, thread.pk) is not None for thread in threads)
    assert seen["super_admin"] > seen["member"] > seen["student"] > 0
