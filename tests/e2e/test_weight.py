"""How much the browser fetches, and whether the page stands still while it comes."""

import gzip
from urllib.parse import urlsplit

import pytest

COLD, WARM = 100_000, 30_000  # bytes over the wire, compressed


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("/accounts/login/", None),
        ("/dashboard/", "student"),
        ("/dashboard/", "super_admin"),
        ("/accounts/profile/", "student"),
        ("/accounts/audit/", "super_admin"),
    ],
)
def test_first_view_is_light_and_the_next_one_lighter(visit, faculty, address, role):
    """Else a student on a slow net waits, or pays: whatever the browser asks for counts."""
    visitor = visit()
    if role:
        visitor.enter(faculty[role])
    answers = []

    def keep(answer) -> None:
        answers.append(answer)

    visitor.page.on("response", keep)
    visitor.page.goto(address, wait_until="networkidle")
    weights = {urlsplit(one.url): len(gzip.compress(one.body())) for one in answers if one.ok}
    # A browser without a screen doesn't fetch the icon of the tab.
    icon = visitor.page.request.get("/static/isme/icon.svg")
    weights.setdefault(urlsplit(icon.url), len(gzip.compress(icon.body())))

    assert {one.netloc for one in weights} == {urlsplit(visitor.page.url).netloc}
    asked_again = sum(n for one, n in weights.items() if not one.path.startswith("/static/"))
    assert sum(weights.values()) <= COLD, weights
    assert asked_again <= WARM, weights
