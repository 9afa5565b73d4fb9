"""What the page does while people write, wait, or lose the connection."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, PATIENCE, WIDE

PROFILE = "/accounts/profile/"
LANGUAGE = "select[name=language]"
SAVE = "main form[data-unsaved] [type=submit]"


def expect_no_draft(page) -> None:
    """The page's script, which comes last, lets go of what has arrived."""
    # Not wait_for_function: where it has to look twice, the policy of the page forbids its eval.
    page.evaluate(
        """most => new Promise((done, fail) => {
            const until = performance.now() + most
            const look = () => {
                if (!Object.keys(sessionStorage).some(key => key.startsWith("draft:"))) done()
                else if (performance.now() > until) fail(new Error("there is still a draft"))
                else requestAnimationFrame(look)
            }
            look()
        })""",
        PATIENCE,
    )


def hold(page, pattern: str) -> list:
    """The requests that fit ``pattern``, kept from being answered."""
    held: list = []

    def keep(route) -> None:
        held.append(route)

    page.route(pattern, keep)
    return held


def choose_and_be_displaced(visitor, other, student) -> None:
    visitor.enter(student)
    visitor.open(PROFILE)
    visitor.page.select_option(LANGUAGE, "en")
    other.enter(student)


def test_what_was_typed_outlives_a_displaced_session(visit, faculty):
    """Else a long text is gone because the phone in the bag signed in meanwhile."""
    visitor = visit()
    page = visitor.page
    choose_and_be_displaced(visitor, visit(), faculty["student"])

    page.click(SAVE)
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next="))
    page.fill("[name=login]", "nadia")
    page.fill("[name=password]", "a password for tests")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(PROFILE + "$"))
    expect(page.locator(LANGUAGE)).to_have_value("en")
    expect(page.locator("#restored")).to_be_visible()
    page.click(SAVE)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#restored")).to_be_hidden()
    expect_no_draft(page)


def test_what_was_typed_comes_back_without_script(visit, faculty):
    visitor = visit(java_script_enabled=False)
    page = visitor.page
    choose_and_be_displaced(visitor, visit(), faculty["student"])

    page.click(SAVE)
    page.fill("[name=login]", "nadia")
    page.fill("[name=password]", "a password for tests")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/accounts/unsent/$"))
    expect(page.locator("main .typed")).to_have_text("en")
    page.click("main [type=submit] >> nth=0")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_drafts_are_ones_own(visit, faculty):
    """Else the next one at a shared computer sees what somebody else was writing."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    visitor.open(PROFILE)
    page.select_option(LANGUAGE, "en")
    visitor.enter(faculty["lecturer"])
    page.once("dialog", lambda dialog: dialog.accept())
    visitor.open(PROFILE)
    expect(page.locator(LANGUAGE)).to_have_value("")
    visitor.sign_out()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    expect_no_draft(page)


@pytest.mark.parametrize("status", [429, 500])
def test_what_was_typed_outlives_an_error_page(visit, faculty, status):
    """Else a text is gone that the server never took: "nothing was saved, and yours is lost"."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    visitor.open(PROFILE)
    trouble = page.url.replace(PROFILE, f"/trouble/{status}/")
    page.route("**/profile/preferences/", lambda route: route.continue_(url=trouble))
    page.select_option(LANGUAGE, "en")
    page.click(SAVE)
    expect(page.locator(".badge--loud")).to_have_text(str(status))
    visitor.open(PROFILE)
    expect(page.locator(LANGUAGE)).to_have_value("en")
    expect(page.locator("#restored")).to_be_visible()


def test_restored_text_can_be_let_go(visit, faculty):
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    visitor.open(PROFILE)
    page.select_option(LANGUAGE, "en")
    page.once("dialog", lambda dialog: dialog.accept())
    visitor.open(PROFILE)
    expect(page.locator(LANGUAGE)).to_have_value("en")
    page.click("#restored button")
    expect(page.locator(LANGUAGE)).to_have_value("")
    expect_no_draft(page)


def test_changed_form_warns_before_it_is_left(visit, faculty):
    """Else a wrong press loses a page of writing; an untouched form must let people go."""
    visitor = visit()
    page = visitor.page
    asked: list[str] = []
    visitor.enter(faculty["student"])
    visitor.open(PROFILE)
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.click(".side a[href='/dashboard/']")
    expect(page).to_have_url(re.compile("/dashboard/$"))
    assert asked == []

    visitor.open(PROFILE)
    page.select_option(LANGUAGE, "en")
    with page.expect_event("dialog"):
        page.click(".side a[href='/dashboard/']", no_wait_after=True)
    expect(page.locator(LANGUAGE)).to_have_value("en")
    assert asked == ["beforeunload"]


def test_lost_connection_is_told_and_the_form_kept(visit, faculty):
    """Else the browser's page about the missing net stands where the text was."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    visitor.open(PROFILE)
    page.select_option(LANGUAGE, "en")
    visitor.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()

    page.click(SAVE)

    expect(page.locator(LANGUAGE)).to_have_value("en")
    visitor.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    page.click(SAVE)
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_only_a_slow_step_shows_that_it_runs(visit, faculty):
    """Else one presses again, or every quick step flickers."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    visitor.open(PROFILE)
    held = hold(page, "**/profile/?page=2")
    page.click("#history a[rel=next]")
    expect(page.locator("html.busy")).to_have_count(1)
    expect(page.locator("#told")).to_have_text("Memuat …")
    held[0].continue_()
    expect(page.locator("html.busy")).to_have_count(0)
    expect(page.locator("#history tbody tr")).to_have_count(11)


