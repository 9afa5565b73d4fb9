"""How much the browser fetches before anybody has signed in; of all other pages the crawl says it."""

from tests.e2e.weight import Scales


def test_first_page_of_all_is_light(visit):
    """Else a student on a slow net waits, or pays, before the first letter of a name is typed."""
    page = visit().page
    scales = Scales(page)
    page.goto("/accounts/login/", wait_until="networkidle")
    assert len(scales.answers) >= 4, "the page, its style and its scripts"
    assert scales.problems() == []
