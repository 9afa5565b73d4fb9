"""Every page for everybody: axe, narrow screens, both themes, both languages, a silent console.

With ISME_SHOTS=folder each page is also saved there as page-role-width-theme-language.png.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, WIDE, Visitor

NOBODY = "nobody"
PAGES = {
    "login": "/accounts/login/",
    "missing": "/no/such/page/",
    "home": "/dashboard/",
    "profile": "/accounts/profile/",
    "history2": "/accounts/profile/?page=2",
    "admin": "/admin/",
    "forbidden": "/admin/",
}
# page, role
VIEWS = [
    ("login", NOBODY),
    ("refused", NOBODY),
    ("empty", NOBODY),
    ("signed-out", NOBODY),
    ("displaced", NOBODY),
    ("missing", NOBODY),
    ("forbidden", "student"),
    *(("home", role) for role in ("student", "lecturer", "office", "super_admin")),
    *(("profile", role) for role in ("student", "lecturer", "super_admin")),
    ("history2", "student"),
]
EXPECTED = {"missing": 404, "forbidden": 403}
# device's colours, cookie: what people get by their device, and what they chose against it
THEMES = {"light": ("light", ""), "dark": ("dark", ""), "chosen-dark": ("light", "dark")}


def show(visitor: Visitor, page: str, role: str, faculty) -> None:
    """Bring ``visitor`` before ``page`` as somebody of ``role``."""
    if page in {"refused", "empty"}:
        visitor.sign_in(*(("nadia", "not it") if page == "refused" else ("", "")))
        expect(visitor.page.locator("main .error").first).to_be_visible()
    elif page == "signed-out":
        visitor.enter(faculty["student"])
        visitor.open("/dashboard/")
        visitor.page.click("header form button")
        expect(visitor.page.locator(".messages")).to_be_visible()
    elif page == "displaced":
        visitor.enter(faculty["student"])
        mine = visitor.context.cookies()
        visitor.enter(faculty["student"])
        visitor.context.add_cookies(mine)
        visitor.open("/dashboard/")
        expect(visitor.page.locator("main .warning")).to_be_visible()
    else:
        if role != NOBODY:
            visitor.enter(faculty[role])
        assert visitor.open(PAGES[page]).status == EXPECTED.get(page, 200)


def keep_picture(visitor: Visitor, name: str) -> None:
    folder = os.environ.get("ISME_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("page", "role"), VIEWS, ids=["-".join(view) for view in VIEWS])
def test_page_is_for_everybody(visit, faculty, page, role, language):
    """Else somebody who can't see well, uses a phone, or prefers the dark, can't use the page."""
    problems = []
    for theme, (device, cookie) in THEMES.items():
        visitor = visit(color_scheme=device)
        visitor.set_cookie("lang", language)
        if cookie:
            visitor.set_cookie("theme", cookie)
        show(visitor, page, role, faculty)
        expect(visitor.page.locator("html")).to_have_attribute("lang", language)
        status = EXPECTED.get(page)
        problems += [t for t in visitor.troubles if str(status) not in t]
        for width in (WIDE, NARROW):
            visitor.page.set_viewport_size({"width": width, "height": 900})
            keep_picture(visitor, f"{page}-{role}-{width}-{theme}-{language}")
            problems += [f"{width}: wider than the screen: {e}" for e in visitor.overflow()]
            if language == "id" or theme == "light":
                report = visitor.axe()
                problems += [f"{width} {theme}: {report}"] if report else []
        visitor.context.close()
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("device", ["light", "dark"])
@pytest.mark.parametrize("page", ["login", "missing"])
def test_chosen_theme_wins_over_the_device(visit, page, device):
    """Else who chose light on a dark device gets half of each: unreadable text."""
    grounds = {}
    for chosen in ("light", "dark"):
        visitor = visit(color_scheme=device)
        visitor.set_cookie("theme", chosen)
        visitor.open(PAGES[page])
        grounds[chosen] = visitor.page.evaluate(
            "getComputedStyle(document.documentElement).backgroundColor"
        )
    assert grounds == {"light": "rgb(248, 245, 237)", "dark": "rgb(19, 25, 22)"}


@pytest.mark.parametrize("role", ["student", "lecturer", "office", "super_admin"])
def test_every_link_leads_somewhere_in_silence(visit, faculty, role):
    """Else a link is dead, a script fails, or the security policy stops a part of a page."""
    visitor = visit()
    visitor.enter(faculty[role])
    seen: set[str] = set()
    waiting = ["/dashboard/"]
    while waiting:
        address = waiting.pop()
        seen.add(address)
        visitor.open(address)
        links = visitor.page.eval_on_selector_all(
            "a[href]",
            "all => all.filter(a => a.origin === location.origin).map(a => a.pathname + a.search)",
        )
        # Django admin's inside is Django's; its front page and lists are ours to keep working.
        new = [one for one in links if one.count("/") <= 4 and one not in seen]
        waiting += [one for one in dict.fromkeys(new) if one not in waiting]
        assert len(seen) < 60, f"the crawl has no end: {sorted(seen)}"
    assert not visitor.troubles, "\n".join(visitor.troubles)
    assert len(seen) >= 5, seen