def test_focus_stays_and_the_news_is_told_after_a_swap(visit, faculty):
    """Else a reader of the screen is thrown to the top of the page and hears nothing."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    visitor.open(PROFILE)
    page.focus("#history thead a")
    page.keyboard.press("Enter")
    expect(page.locator("#history th[aria-sort=ascending]")).to_have_count(1)
    expect(page.locator("#history thead a")).to_be_focused()

    page.focus("#history a[rel=next]")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("51 sampai")
    expect(page.locator("#history-title")).to_be_focused()
    expect(page.locator("#history-title")).to_be_in_viewport()


def test_stumbling_server_is_told(visit, faculty):
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["student"])
    visitor.open(PROFILE)
    page.route("**/profile/?page=2", lambda route: route.fulfill(status=503, body=""))
    page.click("#history a[rel=next]")
    expect(page.locator("#failed")).to_be_visible()
    expect(page.locator("#history tbody tr")).to_have_count(50)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_who_asked_for_that(visit, faculty, motion):
    """Else the page makes some people sick."""
    visitor = visit(reduced_motion=motion)
    visitor.enter(faculty["student"])
    visitor.open("/gallery/")
    seconds = visitor.page.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap(e => {
            const s = getComputedStyle(e)
            return [...s.animationDuration.split(","), ...s.transitionDuration.split(",")]
        }).map(parseFloat).reduce((a, b) => Math.max(a, b), 0)"""
    )
    assert (seconds <= 0.001) == (motion == "reduce")


def test_question_is_a_dialog_and_without_script_a_page(visit, faculty):
    visitor = visit()
    page = visitor.page
    visitor.open("/gallery/")
    page.click("[data-dialog=example]")
    dialog = page.locator("#example")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.activeElement.closest('dialog')?.id") == "example"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-dialog=example]")).to_be_focused()
    page.click("[data-dialog=example]")
    dialog.locator("[data-close]").click()
    expect(dialog).to_be_hidden()
    page.click("summary >> nth=0")
    expect(page.locator("details[data-drop][open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("details[data-drop][open]")).to_have_count(0)


def test_page_is_readable_before_its_scripts_arrive(visit, faculty):
    """Else a slow phone shows an empty page for as long as the net takes."""
    visitor = visit()
    page = visitor.page
    held = hold(page, "**/*.js")
    page.goto("/accounts/login/", wait_until="commit")
    page.fill("[name=login]", "nadia")
    page.fill("[name=password]", "a password for tests")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Nadia")
    assert held, "no script was asked for: the test holds nothing back"
    for route in held:
        route.abort()


def test_list_says_how_many_are_ticked_and_ticks_its_page(visit, faculty):
    """Else who issues passwords to a page counts ticks, and presses each of fifty."""
    visitor = visit(width=NARROW)
    page = visitor.page
    visitor.enter(faculty["office"])
    visitor.open("/accounts/users/")
    ticks = page.locator("tbody input[type=checkbox]")
    bar, every = page.locator(".bulk"), page.locator("[data-tick-all]")
    expect(bar).to_be_hidden()
    ticks.first.check()
    expect(bar).to_contain_text("Orang yang dipilih 1")
    every.click()
    expect(bar).to_contain_text(f"Orang yang dipilih {len(faculty)}")
    expect(every).to_be_hidden()
    expect(bar.locator("[type=submit]")).to_be_focused()
    visitor.resize(WIDE)
    page.click("thead a >> nth=0")  # in another order: the list is put in place anew
    expect(page).to_have_url(re.compile("sort=-name"))
    expect(bar).to_be_hidden()
    ticks.first.check()
    expect(bar).to_contain_text("Orang yang dipilih 1")
    bar.locator("[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/accounts/sheets/new/\?pk=\d+$"))
    assert not visitor.troubles


def test_who_only_looks_can_type_nothing(visit, faculty):
    """Else a super admin writes an answer as the student, and it is refused when it is sent."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["super_admin"])
    page.goto(f"/accounts/users/{faculty['student'].pk}/act-as/")
    page.fill("main [name=reason]", "Nadia menelepon")
    page.click("main form [type=submit]")
    expect(page.locator(".acting")).to_be_visible()
    page.goto("/accounts/profile/")
    writes = page.locator("main form[method=post] :is(button, input:not([type=hidden]), select)")
    expect(writes.first).to_be_visible()
    expect(page.locator("main form[method=post] :enabled")).to_have_count(0)
    page.click(".acting button")
    expect(page.locator(".acting")).to_have_count(0)
    page.goto("/accounts/profile/")
    expect(writes.first).to_be_enabled()
    assert not visitor.troubles


def test_half_a_date_is_not_sent_as_none(visit, faculty):
    """Else a broadcast for tomorrow goes out at once, or a thread never closes."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["office"])
    page.goto("/notifications/broadcasts/new/")
    page.focus("[type=datetime-local]")
    page.keyboard.type("12")
    page.click("main form[method=post] .btn--primary")
    expect(page.locator("[type=datetime-local]")).to_be_focused()
    expect(page.locator("[aria-invalid=true]")).to_have_count(0)  # it was not even sent
    assert not visitor.troubles
