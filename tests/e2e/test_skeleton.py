"""Pages that look alike to the rules of accessibility count as one; others never do."""

import pytest

from tests.conftest import LONG
from tests.e2e.conftest import WIDE, inspect
from tests.e2e.skeleton import NEW, Seen

PAGE = '<header>Menu</header><main><ul><li class="a">One</li></ul>{}</main>'
FIELD = '<label for="x">Name</label><input id="x">'


@pytest.fixture
def looked(visit, tmp_path):
    page, seen = visit().page, Seen(tmp_path / "seen")

    def look(body: str) -> bool:
        page.set_content(PAGE.format(body))
        return bool(seen.news(page))

    assert look(FIELD)
    return look


@pytest.mark.parametrize("body", [FIELD, FIELD.replace("Name", "Other")])
def test_same_elements_are_looked_at_once(looked, body):
    """Else the suite takes five minutes longer and is run less often."""
    assert not looked(body)


def test_rows_more_or_less_are_the_same(looked):
    assert looked('<li class="b">Two</li>')
    assert not looked('<li class="b">Two</li>' * 3)


@pytest.mark.parametrize(
    "body",
    [
        FIELD.replace('for="x"', 'for="y"'),  # the label of no field
        FIELD.replace("Name", ""),  # a label that says nothing
        FIELD.replace("<input", '<input class="pale"'),  # perhaps too pale to read
        FIELD.replace("<input", '<input style="color:#ccc"'),
        FIELD + '<i id="x"></i>',  # two of one name
        FIELD.replace("<input", '<input role="none"'),
        FIELD + '<button aria-label=""></button>',
    ],
)
def test_fault_is_never_taken_for_what_was_seen(looked, body):
    """Else a page nobody can use passes, because another one has nearly its elements."""
    assert looked(body)


PALE = '<p style="color: #bbb; background: #fff">Pale</p>'


@pytest.mark.parametrize(
    ("frame", "body"), [("{}", PALE), (PALE + "{}", FIELD)], ids=["body", "frame"]
)
def test_pale_words_are_found_in_what_is_new(visit, tmp_path, frame, body):
    """Else nobody with weak eyes reads the words, once half of the page was seen elsewhere."""
    visitor, seen = visit(), Seen(tmp_path / "seen")
    for known in (PAGE.format(FIELD), PAGE.format("<p>Other</p>")):
        visitor.page.set_content(known)
        assert not pale(inspect(visitor, "", seen))
    visitor.page.set_content(frame.format(PAGE.format(body)))
    assert len(pale(inspect(visitor, "", seen))) == 2  # in both widths
    assert pale(inspect(visitor, "", seen)) == []  # once


GREY = '<section style="background: {}"><p style="color: #666">Pale</p></section>'


def test_known_words_are_asked_about_again_on_another_ground(visit, tmp_path):
    """Else what can be read on white is taken for good on grey."""
    visitor, seen = visit(), Seen(tmp_path / "seen")
    visitor.page.set_content(PAGE.format(GREY.format("#fff")))
    assert pale(inspect(visitor, "", seen)) == []
    visitor.page.set_content(PAGE.format(GREY.format("#999")))
    assert len(pale(inspect(visitor, "", seen))) == 2


CHOSEN = """
    <style>section:not(:has(:checked)) p { display: none }</style>
    <section><label><input type="checkbox"> Choose</label>PALE</section>
"""


def test_words_that_were_hidden_are_asked_about_when_they_are_seen(visit, tmp_path):
    """Else what appears with the first chosen row was never judged, and never is."""
    visitor, seen = visit(), Seen(tmp_path / "seen")
    chosen = CHOSEN.replace("PALE", PALE)
    visitor.page.set_content(PAGE.format(chosen))
    assert pale(inspect(visitor, "", seen)) == []
    visitor.resize(WIDE)
    visitor.page.set_content(PAGE.format("<p>Other</p>" + chosen))
    visitor.page.check("[type=checkbox]")
    assert len(pale(inspect(visitor, "", seen))) == 2


@pytest.mark.skipif(LONG, reason="--all asks about all of them")
def test_words_on_a_known_ground_are_not_asked_about_on_another_page(visit, tmp_path):
    """Else the suite takes a minute longer."""
    visitor, seen = visit(), Seen(tmp_path / "seen")
    visitor.page.set_content(PAGE.format(PALE + FIELD))
    assert len(pale(inspect(visitor, "", seen))) == 2
    visitor.page.set_content(PAGE.format(PALE + "<p>Other</p>" + FIELD))
    assert seen.news(visitor.page) == f"[{NEW}]"
    assert visitor.page.locator(f"[{NEW}]").all_inner_texts() == ["Other"]


def pale(problems: list[str]) -> list[str]:
    return [one for one in problems if "color-contrast" in one and "Pale" in one]
