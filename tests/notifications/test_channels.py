"""The ways out: who is told by what and when, once, though the other side fails."""

import email as mail_parser
import smtplib
from datetime import datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from accounts.choices import IdentifierKind
from accounts.models import Identifier, User
from accounts.services.accounts import change_account
from isme.lib.models import Job
from notifications import rules
from notifications.channels import email
from notifications.models import Delivery, Notice, Notification, Preference, Ways
from notifications.services import clock, deliver, digest, fan_out
from tests.conftest import enter, make_user
from tests.notifications.loud import ALL, CRITICAL, LOUD, QUIET, E, P, W, ask, states, tell

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "choices", "told"),
    [
        (QUIET, {}, set()),
        (QUIET, {E: True}, {E}),
        (QUIET, {E: False, P: True}, {P}),
        (LOUD, {}, {E, P, W}),
        (LOUD, {W: False}, {E, P}),
        (LOUD, {E: False, P: False, W: False}, set()),
        (CRITICAL, {}, {E, P, W}),
        (CRITICAL, {E: False, P: False, W: False}, {E, P, W}),
    ],
)
@pytest.mark.parametrize("offered", [[E], ALL])
def test_kind_by_preference_by_channel(kind, choices, told, offered):
    assert rules.channels_of(kind, choices, offered) == told & set(offered)


def at(hour: int, minute: int = 0, zone: str = "Asia/Jakarta") -> datetime:
    return datetime(2026, 11, 25, hour, minute, tzinfo=ZoneInfo(zone))


NIGHT = {"quiet_from": clock_time(21), "quiet_until": clock_time(5, 30)}
NOON = {"quiet_from": clock_time(12), "quiet_until": clock_time(13)}


@pytest.mark.parametrize(
    ("kind", "ways", "now", "due"),
    [
        (LOUD, {}, at(3), at(3)),
        (LOUD, NIGHT, at(20, 59), at(20, 59)),
        (LOUD, NIGHT, at(21), at(5, 30) + timedelta(days=1)),
        (LOUD, NIGHT, at(3), at(5, 30)),
        (LOUD, NIGHT, at(5, 30), at(5, 30)),
        (LOUD, NOON, at(12, 30), at(13)),
        (LOUD, {**NOON, "zone": "Asia/Jayapura"}, at(12, 30), at(12, 30)),
        (LOUD, {**NOON, "zone": "Asia/Jayapura"}, at(10, 30), at(11)),
        (CRITICAL, NIGHT, at(3), at(3)),
    ],
)
def test_quiet_hours_in_the_persons_zone(kind, ways, now, due):
    assert rules.due_at(kind, Ways(**ways), now) == due


def with_mail(user: User, address: str = "nadia@isme.example") -> User:
    Identifier.objects.create(user=user, kind=IdentifierKind.EMAIL, value=address)
    User.objects.filter(pk=user.pk).update(proved_email=address, email_proved_at=timezone.now())
    user.refresh_from_db()
    return user


def test_mail_has_both_forms_and_a_way_out(client, user):
    with_mail(user)
    tell(user, what="Room <b>moved</b>")
    assert Job.objects.filter(kind="notifications.send").count() == 1
    deliver.drain(E)
    deliver.drain(E)
    (sent,) = mail.outbox
    row = Notification.objects.get()
    assert sent.to == ["nadia@isme.example"]
    assert "Halo" in sent.body
    assert "&lt;b&gt;moved" in sent.alternatives[0][0]
    assert sent.extra_headers["Message-ID"].startswith(f"<notification-{row.pk}@")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail_parser.message_from_bytes(sent.message().as_bytes())["Message-ID"]
    assert states() == ["sent"]

    path = email.unsubscribe_path(user.pk, "tests.loud")
    assert path in sent.extra_headers["List-Unsubscribe"]
    assert client.get(path).status_code == 200
    assert not Preference.objects.exists(), "a program that looks ahead unsubscribes nobody"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    tell(user)
    assert Delivery.objects.count() == 1


def test_each_of_a_few_is_mailed_what_is_theirs_by_one_job(user):
    """Told together: each by the ways that they chose for that kind, and none of another's."""
    other = with_mail(make_user("bima"), "bima@isme.example")
    with_mail(user)
    Preference.objects.create(person=other, kind=LOUD.name, channel=E, is_on=False)
    Ways.objects.create(person=user, digest=True)
    notices = [
        ask(user, kind=LOUD.name),
        ask(other, kind=LOUD.name),
        ask(other, kind=CRITICAL.name),
        ask(user, other, kind=CRITICAL.name),
    ]
    fan_out.tell_few(notice_ids=[notice.pk for notice in notices])
    found = Delivery.objects.order_by("notification__notice", "notification__person")
    assert list(
        found.values_list("notification__notice", "notification__person", "channel", "digest")
    ) == [
        (notices[0].pk, user.pk, E, True),
        (notices[2].pk, other.pk, E, False),
        *sorted((notices[3].pk, person.pk, E, False) for person in (user, other)),
    ]
    assert Job.objects.filter(kind="notifications.send").count() == 1


@pytest.mark.parametrize("token", ["x", "a:b:c", "WzEsInQubG91ZCJd:1:2"])
def test_forged_ways_out_lead_nowhere(client, token):
    assert client.post(f"/notifications/unsubscribe/{token}/").status_code == 404


