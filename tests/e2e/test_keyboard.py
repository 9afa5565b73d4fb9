"""Everything can be reached and done without a mouse."""

import re

from playwright.sync_api import expect

MOST_PRESSES = 60


def tab_to(page, selector: str) -> None:
    """Press Tab until ``selector`` has the focus, seeing it all the way."""
    for _press in range(MOST_PRESSES):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => {
                const e = document.activeElement, s = getComputedStyle(e)
                return e === document.body || (s.outlineStyle !== "none" && e.checkVisibility())
            }"""
        )
        assert shown, page.evaluate("document.activeElement.outerHTML")
        if page.locator(selector).evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"{selector} can't be reached by Tab")


def test_theme_and_way_out_by_keyboard(visit, faculty):
    """Else who can't use a mouse can come in, but not change anything or leave."""
    visitor = visit(color_scheme="light", width=900)  # no room in the bar for the choices
    page = visitor.page
    visitor.sign_in("nadia")
    expect(page).to_have_url(re.compile(r"/dashboard/$"))

    tab_to(page, "header [popovertarget=account]")
    page.keyboard.press("Enter")
    expect(page.locator("#account")).to_be_visible()
    tab_to(page, "#account [name=theme][value=dark]")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#account button[value=dark]")).to_have_attribute("aria-pressed", "true")

    tab_to(page, "header [popovertarget=account]")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#account")).to_be_hidden()
    expect(page.locator("header [popovertarget=account]")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#account form[action='/accounts/logout/'] button")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/accounts/login/$"))
    assert not visitor.has_session


def test_pages_and_lists_by_keyboard(visit, faculty):
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    visitor.open("/dashboard/")
    tab_to(page, ".side a[href='/accounts/profile/']")
    page.keyboard.press("Enter")
    expect(page.locator("#history tbody tr")).to_have_count(50)
    tab_to(page, "#history a[rel=next]")
    page.keyboard.press("Enter")
    expect(page.locator("#history tbody tr")).to_have_count(11)
    expect(page.locator("#history-title")).to_be_focused()


def test_skip_link_leads_past_the_navigation(visit, faculty):
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    visitor.open("/accounts/profile/")
    tab_to(page, ".skip")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
