"""What people do, from the door to the way out, as a browser does it."""

import re

import pytest
from playwright.sync_api import expect

HISTORY = "/accounts/profile/"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_sign_in_and_out(visit, faculty, script):
    """Else nobody gets in, or somebody at a shared computer stays signed in for the next one."""
    visitor = visit(java_script_enabled=script)
    page = visitor.page

    visitor.sign_in("nadia")
    expect(page).to_have_url(re.compile(r"/dashboard/$"))
    expect(page.locator("h1")).to_contain_text("Nadia")
    visitor.sign_out()

    expect(page).to_have_url(re.compile(r"/accounts/login/$"))
    expect(page.locator("#messages")).to_have_text("Anda sudah keluar.")
    assert not visitor.has_session
    page.goto("/dashboard/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/dashboard/|%2Fdashboard%2F"))
    assert not visitor.troubles


def test_wrong_password_keeps_what_was_typed(visit, faculty):
    """Else a student with a typing mistake writes the long NIM anew, or a password is sent back."""
    visitor = visit()
    page = visitor.page

    visitor.sign_in("2026101000001", "not it")

    expect(page.get_by_role("alert")).to_have_text("Nama dan kata sandi itu tidak cocok.")
    expect(page.locator("[name=login]")).to_have_value("2026101000001")
    expect(page.locator("[name=password]")).to_have_value("")
    assert "not it" not in page.content()
    assert not visitor.has_session


def test_password_can_be_looked_at(visit, faculty):
    """Else a long password on a small phone is typed blind, and typed wrong."""
    visitor = visit()
    page = visitor.page
    page.goto("/accounts/login/")
    page.fill("[name=password]", "not it")
    page.click("[data-reveal]")
    expect(page.locator("[name=password]")).to_have_attribute("type", "text")
    expect(page.locator("[data-reveal]")).to_have_attribute("aria-pressed", "true")
    page.click("[data-reveal]")
    expect(page.locator("[name=password]")).to_have_attribute("type", "password")
    assert not visitor.troubles


def test_empty_form_says_what_to_type(visit, faculty):
    """Else somebody with a screen reader doesn't hear which field lacks what."""
    visitor = visit()
    page = visitor.page

    visitor.sign_in("", "")

    for name in ("login", "password"):
        box = page.locator(f"[name={name}]")
        expect(box).to_have_attribute("aria-invalid", "true")
        described = (box.get_attribute("aria-describedby") or "").split()
        assert f"id_{name}_error" in described
        assert all(page.locator(f"#{one}").count() == 1 for one in described)


def test_sign_in_returns_to_the_page_that_was_asked_for(visit, faculty):
    """Else a link from an e-mail ends on the home page after signing in."""
    visitor = visit()
    page = visitor.page

    page.goto("/accounts/profile/?sort=oldest")
    page.fill("[name=login]", "nadia")
    page.fill("[name=password]", "a password for tests")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/accounts/profile/\?sort=oldest$"))


def test_sign_in_by_keyboard_alone(visit, faculty):
    """Else people who can't use a mouse stand before the door, or don't see where they are."""
    visitor = visit()
    page = visitor.page
    page.goto("/accounts/login/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[name=login]")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.type("nadia")
    page.keyboard.press("Tab")
    page.keyboard.type("a password for tests")
    page.keyboard.press("Tab")
    expect(page.locator("[data-reveal]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("[name=remember]")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/dashboard/$"))
    assert not visitor.troubles


@pytest.mark.parametrize("role", ["student", "lecturer", "office", "super_admin"])
def test_home_of_each_role(visit, faculty, role):
    """Else a role gets the page of another one, or lacks the way to what it has to do."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty[role])

    page.goto("/")

    expect(page).to_have_url(re.compile(r"/dashboard/$"))
    staff = role in {"office", "super_admin"}
    for way in (
        "/accounts/users/?role=lecturer&status=active",
        "/reports/students/?status=active",
    ):
        expect(page.locator(f"main a[href='{way}']")).to_have_count(1 if staff else 0)
    expect(page.locator("main a[href='/accounts/profile/']")).to_have_count(0 if staff else 1)
    may_administer = faculty[role].is_staff
    expect(page.locator(".side a[href='/admin/']")).to_have_count(1 if may_administer else 0)
    assert not visitor.troubles


def test_history_turns_pages_by_htmx(visit, faculty):
    """Else the reader of a long history gets the whole page anew, and Back doesn't go back."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    page.goto(HISTORY)
    page.evaluate("window.stayed = true")
    expect(page.locator("#history tbody tr")).to_have_count(50)

    page.click("#history a[rel=next]")
    expect(page.locator("#history tbody tr")).to_have_count(11)
    expect(page).to_have_url(re.compile(r"/accounts/profile/\?page=2$"))
    assert page.evaluate("window.stayed") is True
    expect(page.locator("#history #history")).to_have_count(0)

    page.go_back()
    expect(page.locator("#history tbody tr")).to_have_count(50)
    expect(page.locator("header.top")).to_have_count(1)
    page.go_forward()
    expect(page.locator("#history tbody tr")).to_have_count(11)
    page.reload()
    expect(page.locator("#history tbody tr")).to_have_count(11)
    page.click("#history th a")
    expect(page.locator("#history th[aria-sort=ascending]")).to_have_count(1)
    assert not visitor.troubles


