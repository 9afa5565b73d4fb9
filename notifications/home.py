"""The blocks that notifications offer to home pages: what is new, and what goes out."""

from typing import Any

from accounts.choices import Role
from accounts.models import User
from isme.lib import home
from isme.lib.home import Block
from notifications.choices import BROADCASTS
from notifications.selectors import badge, inbox, sent

READERS = frozenset({Role.STUDENT.value, Role.LECTURER.value})
STAFF = frozenset({Role.SUPER_ADMIN.value, Role.OFFICE.value})
FOLDER = "notifications/home"
MOST_LINES, MOST_ROWS = 4, 20


def offer() -> None:
    """Put the blocks into the registry. Whatever changes the badge has the card made anew."""
    home.add(
        Block(
            badge.CARD,
            f"{FOLDER}/_notices.html",
            _notices,
            105,
            home.SIDE,
            READERS,
            lasts=home.LASTING,
        )
    )
    seen = (BROADCASTS,)
    home.add(
        Block("broadcasts", f"{FOLDER}/_broadcasts.html", _broadcasts, 7, home.MAIN, STAFF, seen)
    )


def _notices(user: User) -> dict[str, Any] | None:
    """The newest lines of the unread, grouped as in the list: 1 query.

    The bell of the page learns from the same how many there are, and knows it for as long.
    """
    hot, bell = home.read_of(user), badge.key(user.pk)
    if hot is not None and bell in hot:
        unread, rows = badge.with_lines(user.pk)
        hot[bell] = unread.to_bytes()
    else:
        rows = inbox.newest_unread(MOST_ROWS, person=user.pk)
    items = [item for day in inbox.days(rows[:MOST_ROWS]) for item in day.items][:MOST_LINES]
    return {"items": items} if items else None


def _broadcasts(user: User) -> dict[str, Any] | None:
    """Broadcasts that go out now or later: 1 query."""
    rows = list(sent.unfinished().order_by("send_at", "pk")[:MOST_LINES])
    return {"broadcasts": rows} if rows else None
