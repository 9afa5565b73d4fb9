"""Who can't see: what is read out has a name, leads everywhere and says what has changed."""

import re

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from isme.lib import navigation
from tests.conftest import PASSWORD
from tests.e2e.views import ROLES

ACTED_ON = {
    "button",
    "checkbox",
    "combobox",
    "dialog",
    "link",
    "menuitem",
    "navigation",
    "radio",
    "searchbox",
    "spinbutton",
    "switch",
    "tab",
    "textbox",
}


def nameless(page: Page) -> list[str]:
    """What a reader of the screen stops at and can't name, by the browser's own tree."""
    devtools = page.context.new_cdp_session(page)
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    devtools.detach()
    return [
        f"{page.url}: {node['role']['value']}"
        for node in nodes
        if not node["ignored"]
        and node["role"]["value"] in ACTED_ON
        and not node.get("name", {}).get("value", "").strip()
    ]


@pytest.mark.parametrize("role", ROLES)
def test_signs_in_and_reaches_everything_by_what_is_read_out(visit, busy_faculty, role):
    """Else whoever hears the page meets a nameless button, or finds no way on."""
    page = visit().page
    person = busy_faculty[role]
    page.goto("/accounts/login/")
    page.get_by_role("textbox", name="Nama pengguna").fill(person.username)
    page.get_by_role("textbox", name="Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).press("Enter")
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_contain_text("Selamat")
    expect(page.get_by_role("banner")).to_have_count(1)
    menu = page.get_by_role("navigation", name="Utama", exact=True)
    nobody_said = nameless(page)
    # Of the super admin only what the office has not; the desk is a frame of its own, by Django.
    known = navigation.entries_for("office") if role == "super_admin" else ()
    for entry in navigation.entries_for(role):
        if entry in known or entry.path == "/admin/":
            continue
        with translation.override("id"):
            label = str(entry.label)
        menu.get_by_role("link", name=label, exact=True).press("Enter")
        here = menu.get_by_role("link", name=label, exact=True)
        expect(here).to_have_attribute("aria-current", "page")
        expect(page).to_have_title(re.compile(r".+ · ISME"))
        expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
        nobody_said += nameless(page)
    assert nobody_said == []
    page.get_by_role("button", name=f"Akun {person.name}").press("Enter")
    page.get_by_role("button", name="Keluar").press("Enter")
    expect(page.get_by_role("textbox", name="Kata sandi")).to_be_visible()


def test_finder_finds_and_opens_by_keys_alone(visit, busy_faculty):
    """Else the search of every page is for who has a mouse and sees it."""
    visitor = visit()
    page = visitor.page
    visitor.enter(busy_faculty["office"])
    visitor.open("/courses/")
    page.keyboard.press("Control+k")
    finder = page.get_by_role("dialog", name="Cari")
    expect(finder.get_by_role("searchbox", name="Cari")).to_be_focused()
    page.keyboard.type("nyeri dada")
    found = finder.get_by_role("link", name="Orang Dewasa Muda MKU")
    expect(found).to_be_visible()
    assert nameless(page) == []
    page.keyboard.press("Escape")
    expect(finder).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.press("ArrowDown")
    expect(found).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(finder.get_by_role("searchbox", name="Cari")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_contain_text("Nyeri Dada")
    assert not visitor.troubles
