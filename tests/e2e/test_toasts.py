"""What just happened can be undone, by all who use the page."""

from playwright.sync_api import expect

from notifications.models import Notification
from tests.notifications.cast import tell

LIST = "/notifications/"


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
