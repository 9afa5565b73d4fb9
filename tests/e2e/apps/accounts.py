from django.utils import timezone
from playwright.sync_api import expect

from accounts.choices import IdentifierKind, LinkState, SignInEventKind
from accounts.models import Identifier, LinkBatch, SignInEvent
from tests.e2e.views import NOBODY, View

OLD_SIGN_INS = 60  # more than one page of the history


def refused(visitor, faculty) -> None:
    visitor.sign_in("nadia", "not it")
    expect(visitor.page.locator("main .alert--brick")).to_be_visible()


def empty(visitor, faculty) -> None:
    visitor.sign_in("", "")
    expect(visitor.page.locator("main .error").first).to_be_visible()


def signed_out(visitor, faculty) -> None:
    visitor.enter(faculty["student"])
    visitor.open("/dashboard/")
    visitor.sign_out()
    expect(visitor.page.locator(".message")).to_be_visible()


def displaced(visitor, faculty) -> None:
    visitor.enter(faculty["student"])
    mine = visitor.context.cookies()
    visitor.enter(faculty["student"])
    visitor.context.add_cookies(mine)
    visitor.open("/dashboard/")
    expect(visitor.page.locator("main .alert--sun")).to_be_visible()


VIEWS = [
    View("login", NOBODY, "/accounts/login/"),
    View("refused", NOBODY, reach=refused),
    View("empty", NOBODY, reach=empty),
    View("signed-out", NOBODY, reach=signed_out),
    View("displaced", NOBODY, reach=displaced),
    View("audit-nothing", "super_admin", "/accounts/audit/?q=nobody"),
]


def fill(people) -> None:
    """A student with a long history, identifiers of every kind, and links of every result."""
    student, lecturer = people["student"], people["lecturer"]
    Identifier.objects.bulk_create(
        Identifier(user=user, kind=kind, value=value)
        for user, kind, value in (
            (student, IdentifierKind.NIM, "2026101000001"),
            (student, IdentifierKind.EMAIL, "nadia.pratama.kusumawardhani@student.isme.example"),
            (lecturer, IdentifierKind.NIP, "198003122005012001"),
        )
    )
    SignInEvent.objects.bulk_create(
        SignInEvent(
            user=student, kind=SignInEventKind.DISPLACED, device="Chrome, Android", place="campus"
        )
        for _number in range(OLD_SIGN_INS)
    )
    batch = LinkBatch.objects.create(maker=people["office"])
    results = (LinkState.SENT, LinkState.NO_ADDRESS, LinkState.FAILED)
    for user, state in zip((student, lecturer, people["super_admin"]), results, strict=True):
        sent_at = timezone.now() if state == LinkState.SENT else None
        batch.deliveries.create(user=user, state=state, sent_at=sent_at)
