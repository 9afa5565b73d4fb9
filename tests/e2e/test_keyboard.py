"""Everything can be reached and done without a mouse."""

import re

from playwright.sync_api import expect

from academics.models import GroupMember, StudentGroup
from isme.lib import navigation
from tests.e2e.views import ROLES

MOST_PRESSES = 90


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


FOCUSED = """() => {
    const e = document.activeElement, s = getComputedStyle(e)
    return [e.getAttribute("href"), s.outlineStyle !== "none" && e.checkVisibility()]
}"""


def test_every_entry_of_the_menu_by_keyboard(visit, faculty):
    """Else a page is there for who has a mouse, and not for who hasn't."""
    visitor = visit()
    page = visitor.page
    for role in ROLES:
        visitor.enter(faculty[role])
        visitor.open("/accounts/profile/")
        wanted = {entry.path for entry in navigation.entries_for(role)}
        seen: dict[str, bool] = {}
        for _press in range(len(wanted) + 2):  # the way past the menu and the brand come first
            page.keyboard.press("Tab")
            address, is_shown = page.evaluate(FOCUSED)
            seen[address] = is_shown
        assert wanted <= set(seen), role
        assert all(seen.values()), (role, seen)


def test_sheet_of_a_phone_by_keyboard(visit, faculty):
    """Else most pages are out of reach for who joins a keyboard or a switch to a phone."""
    visitor = visit(width=390)
    page = visitor.page
    visitor.enter(faculty["office"])
    visitor.open("/dashboard/")
    tab_to(page, ".dock [popovertarget=sheet]")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_visible()
    assert visitor.axe() == []
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator(".dock [popovertarget=sheet]")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#sheet a[href='/accounts/profile/']")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/accounts/profile/$"))
    assert not visitor.troubles


def test_filters_by_keyboard(visit, faculty):
    """Else the office's lists can be read by who has no mouse, but not searched."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["office"])
    visitor.open("/accounts/users/")
    tab_to(page, ".filters [name=q]")
    page.keyboard.type("nadia")
    tab_to(page, ".filters [name=status]")
    page.keyboard.press("ArrowDown")
    tab_to(page, ".filters [type=submit]")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=nadia&status=\w+"))
    expect(page.locator(".filters [name=q]")).to_have_value("nadia")


def test_students_are_moved_and_moved_back_by_keyboard_and_moved_by_mouse(visit, busy_faculty):
    """Else groups can be made by who can drag a card, and by nobody else."""
    small = list(StudentGroup.objects.filter(parent__isnull=False).order_by("pk"))
    member = GroupMember.objects.get(group=small[0])
    visitor = visit()
    page = visitor.page
    visitor.enter(busy_faculty["office"])
    visitor.open(f"/groups/{small[0].parent_id}/")
    tab_to(page, f"[name=students][value='{member.student_id}']")
    page.keyboard.press("Space")
    tab_to(page, "#target")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#target")).to_have_value(str(small[1].pk))
    tab_to(page, ".workbar [type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts .message")).to_be_visible()
    assert set(small[1].members.values_list("student_id", flat=True)) > {member.student_id}
    page.locator("#toasts [type=submit]").press("Enter")
    expect(page.locator("#toasts .message")).not_to_contain_text("Urungkan")
    assert GroupMember.objects.get(group=small[0]).student_id == member.student_id

    page.locator(f"[data-student='{member.student_id}']").drag_to(
        page.locator(f"[data-target='{small[1].pk}']")
    )
    expect(page.locator("#toasts .message")).to_contain_text("Urungkan")
    assert set(small[1].members.values_list("student_id", flat=True)) > {member.student_id}
    assert not visitor.troubles


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
