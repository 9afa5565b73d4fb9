"""Every page for everybody: axe, narrow screens, both themes, both languages, a silent console.

With ISME_SHOTS=folder each view is also saved there as name-role-width-theme-language.png.
"""

from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Error, expect

from tests.e2e.conftest import NARROW, SHOTS, WIDE, Visitor, inspect
from tests.e2e.skeleton import Seen
from tests.e2e.views import ROLES, View, views
from tests.e2e.weight import Scales
from tests.factories.academics import RoomFactory

# Django admin's filters and forms are Django's and have no end; its lists are of our making.
# A stored file is no page. Not by a locator: the first of a page brings a library into it.
INTERNAL_LINKS = """
    () => [...document.querySelectorAll("a[href]")]
        .filter(a => a.origin === location.origin && !a.hasAttribute("download"))
        .map(a => a.pathname + (a.pathname.startsWith("/admin/") ? "" : a.search))
        .filter(path => !path.startsWith("/admin/") || path.split("/").length <= 5)
        .filter(path => !path.startsWith("/files/"))
"""


@pytest.mark.parametrize("view", views(), ids=str)
def test_page_is_for_everybody(visit, faculty, looked_at, view: View):
    """Else somebody who can't see well, uses a phone, or prefers the dark, can't use the page."""
    problems = []
    for language, width in (("id", WIDE), ("en", NARROW)):
        visitor = visit(color_scheme="light", width=width)
        visitor.set_cookie("lang", language)
        view.show(visitor, faculty)
        expect(visitor.page.locator("html")).to_have_attribute("lang", language)
        expected = "" if view.status == 200 else str(view.status)
        problems += [t for t in visitor.troubles if not expected or expected not in t]
        problems += [f"{width}: jumps: {one}" for one in visitor.shifts()]
        name = f"{view}-{{width}}-{{theme}}-{language}"
        closely = looked_at if language == "id" else None
        problems += [f"{language} {one}" for one in inspect(visitor, name, closely)]
    assert not problems, "\n".join(problems)


# The start page, a list in an order and with a filter, a form, one with errors, the question before a deletion.
ADMIN_PAGES = (
    "/admin/",
    "/admin/accounts/user/?o=-1&role__exact=student",
    "/admin/forum/forumcategory/",
    "/admin/academics/room/add/",
    "/admin/academics/room/{room}/change/",
    "/admin/academics/room/{room}/delete/",
)


@pytest.mark.parametrize("device", ["light", "dark"])
@pytest.mark.parametrize("address", ["/accounts/login/", "/no/such/page/"])
def test_chosen_theme_wins_over_the_device(visit, address, device):
    """Else who chose light on a dark device gets half of each: unreadable text."""
    grounds = {}
    for chosen in ("light", "dark"):
        visitor = visit(color_scheme=device)
        visitor.set_cookie("theme", chosen)
        visitor.open(address)
        grounds[chosen] = visitor.page.evaluate(
            "getComputedStyle(document.documentElement).backgroundColor"
        )
    assert grounds == {"light": "oklch(0.971 0.011 88)", "dark": "oklch(0.2 0.011 155)"}


def test_admin_is_for_everybody_in_the_theme_of_all_pages(visit, faculty, looked_at):
    """Else who chose the dark is dazzled by the desk, or can't read or reach what it lists."""
    visitor = visit(color_scheme="light")
    page, room = visitor.page, RoomFactory()
    visitor.enter(faculty["super_admin"])
    visitor.set_cookie("theme", "dark")
    visitor.open("/admin/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", "oklch(0.2 0.011 155)")
    expect(page.locator(".theme-toggle").first).to_be_hidden()
    visitor.set_cookie("theme", "")  # as the device says
    problems = []
    for number, address in enumerate(ADMIN_PAGES):
        visitor.resize(WIDE)
        visitor.open(address.format(room=room.pk))
        if address.endswith("/add/"):
            page.click("[name=_save]")
            expect(page.locator(".errornote")).to_be_visible()
        problems += [f"{address} jumps: {one}" for one in visitor.shifts()]
        name = f"desk-{number}-{{width}}-{{theme}}"
        problems += [f"{address} {one}" for one in inspect(visitor, name, looked_at)]
    assert not problems, "\n".join(problems)
    assert not visitor.troubles, "\n".join(visitor.troubles)