def test_mail_comes_in_the_readers_language(user):
    User.objects.filter(pk=user.pk).update(language="en")
    with_mail(user)
    change_account(user_id=user.pk, changes={"role": "lecturer"})
    fan_out.tell_batch(notice_id=Notice.objects.get().pk, after=0)
    deliver.drain(E)
    assert mail.outbox[0].subject == "Your account is now: Lecturer"
    assert "Hello" in mail.outbox[0].body


def test_who_has_no_proved_address_is_skipped(user):
    Identifier.objects.create(user=user, kind=IdentifierKind.EMAIL, value="x@isme.example")
    tell(user)
    deliver.drain(E)
    assert states() == ["skipped"]
    assert mail.outbox == []


@pytest.mark.parametrize("people", [1, 30])
def test_those_without_an_address_cost_the_worker_together(django_assert_num_queries, people):
    """Else what is told to a level whose mails nobody proved keeps the queue for minutes."""
    nadia = with_mail(make_user("nadia"))
    tell(nadia, *(make_user(f"mhs{n}") for n in range(people)))
    with django_assert_num_queries(
        8
    ):  # due, reached, skipped; claim in 2, address, settle; due again
        deliver.drain(E)
    assert sorted(states()) == ["sent", *["skipped"] * people]


def test_what_another_worker_took_meanwhile_is_not_passed_over(monkeypatch, user):
    """Else a mail that is on its way is noted as one that had no address."""
    tell(user)
    pk = Delivery.objects.get().pk

    def meanwhile(channel):
        deliver.claim(pk)
        return lambda people: set()

    monkeypatch.setattr(deliver.channels, "reachable", meanwhile)
    deliver.drain(E)
    assert states() == ["sending"]


def test_address_lost_before_its_turn_is_no_error(monkeypatch, user):
    with_mail(user)
    tell(user)
    monkeypatch.setattr(email, "proved_email_of", lambda person: "")
    deliver.drain(E)
    assert states() == ["skipped"]


def test_mail_server_away_then_back_sends_each_once(monkeypatch, user):
    """One wait for all, and nothing lost or doubled."""
    with_mail(user)
    other = with_mail(make_user("tiara"), "tiara@isme.example")
    tell(user, other)
    tries = []

    def away(*args, **kwargs):
        tries.append(1)
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as patch:
        patch.setattr("isme.lib.mail.send", away)
        deliver.drain(E)
    assert len(tries) == 1
    assert states() == ["pending", "pending"]
    assert "gone" in Delivery.objects.exclude(error="").get().error

    Delivery.objects.update(due_at=timezone.now())
    assert deliver.drain(E) == 2
    assert deliver.drain(E) == 0
    assert len(mail.outbox) == 2


def test_a_refused_address_fails_and_the_office_sends_again(monkeypatch, client, user):
    with_mail(user)
    tell(user)

    def refuse(*args, **kwargs):
        raise smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")})

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        deliver.drain(E)
    assert states() == ["failed"]
    office = enter(client, make_user("office", role="office"))
    notice = Notification.objects.get().notice_id
    tell(user, what="Other")  # still waits
    (row,) = office.get("/notifications/sent/", {"failed": "1"}).context["rows"]
    assert (row[0].pk, row[3]) == (notice, 1)
    page = office.get(f"/notifications/sent/{notice}/")
    assert "no such user" in page.text
    assert "Moved" not in page.text, "what people write to each other isn't the office's to read"
    office.post(f"/notifications/sent/{notice}/again/")
    deliver.drain(E)
    assert states() == ["sent", "sent"]
    assert office.get("/notifications/sent/?failed=1").context["rows"] == []


def test_after_a_day_of_tries_it_has_failed(monkeypatch, user):
    with_mail(user)
    tell(user)
    monkeypatch.setattr("isme.lib.mail.send", lambda *a, **k: 1 / 0)
    for _try in range(deliver.MOST_TRIES):
        Delivery.objects.update(due_at=timezone.now())
        deliver.drain(E)
    assert states() == ["failed"]
    deliver.send_again(notice_id=Notification.objects.get().notice_id)
    deliver.drain(E)
    assert states() == ["pending"], "sent again, it has a day of tries again"


def test_a_killed_worker_s_delivery_is_taken_over(user):
    with_mail(user)
    tell(user)
    pk = Delivery.objects.get().pk
    late = deliver.claim(pk)
    assert deliver.claim(pk) is None, "another worker has it"
    for _time in range(2):
        Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert deliver.claim(pk) is not None
        deliver.try_later(late, "slow")
        assert states() == ["sending"], "who came back late says nothing about it any more"
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert deliver.drain(E) == 1


def test_daily_mail_gathers_and_critical_ones_go_at_once(user):
    with_mail(user)
    Ways.objects.create(person=user, digest=True, digest_at="06:00")
    for n in range(3):
        tell(user, what=f"Thing {n}")
    tell(user, kind="tests.critical", what="Now")
    deliver.drain(E)
    assert [m.subject for m in mail.outbox] == ["Now"]
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers, "this kind can't be turned off"
    assert digest.send_all() == 0
    Delivery.objects.filter(digest=True).update(due_at=timezone.now())
    clock.each_minute()
    assert Job.objects.filter(kind="notifications.digest").count() == 1
    assert digest.send_all() == 1
    assert digest.send_all() == 0
    assert all(f"Thing {n}" in mail.outbox[1].body for n in range(3))
    assert set(states()) == {"sent"}
