"""The office tells people something in one browser, and sees that it was read in another."""

import re

from playwright.sync_api import expect

from accounts.models import User
from isme.lib import jobs
from isme.lib.models import Job
from notifications.services import broadcast, fan_out
from notifications.services.notify import TELL
from tests.notifications.cast import crowd

TITLE = "Kampus tutup besok"


def work(kind: str) -> None:
    """Do the next job of this kind, as a worker would."""
    assert jobs.run(Job.objects.get(kind=kind, state="pending").pk)


def send(page, people: int) -> None:
    """Write it, look at the preview, and send it to all students."""
    page.goto("/notifications/broadcasts/new/")
    page.fill("[name=title]", TITLE)
    page.fill("[name=text]", "Kuliah daring saja.")
    page.check("[name=to][value='role:student']")
    page.click("[name=step][value=preview]")
    expect(page.locator("#preview strong")).to_contain_text(str(people))
    page.click("[name=step][value=send]")
    expect(page).to_have_url(re.compile(r"/notifications/broadcasts/\d+/$"))


def test_broadcast_between_two_browsers(visit, faculty, monkeypatch):
    """Else the office sends into the dark: neither how far it is nor whether anybody read it."""
    crowd(25)
    people = User.objects.filter(role="student", is_active=True).count()
    monkeypatch.setattr(fan_out, "BATCH", people // 2 + 1)
    office, student = visit(), visit()
    office.enter(faculty["office"])
    student.enter(faculty["student"])

    send(office.page, people)

    # The page asks again by itself while it goes out: half of it, and all of it.
    bar = office.page.locator("#statistics progress")
    work(broadcast.SEND_BROADCAST)
    work(TELL)
    expect(bar).to_have_js_property("value", people // 2 + 1)
    work(TELL)
    expect(bar).to_have_js_property("value", people)

    page = student.page
    page.goto("/notifications/")
    line = page.locator("#feed .note", has_text=TITLE)
    expect(line).to_have_class(re.compile("note--new"))
    line.get_by_role("button", name="Tandai dibaca").click()
    expect(line).not_to_have_class(re.compile("note--new"))

    office.page.reload()
    expect(office.page.locator("#statistics dd").first).to_contain_text("1 (")
    assert not office.troubles + student.troubles
