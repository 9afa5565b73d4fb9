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
    "profile": "/accounts/profile/?per_page=5",
    "history2": "/accounts/profile/?per_page=5&page=2",
    "audit": "/accounts/audit/",
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
    ("audit", "super_admin"),
    ("admin", "super_admin"),
]
EXPECTED = {"missing": 404, "forbidden": 403}


# Django admin's filters and forms are Django's and have no end; its lists are of our making.
INTERNAL_LINKS = """
    all => all.filter(a => a.origin === location.origin)
        .map(a => a.pathname + (a.pathname.startsWith("/admin/") ? "" : a.search))
        .filter(path => path.split("/").length <= 5)
"""


def show(visitor: Visitor, page: str, role: str, faculty) -> None:
    """Bring ``visitor`` before ``page`` as somebody of ``role``."""
    if page in {"refused", "empty"}:
        visitor.sign_in(*(("nadia", "not it") if page == "refused" else ("", "")))
        expect(visitor.page.locator("main .alert--brick").first).to_be_visible()
    elif page == "signed-out":
        visitor.enter(faculty["student"])
        visitor.open("/dashboard/")
        visitor.sign_out()
        expect(visitor.page.locator(".messages")).to_be_visible()
    elif page == "displaced":
        visitor.enter(faculty["student"])
        mine = visitor.context.cookies()
        visitor.enter(faculty["student"])
        visitor.context.add_cookies(mine)
        visitor.open("/dashboard/")
        expect(visitor.page.locator("main .alert--sun")).to_be_visible()
    else:
        if role != NOBODY:
            visitor.enter(faculty[role])
        assert visitor.open(PAGES[page]).status == EXPECTED.get(page, 200)


def keep_picture(visitor: Visitor, name: str) -> None:
    folder = os.environ.get("ISME_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("page", "role"), VIEWS, ids=["-".join(view) for view in VIEWS])
def test_page_is_for_everybody(visit, faculty, page, role):
    """Else somebody who can't see well, uses a phone, or prefers the dark, can't use the page."""
    problems = []
    for language in ("id", "en"):
        visitor = visit(color_scheme="light")
        visitor.set_cookie("lang", language)
        show(visitor, page, role, faculty)
        expect(visitor.page.locator("html")).to_have_attribute("lang", language)
        status = str(EXPECTED.get(page))
        problems += [trouble for trouble in visitor.troubles if status not in trouble]
        for width in (WIDE, NARROW):
            visitor.page.set_viewport_size({"width": width, "height": 900})
            problems += [f"{language} {width}: too wide: {e}" for e in visitor.overflow()]
            for theme in ("light", "dark"):
                visitor.page.emulate_media(color_scheme=theme)
                keep_picture(visitor, f"{page}-{role}-{width}-{theme}-{language}")
                if language == "id":
                    # Of axe's rules only that for contrast can tell the themes apart.
                    found = visitor.axe("color-contrast" if theme == "dark" else "")
                    problems += [f"{width} {theme}: {one}" for one in found]
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
    assert grounds == {"light": "oklch(0.971 0.011 88)", "dark": "oklch(0.2 0.011 155)"}


@pytest.mark.parametrize("role", ["student", "lecturer", "office", "super_admin"])
def test_every_link_leads_somewhere_in_silence(visit, faculty, role):
    """Else a link is dead, a script fails, or the security policy stops a part of a page."""
    visitor = visit()
    visitor.enter(faculty[role])
    seen: set[str] = set()
    waiting = {"/dashboard/"}
    while waiting:
        address = waiting.pop()
        seen.add(address)
        visitor.open(address)
        links = visitor.page.eval_on_selector_all("a[href]", INTERNAL_LINKS)
        waiting |= set(links) - seen
    assert not visitor.troubles, "\n".join(visitor.troubles)
    assert seen >= {"/dashboard/", "/accounts/profile/"}
    assert ("/admin/accounts/user/" in seen) == faculty[role].is_staff
