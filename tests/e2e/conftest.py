"""A real browser before a real server: one Chromium for the folder, a fresh profile per test."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

from accounts.choices import IdentifierKind, MainRole, Role
from accounts.models import Identifier, LecturerProfile, StudentProfile, User
from accounts.services.sign_in import Visit, sign_in
from isme.lib import versions
from tests.conftest import LONG, PASSWORD
from tests.e2e import views
from tests.e2e.chromium import ARGUMENTS
from tests.e2e.skeleton import Seen

WIDE, NARROW = 1280, 390
HEIGHT = 900
LEAST_SHIFT = 0.005  # share of the screen times share of the way
PATIENCE = 15_000  # ms; a machine that runs much else at the same time is slow
# What a Content-Security-Policy stopped is told to the console too, but not all of it.
CSP_EAR = """
    addEventListener("securitypolicyviolation", e =>
        console.error("CSP " + e.violatedDirective + " " + e.blockedURI))
"""


def serve_to_keep(
    handler: StaticFilesHandler, request: HttpRequest, serve=StaticFilesHandler.serve
) -> HttpResponseBase:
    """As production's static files, whose names change with them: no page asks for them again."""
    answer = serve(handler, request)
    answer["Cache-Control"] = "max-age=86400, immutable"
    return answer


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium; gone when the folder is done, and its event loop with it."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not os.path.exists(program):  # noqa: PTH110
        pytest.skip(f"no Chromium at {program}")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs a loop in this thread: Django takes every query of a test for async.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        patch.setattr(StaticFilesHandler, "serve", serve_to_keep)
        expect.set_options(timeout=PATIENCE)
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Visitor:
    """A person before a browser of their own, and all that went wrong in it."""

    context: BrowserContext
    page: Page
    troubles: list[str] = field(default_factory=list)

    def open(self, address: str) -> Response:
        response = self.page.goto(address)
        assert response is not None
        return response

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Through the form, as people do."""
        self.open("/accounts/login/")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.page.click("form[action='/accounts/login/'] [type=submit]")
        # A script sends the form, so the click waits for no page: its button is off until then.
        expect(self.page.locator("form[data-patient] [disabled]")).to_have_count(0)

    def sign_out(self) -> None:
        """By the menu of the account, which needs no script."""
        self.page.click("header [popovertarget=account]")
        self.page.click("header form[action='/accounts/logout/'] button")

    def enter(self, user: User) -> None:
        """Past the form, for tests of what lies behind it."""
        visit = Visit(device="Chrome, Linux", place="other")
        cookie = sign_in(login=user.username, password=PASSWORD, remember=False, visit=visit)
        self.set_cookie(settings.SID_COOKIE_NAME, str(cookie))

    def set_cookie(self, name: str, value: str) -> None:
        address = self.context._options["baseURL"]  # set by `visit`
        self.context.add_cookies([{"name": name, "value": value, "url": address}])

    @property
    def has_session(self) -> bool:
        return any(c["name"] == settings.SID_COOKIE_NAME for c in self.context.cookies())

    def slow_down(self, line: dict[str, object]) -> None:
        """From now on pages come over this ``line`` (as Chromium's own tools describe one)."""
        devtools = self.context.new_cdp_session(self.page)
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", line)

    def resize(self, width: int) -> None:
        """Make the page ``width`` wide; to lay it out anew costs, so not where it is already."""
        size = {"width": width, "height": HEIGHT}
        if self.page.viewport_size != size:
            self.page.set_viewport_size(size)

    def axe(self, only: str = "", contrast_of: str = "*") -> list[str]:
        """What axe has against the page as it stands: by all rules, or ``only`` one.

        Contrast takes it longer than all else: ``contrast_of`` chooses what to ask for it.
        """
        # No preloading: it puts styles into the page, which the policy of the page forbids.
        options: dict[str, object] = {"resultTypes": ["violations"], "preload": False}
        if only:
            options["runOnly"] = [only]
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        # All that axe tells, with what it has nothing against, takes as long to send as to find.
        found: list[str] = self.page.evaluate(
            """async ([options, selector]) => {
                axe.configure({rules: [{id: "color-contrast", selector}]})
                return (await axe.run(options)).violations.flatMap(({id, help, nodes}) =>
                    nodes.map(n => `${id} (${help}): ${n.target} ${n.html.slice(0, 160)}`))
            }""",
            [options, contrast_of],
        )
        return found

    def shifts(self) -> list[str]:
        """What jumped while the page was built: each layout shift with the first element of it.

        Less than a two-hundredth of the screen is left alone: an icon that a busy machine drew
        a frame late.
        """
        return self.page.evaluate(
            """least => new Promise(done => {
                const found = []
                const unseen = ({node}) => node?.nodeType === Node.TEXT_NODE && !node.data.trim()
                new PerformanceObserver(list => {
                    for (const entry of list.getEntries()) {
                        if (entry.hadRecentInput || entry.value < least) continue
                        if (entry.sources.length && entry.sources.every(unseen)) continue  // a space
                        const node = entry.sources[0]?.node
                        found.push(`${entry.value.toFixed(4)} ${(node?.outerHTML || "").slice(0, 120)}`)
                    }
                }).observe({type: "layout-shift", buffered: true})
                requestAnimationFrame(() => requestAnimationFrame(() => done(found)))
            })""",
            LEAST_SHIFT,
        )

    def overflow(self) -> list[str]:
        """The elements that make the page wider than the screen."""
        return self.page.evaluate(
            """() => {
                const room = document.documentElement.clientWidth
                if (document.documentElement.scrollWidth <= room) return []
                return [...document.body.querySelectorAll("*")]
                    .filter(e => e.getBoundingClientRect().right > room + 0.5)
                    .map(e => e.outerHTML.slice(0, 120))
            }"""
        )

    def hidden_tabs(self) -> list[str]:
        """The open tabs that stand outside of what is seen of their row."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll(".tabs [aria-current]")].filter(e => {
                const tab = e.getBoundingClientRect()
                const row = e.parentElement.getBoundingClientRect()
                return tab.left < row.left - 1 || tab.right > row.right + 1
            }).map(e => e.outerHTML.slice(0, 120))"""
        )


