"""What is written in the board of a course stands in the stream of that course."""

from forum.models import Post, Thread
from notifications import activity


def note_activity(verb: str, thread: Thread, post: Post) -> None:
    """Who writes under a pseudonym leaves no trace. One query for the board, one to note it."""
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
