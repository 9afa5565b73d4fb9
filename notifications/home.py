"""The block that notifications offer to home pages: what is new."""

from typing import Any

from accounts.choices import Role
from accounts.models import User
from isme.lib import home
from isme.lib.home import Block
from notifications.selectors import inbox

READERS = frozenset({Role.STUDENT.value, Role.LECTURER.value})
MOST_LINES, MOST_ROWS = 4, 20


def offer() -> None:
    """Put the block into the registry. Whatever changes the badge drops the page that has it."""
    home.add(
        Block("notices", "notifications/home/_notices.html", _notices, 105, home.SIDE, READERS)
    )


def _notices(user: User) -> dict[str, Any] | None:
    """The newest lines of the unread, grouped as in the list: 1 query."""
    rows = inbox.older_than(inbox.inbox(user.pk, unread=True), None, MOST_ROWS - 1)
    items = [item for day in inbox.days(rows) for item in day.items][:MOST_LINES]
    return {"items": items} if items else None