@pytest.fixture
def visit(
    browser: Browser, live_server, transactional_db: None, settings
) -> Iterator[Callable[..., Visitor]]:
    """Make visitors: ``visit(width=390, color_scheme="dark", java_script_enabled=False)``.

    The server has the gallery of components, as a development server has.
    """
    settings.ROOT_URLCONF = "tests.gallery_urls"
    contexts: list[BrowserContext] = []

    def make(width: int = WIDE, **options: object) -> Visitor:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHT},
            **{"locale": "id-ID", "reduced_motion": "reduce", **options},
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context._options = {"baseURL": live_server.url}
        context.add_init_script(CSP_EAR)
        visitor = Visitor(context, context.new_page())
        _listen(visitor)
        return visitor

    yield make
    for context in contexts:
        for page in context.pages:  # what a route of the test still fetches is nobody's any more
            page.unroute_all(behavior="ignoreErrors")
        # A page that goes elsewhere by itself in this moment, as one that was displaced while it
        # asks again and again, has been seen to keep Chromium from closing it, for ever.
        context.set_offline(True)
        context.close()


def _listen(visitor: Visitor) -> None:
    said, page = visitor.troubles.append, visitor.page
    page.on(
        "console",
        lambda line: line.type in {"error", "warning"} and said(f"{page.url}: {line.text}"),
    )
    page.on("pageerror", lambda error: said(f"{page.url}: {error}"))
    # What the way to the next page cuts off did not fail.
    page.on(
        "requestfailed",
        lambda request: (
            "ERR_ABORTED" in str(request.failure) or said(f"{request.url}: {request.failure}")
        ),
    )
    page.on(
        "response",
        lambda answer: answer.status >= 400 and said(f"{answer.url}: {answer.status}"),
    )


@cache
def _password_hash() -> str:
    """Of the one password of all, computed once."""
    return make_password(PASSWORD)


@pytest.fixture
def faculty(transactional_db: None) -> dict[str, User]:
    """One person of each role, with long but plausible data, and what the apps put in."""
    people = {
        role: User(username=username, name=name, role=role, password=_password_hash())
        for role, username, name in (
            (Role.STUDENT, "nadia", "Nadia Pratama"),
            (Role.LECTURER, "dosen001", "dr. Bagas Simanjuntak Wicaksono, Sp.PD-KGH, Ph.D"),
            (Role.OFFICE, "akademik", "Ratna Puspita"),
            (Role.SUPER_ADMIN, "admin", "Sri Wahyuni"),
        )
    }
    for person in people.values():
        person.save()
    student, lecturer = people["student"], people["lecturer"]
    StudentProfile.objects.create(
        user=student, intake_year=2026, level=3, gpa="3.71", gender="female"
    )
    LecturerProfile.objects.create(user=lecturer, main_role=MainRole.COORDINATOR)
    Identifier.objects.bulk_create(
        Identifier(user=one, kind=IdentifierKind.USERNAME, value=one.username)
        for one in people.values()
    )
    views.fill({str(role): person for role, person in people.items()})
    versions.bump("people")
    return {str(role): person for role, person in people.items()}


@pytest.fixture
def busy_faculty(faculty: dict[str, User]) -> dict[str, User]:
    """The same in the middle of a term: something of everything that pages show and lead to."""
    views.fill(faculty, "fill_more")
    versions.bump("academics")
    return faculty


SHOTS = os.environ.get("ISME_SHOTS", "")


def keep_picture(visitor: Visitor, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory, worker_id: str) -> Seen:
    """Of this run, shared by all its processes."""
    folder = tmp_path_factory.getbasetemp()
    return Seen((folder if worker_id == "master" else folder.parent) / "skeletons")


# By all rules each: only contrast can tell the themes apart. --all, each width in each theme.
AXE = {(WIDE, "light"), (NARROW, "dark")}
if LONG:
    AXE |= {(NARROW, "light"), (WIDE, "dark")}


def inspect(visitor: Visitor, name: str, looked_at: Seen | None) -> list[str]:
    """What is wrong with the light page before ``visitor``, wide and narrow, light and dark.

    Axe takes six times as long as all else: it looks at a skeleton once in a run, at the contrast
    of words once on each ground, and with ``looked_at`` of None not at all. What has a known
    skeleton is only measured on a phone. Leaves the page narrow and light.
    """
    problems, painted = [], "light"
    contrast_of = looked_at.news(visitor.page) if looked_at else ""
    axe = bool(contrast_of)
    for width in (WIDE, NARROW) if axe or SHOTS else (NARROW,):
        visitor.resize(width)
        problems += [f"{width}: too wide: {e}" for e in visitor.overflow()]
        for theme in ("light", "dark") if axe or SHOTS else ():
            if (width, theme) not in AXE and not SHOTS:
                continue
            if theme != painted:
                visitor.page.emulate_media(color_scheme=theme)
                painted = theme
            keep_picture(visitor, name.format(width=width, theme=theme))
            if axe and (width, theme) in AXE:
                problems += [
                    f"{width} {theme}: {one}" for one in visitor.axe(contrast_of=contrast_of)
                ]
    if painted != "light":
        visitor.page.emulate_media(color_scheme="light")
    return problems
