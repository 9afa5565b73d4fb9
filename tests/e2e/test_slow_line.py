"""A page that arrives piece by piece: what is drawn of it stays where it is."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, WIDE, Visitor
from tests.e2e.test_pages import INTERNAL_LINKS, is_known, is_page, kind_of
from tests.e2e.views import ROLES
from tests.factories import academics as make
from tests.forum import cast

SLOWLY = {
    "offline": False,
    "latency": 0,  # ms
    "downloadThroughput": 40_000,  # bytes a second
    "uploadThroughput": 90_000,
}


def slow_down(visitor: Visitor, line: dict[str, object]) -> None:
    """Also not packed: in many pieces, as from a server that is far away."""
    visitor.slow_down(line)
    visitor.context.set_extra_http_headers({"Accept-Encoding": "identity"})


def test_no_row_of_a_long_table_jumps(visit, faculty):
    """Else one presses the row that has just moved under the pointer."""
    for number in range(50):
        make.RoomFactory(code=f"R{number:02}", name="Ruang" + number // 5 * " tutorial")
    visitor = visit()
    visitor.enter(faculty["office"])
    visitor.open("/rooms/")
    slow_down(visitor, {**SLOWLY, "downloadThroughput": 20_000})
    visitor.open("/rooms/")
    expect(visitor.page.locator("main tbody tr")).to_have_count(50)
    assert visitor.shifts() == []


# The page that is open, written anew: a frame is drawn before each element of its middle.
PIECE_BY_PIECE = """
    async () => {
        const whole = await (await fetch(location.href)).text()
        const frame = () => new Promise(requestAnimationFrame)
        const [before, middle, after] = whole.split(/(<main[^]*<\\/main>)/)
        document.open()
        document.write(before)
        for (const piece of middle.split(/(?=<[a-z])/)) {
            document.write(piece)
            await frame()
        }
        document.write(after)
        document.close()
    }
"""


def test_nothing_beside_a_heading_jumps_on_a_phone(visit, faculty):
    """Else the order of the replies moves a line down under the thumb that means the link."""
    thread = cast.thread(faculty["lecturer"])
    cast.answer(faculty["lecturer"], thread)
    visitor = visit(width=NARROW)
    visitor.enter(faculty["student"])
    visitor.open(f"/forum/t/{thread.pk}/")
    visitor.page.evaluate(PIECE_BY_PIECE)
    expect(visitor.page.locator(".section-head .segment")).to_be_visible()
    assert visitor.shifts() == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_nothing_jumps_on_any_page(visit, busy_faculty, role):
    """Else what one is about to press is somewhere else: over a hundred pages, each on two screens."""
    visitor = visit(color_scheme="light")
    visitor.enter(busy_faculty[role])
    visitor.open("/dashboard/")
    slow_down(visitor, SLOWLY)
    problems: list[str] = []
    seen: set[tuple[str, ...]] = set()
    waiting = ["/dashboard/"]
    while waiting:
        address = waiting.pop()
        kind = kind_of(address)
        # Another order has the same elements; Django's own pages are not of our making.
        if is_known(kind, seen) or address.startswith("/admin/") or "sort=" in address:
            continue
        seen.add(kind)
        for width in (WIDE, NARROW):
            visitor.resize(width)
            if not is_page(visitor, address):
                break
            problems += [f"{address} {width}: {one}" for one in visitor.shifts()]
        else:
            waiting += visitor.page.evaluate(INTERNAL_LINKS)
    assert ("dashboard/",) in seen
    assert ("accounts/profile/",) in seen
    assert not problems, "\n".join(problems)
