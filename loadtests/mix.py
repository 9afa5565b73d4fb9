"""What a day at the faculty asks for: the mix of pages, and who asks. The one place to change it.

Shares are percent of all requests. Writes and sign-ins stand in it with what they are of a day,
not of the first minute.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One kind of request. ``paths`` may hold {thread}, {course}; drawn anew each time."""

    name: str
    share: float
    paths: tuple[str, ...]
    fragment: bool = False  # htmx asks for it
    writes: bool = False


MIX = (
    Step("home", 45, ("/dashboard/",)),
    Step("badge", 20, ("/notifications/count/",), fragment=True),
    Step(
        "courses, classes, lists",
        14,
        ("/courses/", "/courses/{course}/", "/classes/", "/groups/", "/rooms/", "/forum/"),
    ),
    Step("thread", 10, ("/forum/t/{thread}/",)),
    Step("notices", 8, ("/notifications/", "/notifications/?unread=1")),
    Step("people and search", 2, ("/search/?q=an", "/accounts/profile/")),
    Step("reply", 0.7, ("/forum/t/{thread}/reply/",), writes=True),
    Step("sign-in", 0.3, ("/accounts/login/",), writes=True),
)

# Who they are, in percent; one office account, because each person has one device.
ROLES = {"student": 93, "lecturer": 7}
THINK_SECONDS = (5, 10)

# What the report judges; "(500)" is what the faculty's plan asked for.
ALL_P95_MS, HOME_P95_MS, THREAD_P95_MS = 100, 60, 120
BUSY_P95_MS = 500  # what still counts as carrying so many people
HIT_RATE_PERCENT = 95
QUERIES_PER_10_000 = 4000
MEMORY_MB = 2048  # of all parts, without the database's buffer pool


def total() -> float:
    return sum(step.share for step in MIX)
