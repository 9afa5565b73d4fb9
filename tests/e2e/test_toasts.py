"""What just happened can be undone, by all who use the page."""

from playwright.sync_api import expect

from notifications.models import Notification
from tests.e2e.conftest import NARROW
from tests.notifications.cast import tell

LIST = "/notifications/"
# The first words of each button and link that can't be pressed where it stands: what lies over it is told.
COVERED = """() => {
    const told = [...document.querySelectorAll(".toasts :is(.toast:not([hidden]), .message)")]
        .map(e => e.getBoundingClientRect())
    return [...document.querySelectorAll("main :is(a, button, input, select)")].filter(e => {
        const own = e.getBoundingClientRect()
        return own.width && told.some(t => t.top < own.bottom && t.bottom > own.top)
    }).map(e => e.textContent.trim().slice(0, 30))
}"""


def test_deleting_is_undone_by_keyboard_from_a_toast(visit, faculty):
    """Else who can't use a mouse, or see the foot of the page, loses what was deleted."""
    student = faculty["student"]
    Notification.objects.filter(person=student).delete()
    for what in ("First", "Second"):
        tell(student, what=what)
    visitor = visit()
    page = visitor.page
    visitor.enter(student)
    visitor.open(LIST)
    notes, toasts = page.locator(".note:not([hidden])"), page.locator("#toasts .message")
    expect(notes).to_have_count(2)
    page.locator(".note button[title=Hapus]").first.press("Enter")
    expect(notes).to_have_count(1)
    expect(toasts).to_contain_text("Notifikasi dihapus.")
    expect(notes.locator("a").first).to_be_focused()
    page.locator(".note:not([hidden]) button[title=Hapus]").press("Enter")
    expect(toasts).to_have_count(2)
    expect(page.locator("#content")).to_be_focused()
    toasts.first.locator("[type=submit]").press("Enter")
    expect(notes).to_have_count(1)
    expect(toasts).to_have_count(1)
    toasts.locator("[data-close-toast]").press("Enter")
    expect(toasts).to_have_count(0)
    expect(page.locator("#content")).to_be_focused()
    assert not visitor.troubles


def test_without_a_script_it_is_a_message_at_its_place(visit, faculty):
    """Else whose browser runs no script never hears of it, nor finds the way back."""
    student = faculty["student"]
    Notification.objects.filter(person=student).delete()
    tell(student)
    visitor = visit(java_script_enabled=False)
    page = visitor.page
    visitor.enter(student)
    visitor.open(LIST)
    page.click(".note button[title=Hapus]")
    message = page.locator(".said .message")
    expect(message).to_be_visible()
    expect(page.locator(".note")).to_have_count(0)
    expect(message.locator("[data-close-toast]")).to_be_hidden()
    message.locator("[type=submit]").click()
    expect(page.locator(".note")).to_have_count(1)
    expect(message).to_contain_text("Notifikasi itu kembali.")


def test_what_is_told_on_a_phone_lies_over_no_button(visit, faculty):
    """Else the last button of a page, which can't be scrolled away from there, takes no tap."""
    student = faculty["student"]
    Notification.objects.filter(person=student).delete()
    for number in range(8):
        tell(student, what=f"News {number}")
    visitor = visit(width=NARROW)
    page = visitor.page
    visitor.enter(student)
    visitor.open(LIST)
    page.locator(".note button[title=Hapus]").last.click()
    expect(page.locator("#toasts .message")).to_be_visible()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = page.locator(".note:not([hidden]) button[title=Hapus]").last.bounding_box()
    toast = page.locator("#toasts .message").bounding_box()
    assert last["y"] > toast["y"] + toast["height"]
    page.locator("[data-close-toast]").click()

    visitor.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    assert page.evaluate(COVERED) == []
    visitor.context.set_offline(False)
    assert not visitor.troubles
