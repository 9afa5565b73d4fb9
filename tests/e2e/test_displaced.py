"""Two browsers, one account, and a half-written form: nothing typed is lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NARROW, WIDE

REASON = "Cuti kuliah satu semester karena sakit"


def sign_in_again(page: Page) -> None:
    page.wait_for_load_state()  # without its script, the page of the server's copy comes
    page.fill("[name=password]", "a password for tests")
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("mine", "other"), [(WIDE, NARROW), (NARROW, WIDE)])
def test_half_written_form_comes_back(visit, faculty, mine, other):
    """Else whoever signs in on the phone loses what they were typing at the desk."""
    first, second = visit(width=mine), visit(width=other)
    page = first.page
    first.enter(faculty["office"])
    address = f"/accounts/users/{faculty['student'].pk}/edit/"
    first.open(address)
    page.fill("[name=note]", REASON)
    page.select_option("[name=level]", "5")
    second.sign_in("akademik")
    expect(second.page).to_have_url(re.compile(r"/dashboard/$"))

    page.click("main form[data-unsaved] .btn--primary")

    expect(page).to_have_url(re.compile(r"/accounts/login/\?next="))
    told = page.locator("main .alert--sun")
    expect(told).to_contain_text("Chrome, Linux")
    expect(told).to_contain_text("jaringan lain")
    expect(told).to_contain_text("Tulisan Anda yang belum terkirim tersimpan")
    expect(page.locator("[name=login]")).to_have_value("akademik")
    sign_in_again(page)
    expect(page).to_have_url(re.compile(address))
    expect(page.locator("[name=note]")).to_have_value(REASON)
    expect(page.locator("[name=level]")).to_have_value("5")
    expect(page.locator("#restored")).to_be_visible()
    second.page.goto("/dashboard/")
    expect(second.page.locator("main .alert--sun")).to_have_count(1)

    page.click("main form[data-unsaved] .btn--primary")

    expect(page.locator("h1")).to_have_text("Nadia Pratama")
    expect(page.get_by_text(REASON)).to_be_visible()
    first.open(address)
    expect(page.locator("#restored")).to_be_hidden()


def test_draft_is_nobody_elses(visit, faculty):
    """Else the next one at a shared computer reads what the last one was writing."""
    visitor = visit()
    page = visitor.page
    visitor.enter(faculty["office"])
    address = f"/accounts/users/{faculty['student'].pk}/edit/"
    visitor.open(address)
    page.fill("[name=note]", REASON)
    visitor.enter(faculty["super_admin"])
    page.on("dialog", lambda dialog: dialog.accept())
    visitor.open(address)
    expect(page.locator("[name=note]")).to_have_value("")
    visitor.enter(faculty["office"])
    visitor.open(address)
    expect(page.locator("[name=note]")).to_have_value(REASON)

    visitor.open("/dashboard/")
    visitor.sign_out()
    expect(page).to_have_url(re.compile(r"/accounts/login/"))

    assert (
        page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('draft:'))") == []
    )
