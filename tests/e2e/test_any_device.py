"""The cheapest phone on the worst net, an old browser, paper, and the phone's home screen."""

import re

import pytest
from playwright.sync_api import expect

from isme.lib import navigation
from tests.conftest import PASSWORD
from tests.e2e.old_browsers import UNKNOWN, imitate

# A phone of six years ago, and a line as lecture halls have it.
CPU = 6
LINE = {
    "offline": False,
    "latency": 150,  # ms
    "downloadThroughput": 200_000,  # bytes a second
    "uploadThroughput": 90_000,
}


# Of who works with the faculty's data: what they open each day. The rest are lists like these.
MAIN_PAGES = {
    "lecturer": ("/forum/", "/courses/", "/classes/"),
    "office": ("/accounts/users/", "/people/import/", "/reports/"),
}


def go_to(page, path: str) -> None:
    """By the bar at the foot, or by the sheet where the bar has no room for it."""
    page.wait_for_load_state("domcontentloaded")  # the bar comes last
    entry = page.locator(f".dock a[href='{path}']")
    if not entry.count():
        page.tap("[popovertarget=sheet]")
        entry = page.locator(f".sheet a[href='{path}']")
    entry.tap()
    expect(page).to_have_url(re.compile(rf"{re.escape(path)}(\?.*)?$"))
    expect(page.locator("main h1")).to_be_visible()


def slow(visitor) -> None:
    visitor.slow_down(LINE)
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU})


def test_slow_phone_signs_in_and_reaches_everything(visit, busy_faculty):
    """Else who has the oldest phone is left out: a sixth of a processor, 1.6 Mbit/s, 150 ms."""
    visitor = visit(width=390, is_mobile=True, has_touch=True)
    page = visitor.page
    slow(visitor)

    visitor.sign_in("nadia")
    expect(page.locator("h1")).to_contain_text("Nadia")
    for entry in navigation.entries_for("student"):
        go_to(page, entry.path)
    visitor.sign_out()
    expect(page.locator("[name=password]")).to_be_visible()

    for role, paths in MAIN_PAGES.items():
        visitor.enter(busy_faculty[role])
        visitor.open("/dashboard/")
        for path in paths:
            go_to(page, path)
        assert visitor.shifts() == []
    assert not visitor.troubles


def test_old_browser_gets_a_readable_page(visit, faculty):
    """Else a browser that knows neither our styles nor our scripts shows nothing to act on."""
    visitor = visit(java_script_enabled=False)
    page = visitor.page
    page.route("**/*.css", lambda route: route.abort())
    page.goto("/accounts/login/")
    page.fill("[name=login]", "nadia")
    page.fill("[name=password]", PASSWORD)
    page.click("form[action='/accounts/login/'] [type=submit]")
    expect(page.locator("main h1")).to_contain_text("Nadia")
    page.click("nav a[href='/forum/'] >> nth=0")
    expect(page.locator("main h1")).to_have_text("Forum")


@pytest.mark.parametrize("year", UNKNOWN)
def test_browser_of_some_years_ago_gets_a_readable_page(visit, faculty, year):
    """Else light letters stand on no ground, or half of a page's rules hide the other half."""
    visitor = visit(color_scheme="light")
    page = visitor.page
    imitate(page, year)
    problems = []

    def look() -> None:
        problems.extend(f"{page.url} {one}" for one in visitor.axe("color-contrast"))

    visitor.open("/accounts/login/")
    look()
    visitor.sign_in("akademik")
    expect(page.locator("main h1")).to_contain_text("Ratna")
    look()
    for path in ("/accounts/users/", "/forum/"):
        page.click(f"nav a[href='{path}'] >> visible=true >> nth=0")
        expect(page.locator("main h1")).to_be_visible()
        expect(page).to_have_url(re.compile(path))
        look()
    assert not problems, "\n".join(problems)
    visitor.sign_out()
    expect(page.locator("[name=password]")).to_be_visible()
    assert not visitor.troubles


def test_paper_shows_what_the_page_is_about(visit, faculty):
    """Else a list is printed with a menu beside it, or as light letters on black."""
    visitor = visit(color_scheme="dark")
    page = visitor.page
    visitor.enter(faculty["office"])
    visitor.open("/accounts/users/")
    page.emulate_media(media="print", color_scheme="dark")
    for part in (".side", "header.top", ".filters", ".tabs", "td.tick >> nth=0"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator("main table")).to_be_visible()
    ground = "getComputedStyle(document.querySelector('.table-box')).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_phone_can_put_it_on_its_home_screen(visit):
    """Else people type the address each day."""
    visitor = visit()
    visitor.open("/accounts/login/")
    devtools = visitor.context.new_cdp_session(visitor.page)
    manifest = devtools.send("Page.getAppManifest")
    assert (bool(manifest["data"]), manifest["errors"]) == (True, [])
    found = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A window of a test keeps nothing, so nothing can be installed from it.
    assert {one["errorId"] for one in found} <= {"in-incognito"}
