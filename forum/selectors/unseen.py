"""Where somebody reads on."""

from django.db.models import BinaryField, F, Value
from django.db.models.functions import Substr

from accounts.models import User
from forum.choices import PostState
from forum.models import Post, Thread

FEW = 500  # numbers that are looked up one by one


def first_unseen(thread: Thread, user: User, seen: bytes) -> Post | None:
    """The first post in reading order that was on no page of the reader's.

    One query that gives one row, however long the thread is; none when all was seen.
    """
    numbers = thread.newest_number + 1
    # A sign for each number, in bytes: the database would count letters from the start.
    text = f"{int.from_bytes(seen, 'little'):0{numbers}b}"[::-1][:numbers].encode()
    few = text.count(b"0")
    if not few:
        return None
    posts = Post.objects.filter(thread_id=thread.pk, state=PostState.VISIBLE)
    posts = posts.exclude(author_id=user.pk).order_by("path")
    if few <= FEW:
        unseen = [number for number, sign in enumerate(text) if sign == ord("0")]
        return posts.filter(number__in=unseen).first()
    sign = Substr(Value(text), F("number") + 1, 1, output_field=BinaryField())
    return posts.alias(sign=sign).filter(sign=b"0").first()
