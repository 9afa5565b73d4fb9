"""A text on its way into a post: cleaned, measured, rendered."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from forum import markup
from forum.errors import Empty, ForumError, TooLong

MOST_REPLY_CHARACTERS = 5000
MOST_OPENING_CHARACTERS = 10_000


@dataclass(frozen=True)
class Written:
    """A text as it is kept, its HTML, and whom it mentions (ids)."""

    body: str
    html: str
    mentioned: tuple[int, ...]


def write(text: str, *, most: int = MOST_REPLY_CHARACTERS) -> Written:
    """One query when somebody is mentioned, else none.

    Raises Empty, TooLong, or ForumError for what would become far too much HTML.
    """
    body = markup.clean_source(text)
    if not body:
        raise Empty
    if len(body) > most:
        raise TooLong(most)
    found: list[int] = []

    def people(usernames: list[str]) -> dict[str, str]:
        rows = User.objects.filter(username__in=usernames, is_active=True)
        named = {}
        for pk, username, name in rows.values_list("pk", "username", "name"):
            found.append(pk)
            named[username] = name
        return named

    try:
        html = markup.render(body, people)
    except markup.TooComplex:
        raise ForumError(
            _("This text has too many brackets or marks to be shown. Make it simpler.")
        ) from None
    if not markup.plain(html) and "<hr" not in html:
        raise Empty
    return Written(body=body, html=html, mentioned=tuple(found))


def mentioned_in(body: str) -> set[int]:
    """Whom a text that was kept mentions. One query when there is an @ in it, else none."""
    names = markup.mentions(body)
    people = User.objects.filter(username__in=names) if names else User.objects.none()
    return set(people.values_list("pk", flat=True))
