"""Writing in the forum, and reaching everything, without a mouse."""

import re

import pytest
from playwright.sync_api import expect

from forum.models import Post
from tests.e2e.conftest import NARROW
from tests.e2e.test_keyboard import tab_to
from tests.forum import cast


@pytest.fixture
def talk(faculty):
    cast.category("umum")
    return cast.thread(faculty["lecturer"], title="Nyeri dada")


def test_reply_is_formatted_by_keys_and_buttons(visit, faculty, talk):
    """Else who doesn't know Markdown writes a wall of text, or a key opens the search instead."""
    visitor = visit()
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(talk.get_absolute_url())
    field = page.locator("#write [name=body]")
    field.focus()
    page.keyboard.type("nyeri")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+b")
    expect(field).to_have_value("**nyeri**")
    page.keyboard.press("Control+b")
    expect(field).to_have_value("nyeri")
    page.keyboard.press("Control+i")
    expect(field).to_have_value("*nyeri*")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("nyeri")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    expect(page.locator("#finder")).to_be_hidden()
    page.keyboard.type("https://isme.example/")
    expect(field).to_have_value("[nyeri](https://isme.example/)")
    assert not visitor.troubles


def test_bar_of_buttons_is_one_stop(visit, faculty, talk):
    """Else six buttons stand between the keyboard and the field."""
    visitor = visit()
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(talk.get_absolute_url())
    field = page.locator("#write [name=body]")
    field.fill("nyeri")
    field.focus()
    page.keyboard.press("Shift+Tab")
    bar = page.get_by_role("toolbar", name="Format teks")
    expect(bar.get_by_role("button", name="Tebal")).to_be_focused()
    for _step in range(2):
        page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Daftar")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_have_value("- nyeri")
    expect(field).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".replies article li")).to_have_text("nyeri")
    assert Post.objects.get(number=1).body == "- nyeri"
    page.locator("h1").click()
    page.keyboard.press("Control+k")
    expect(page.locator("#finder")).to_be_visible()
    assert not visitor.troubles


def test_without_a_script_no_button_stands_there(visit, faculty, talk):
    """Else there are buttons that do nothing."""
    visitor = visit(java_script_enabled=False)
    visitor.enter(faculty["student"])
    visitor.open(talk.get_absolute_url())
    expect(visitor.page.locator("#write [name=body]")).to_be_visible()
    expect(visitor.page.locator("[data-format]")).to_be_hidden()
    expect(visitor.page.locator("#fold")).to_be_hidden()


def test_sheet_and_reply_by_keyboard_on_a_phone(visit, faculty, talk):
    """Else who uses a phone with a keyboard or a switch reaches the first four pages alone."""
    visitor = visit(width=NARROW)
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open("/dashboard/")
    opener = page.locator(".dock [popovertarget=sheet]")
    opener.press("Enter")
    expect(page.locator("#sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#sheet a[href='/accounts/profile/']")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/accounts/profile/$"))


def test_pages_by_ear(visit, faculty, talk):
    """Else who can't see doesn't find the parts of a page, nor hears where they are."""
    visitor = visit()
    visitor.enter(faculty["student"])
    page = visitor.page
    for address in ("/dashboard/", "/notifications/", "/courses/", talk.get_absolute_url()):
        visitor.open(address)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_role("main")).to_have_count(1)
        expect(page.get_by_role("banner")).to_have_count(1)
        expect(page.get_by_role("navigation", name="Utama", exact=True)).to_have_count(1)
        expect(page.get_by_role("link", name="Langsung ke isi")).to_have_count(1)
        expect(page.get_by_role("group", name="Bahasa")).to_have_count(1)
        expect(page.get_by_role("group", name="Tampilan")).to_have_count(1)
    expect(page.get_by_role("navigation", name="Anda di sini")).to_have_count(1)