def test_back_to_a_turned_page_shows_the_whole_page(visit, faculty):
    """Else Back gives the bare fragment that htmx had fetched from the same address."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    page.goto(HISTORY)
    page.click("#history a[rel=next]")
    expect(page.locator("#history tbody tr")).to_have_count(11)

    page.click(".side nav a[href='/dashboard/']")
    expect(page).to_have_url(re.compile(r"/dashboard/$"))
    page.go_back()

    expect(page.locator("header.top")).to_have_count(1)
    expect(page.locator("#history tbody tr")).to_have_count(11)
    assert not visitor.troubles


def test_history_turns_pages_without_script(visit, faculty):
    """Else a browser without JavaScript (or before it came) sees only the newest entries."""
    visitor = visit(java_script_enabled=False)
    page = visitor.page
    visitor.enter(faculty["student"])
    page.goto(HISTORY)

    page.click("#history a[rel=next]")

    expect(page.locator("#history tbody tr")).to_have_count(11)
    expect(page.locator("header.top")).to_have_count(1)
    page.click("#history a[rel=prev]")
    expect(page.locator("#history tbody tr")).to_have_count(50)
    assert not visitor.troubles


def test_history_after_being_displaced_goes_to_sign_in(visit, faculty):
    """Else the displaced device shows a sign-in form inside the page, or a button that is dead."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    page.goto(HISTORY)
    visit().enter(faculty["student"])

    page.click("#history a[rel=next]")

    expect(page).to_have_url(re.compile(r"/accounts/login/"))
    expect(page.locator("main .alert--sun")).to_have_count(1)


def test_preferences_to_english_and_dark(visit, faculty):
    """Else what somebody chose isn't there at once, or is gone with the next page."""
    visitor = visit(color_scheme="light")
    page = visitor.page
    visitor.enter(faculty["student"])
    page.goto("/dashboard/")
    page.goto("/accounts/profile/")
    expect(page.locator("html")).to_have_attribute("lang", "id")

    page.select_option("select[name=language]", "en")
    page.select_option("select[name=theme]", "dark")
    page.click("main form[data-unsaved] button")

    expect(page.locator("#toasts")).to_have_text("Your choice is saved.")
    expect(page.locator("select[name=theme]")).to_have_value("dark")
    for address in ("/accounts/profile/", "/dashboard/"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
        expect(page.locator("header form[action='/accounts/logout/']")).to_contain_text("Sign out")
    assert not visitor.troubles


def test_language_before_signing_in(visit, transactional_db):
    """Else a guest lecturer can't read the door, and the choice has to be made each time."""
    visitor = visit()
    page = visitor.page
    page.goto("/accounts/login/")

    page.click("button[value=en]")

    expect(page.locator("h1")).to_have_text("Sign in")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.locator("h1")).to_have_text("Sign in")


def test_displaced_device_is_told_so(visit, faculty):
    """Else somebody who was signed out by another device takes it for a fault, or misses a theft."""
    first, second = visit(), visit()
    first.sign_in("nadia")
    expect(first.page).to_have_url(re.compile(r"/dashboard/$"))
    second.sign_in("nadia")
    expect(second.page).to_have_url(re.compile(r"/dashboard/$"))

    first.page.goto("/dashboard/")

    expect(first.page).to_have_url(re.compile(r"/accounts/login/"))
    expect(first.page.locator("main .alert--sun")).to_contain_text("Chrome, Linux")
    first.sign_in("nadia")
    expect(first.page).to_have_url(re.compile(r"/dashboard/$"))
    second.page.goto("/dashboard/")
    expect(second.page.locator("main .alert--sun")).to_have_count(1)


def test_back_button_after_signing_out(visit, faculty):
    """Else the next one at a shared computer reads the last one's page with the Back button."""
    visitor = visit()
    page = visitor.page
    visitor.sign_in("nadia")
    page.goto("/accounts/profile/")
    visitor.sign_out()
    expect(page.locator(".message")).to_have_count(1)

    page.go_back()

    expect(page.locator("[name=password]")).to_have_count(1)
    expect(page.locator("#history")).to_have_count(0)


def test_page_that_is_not_there(visit, faculty):
    """Else a mistyped address is a dead end: it must say so and lead home."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])

    response = visitor.open("/no/such/page/")

    assert response.status == 404
    expect(page.locator("h1")).to_have_count(1)
    page.click("main a")
    expect(page).to_have_url(re.compile(r"/dashboard/$"))
