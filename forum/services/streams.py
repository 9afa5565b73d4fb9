"""What is written in the board of a course stands in the stream of that course."""

from forum.models import ForumCategory, Post, Thread
from notifications import activity


def category_with_course(pk: int) -> ForumCategory:
    """The category and the course whose board it is, if it is one: one query."""
    return ForumCategory.objects.select_related("offering", "course_class__offering").get(pk=pk)


def note_activity(verb: str, thread: Thread, post: Post) -> None:
    """Who writes under a pseudonym leaves no trace. One statement and a savepoint.

    And up to two for the course, unless the category came by ``category_with_course``.
    """
    category = thread.category
    course = category.offering
    if course is None and category.course_class:
        course = category.course_class.offering
    if course is not None and post.pseudonym is None:
        activity.record(
            by=post.author_id,
            verb=verb,
            what=thread,
            course=course,
            title=thread.title,
            at_once=post.number == 0,
        )