def kind_of(address: str) -> tuple[str, ...]:
    """What makes one page like another: its route and what its address asks for, not for what."""
    parts = urlsplit(address)
    if parts.path.startswith("/admin/"):
        return (address,)
    return (resolve(parts.path).route, *sorted(name for name, _value in parse_qsl(parts.query)))


def is_known(kind: tuple[str, ...], seen: set[tuple[str, ...]]) -> bool:
    """Whether nothing of ``kind`` is new: its route, and with it each thing that may be asked for.

    Filters are links on pages that were filtered: all their combinations have no end.
    """
    route, *names = kind
    asked = {name for one in seen if one[0] == route for name in one[1:]}
    return any(one[0] == route for one in seen) and asked.issuperset(names)


def is_page(visitor: Visitor, address: str) -> bool:
    """Open it; a file to be saved is no page, and an error would be one."""
    try:
        visitor.open(address)
    except Error as error:
        if "Download is starting" not in str(error):
            raise
        return False
    return True


def seen_closely(visitor: Visitor, address: str, role: str, looked_at: Seen) -> list[str]:
    name = f"{address.strip('/').replace('/', '-')}-{role}-{{width}}-{{theme}}"
    problems = [f"jumps: {one}" for one in visitor.shifts()]
    problems += inspect(visitor, f"{name}-id", looked_at)
    # The same page in another's hands says the same.
    if SHOTS or ("?" not in address and looked_at.first(f"en {kind_of(address)}")):
        problems += in_english(visitor, address, f"{name}-en")
    return problems


def in_english(visitor: Visitor, address: str, name: str) -> list[str]:
    """What is wrong with the page in English, as a phone opens it."""
    visitor.set_cookie("lang", "en")
    visitor.resize(NARROW)
    visitor.open(address)
    problems = [f"jumps: {one}" for one in visitor.shifts()]
    problems += [f"open tab out of sight: {one}" for one in visitor.hidden_tabs()]
    problems += inspect(visitor, name, None)
    visitor.set_cookie("lang", "id")
    return [f"en: {one}" for one in problems]


@pytest.mark.parametrize("role", ROLES)
def test_every_link_leads_to_a_page_for_everybody(visit, busy_faculty, looked_at, role):
    """Else a link is dead, a script fails, or a page that no view names can't be used.

    Too heavy, or with something from another host: else people pay for it, or are followed.
    """
    visitor = visit(color_scheme="light")
    visitor.set_cookie("lang", "id")
    visitor.enter(busy_faculty[role])
    scales = Scales(visitor.page)
    problems: list[str] = []
    seen: set[tuple[str, ...]] = set()
    files: set[str] = set()
    waiting = ["/dashboard/"]
    while waiting:
        address = waiting.pop()
        if is_known(kind_of(address), seen) or kind_of(address)[0] in files:
            continue
        seen.add(kind_of(address))
        scales.answers.clear()
        visitor.resize(WIDE)
        if not is_page(visitor, address):
            files.add(kind_of(address)[0])  # once: how often one may fetch them is limited
            continue
        waiting += visitor.page.evaluate(INTERNAL_LINKS)
        found = scales.problems()
        # In another order a list has the same elements.
        if not address.startswith("/admin/") and "sort=" not in address:
            found += seen_closely(visitor, address, role, looked_at)
        problems += [f"{address} {one}" for one in found]
    assert not visitor.troubles, "\n".join(visitor.troubles)
    assert not problems, "\n".join(problems)
    assert {("dashboard/",), ("accounts/profile/",)} <= seen
    assert (("/admin/accounts/user/",) in seen) == busy_faculty[role].is_staff
