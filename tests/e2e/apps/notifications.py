from django.utils import timezone
from playwright.sync_api import expect

from notifications.audiences import Audience, Option
from notifications.choices import Channel, DeliveryState
from notifications.models import Broadcast, Delivery, Notice, Notification
from notifications.services import broadcast
from tests.e2e.views import View

BATCH = 100  # of those who are told of the broadcast below
PEOPLE = 206


def nothing_told(visitor, faculty) -> None:
    visitor.enter(faculty["lecturer"])
    Notification.objects.filter(person=faculty["lecturer"]).delete()
    visitor.open("/notifications/")
    expect(visitor.page.locator(".empty")).to_be_visible()


def half_told(visitor, faculty) -> None:
    fill_more(faculty)
    visitor.enter(faculty["office"])
    visitor.open(f"/notifications/broadcasts/{Broadcast.objects.latest('pk').pk}/")
    expect(visitor.page.locator("#stop")).to_be_visible()


VIEWS = [
    View("inbox-nothing", "lecturer", reach=nothing_told),
    View("broadcast-half", "office", reach=half_told),
]


def fill_more(people) -> None:
    """A broadcast of which half has gone out, one mail in vain; and one that still waits."""
    office = people["office"]
    to = [Option("all", Audience.of("everyone"))]
    for title in ("Kampus tutup besok", "Ujian diundur"):
        row = broadcast.schedule(
            title=title, text="Kuliah daring.", link="", to=to, send_at=None, by=office.pk
        )
    notice = broadcast.send(broadcast_id=row.pk)
    Notice.objects.filter(pk=notice.pk).update(told=BATCH, expected=PEOPLE)
    told = Notification.objects.create(
        notice=notice, person=people["student"], kind=notice.kind, created_at=timezone.now()
    )
    Delivery.objects.create(
        notification=told,
        channel=Channel.EMAIL,
        state=DeliveryState.FAILED,
        due_at=timezone.now(),
        error="550 Mailbox unavailable",
    )
