"""The ways out: who is told by what and when, once, though the other side fails."""

import base64
import email as mail_parser
import hashlib
import hmac
import json
import smtplib
import threading
import time
from datetime import datetime, timedelta
from datetime import time as clock_time
from http.server import BaseHTTPRequestHandler, HTTPServer
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core import mail
from django.utils import timezone

from accounts.choices import IdentifierKind
from accounts.models import Identifier, User
from isme.lib.models import Job
from notifications import audiences, kinds, rules
from notifications.channels import email, push, whatsapp
from notifications.choices import Channel, DeliveryState, Importance, Topic
from notifications.models import Delivery, Notification, Preference, PushSubscription, Ways
from notifications.services import clock, deliver, digest, fan_out
from notifications.services.notify import notify
from tests.conftest import enter, make_user

pytestmark = pytest.mark.django_db
E, P, W = Channel.EMAIL, Channel.PUSH, Channel.WHATSAPP
QUIET = kinds.Kind(name="tests.quiet", topic=Topic.FORUM, label="q", title="%(what)s")
LOUD = kinds.register(
    kinds.Kind(
        name="tests.loud",
        topic=Topic.FORUM,
        label="Loud things",
        title="%(what)s",
        channels=frozenset({E, P, W}),
    )
)
CRITICAL = kinds.register(
    kinds.Kind(
        name="tests.critical",
        topic=Topic.ACCOUNT,
        label="Critical things",
        title="%(what)s",
        importance=Importance.CRITICAL,
    )
)
ALL = [E, P, W]


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


def tell(*people: User, kind: str = "tests.loud", what: str = "Moved") -> None:
    to = audiences.people(person.pk for person in people)
    notice = notify(kind, recipients=to, about="", by=None, what=what)
    fan_out.tell_batch(notice_id=notice.pk, after=0)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


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


@pytest.mark.parametrize("token", ["x", "a:b:c", "WzEsInQubG91ZCJd:1:2"])
def test_forged_ways_out_lead_nowhere(client, token):
    assert client.post(f"/notifications/unsubscribe/{token}/").status_code == 404


def test_mail_comes_in_the_readers_language(user):
    User.objects.filter(pk=user.pk).update(language="en")
    with_mail(user)
    tell(user)
    deliver.drain(E)
    assert "Hello" in mail.outbox[0].body


def test_who_has_no_proved_address_is_skipped(user):
    Identifier.objects.create(user=user, kind=IdentifierKind.EMAIL, value="x@isme.example")
    tell(user)
    deliver.drain(E)
    assert states() == ["skipped"]
    assert mail.outbox == []


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
        patch.setattr("isme.lib.mail.send", refuse)
        deliver.drain(E)
    assert states() == ["failed"]
    office = enter(client, make_user("office", role="office"))
    notice = Notification.objects.get().notice_id
    page = office.get(f"/notifications/sent/{notice}/")
    assert "no such user" in page.text
    assert "Moved" not in page.text, "what people write to each other isn't the office's to read"
    office.post(f"/notifications/sent/{notice}/again/")
    deliver.drain(E)
    assert states() == ["sent"]


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
    assert digest.send_all() == 0
    Delivery.objects.filter(digest=True).update(due_at=timezone.now())
    clock.each_minute()
    assert Job.objects.filter(kind="notifications.digest").count() == 1
    assert digest.send_all() == 1
    assert digest.send_all() == 0
    assert all(f"Thing {n}" in mail.outbox[1].body for n in range(3))
    assert set(states()) == {"sent"}


# --- A gateway and a push service of the tests' own ---------------------------------------------


class Gateway(HTTPServer):
    """Keeps what it was told, and answers as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.told: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self.answer: object = {"status": True, "data": {"messages": [{"id": "wa-1"}]}}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.answer).encode())

    def log_message(self, *args) -> None:
        return


@pytest.fixture
def gateway(settings):
    server = Gateway()
    settings.WHATSAPP_URL = server.address
    settings.WHATSAPP_TOKEN = "token"
    settings.WHATSAPP_SECRET = "secret"
    key = ec.generate_private_key(ec.SECP256R1())
    raw = key.private_numbers().private_value.to_bytes(32, "big")
    settings.WEBPUSH_PRIVATE_KEY = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    settings.WEBPUSH_HOSTS = ["127.0.0.1"]
    settings.WEBPUSH_PLAIN_HTTP = True
    yield server
    server.shutdown()
    server.server_close()


def test_whatsapp_hands_over_and_learns_what_became_of_it(client, gateway, user):
    Ways.objects.create(person=user, whatsapp="6281234567890")
    tell(user)
    deliver.drain(W)
    (path, headers, body), *_others = gateway.told
    assert path == "/api/v2/send-message"
    assert headers["Authorization"] == "token"
    assert json.loads(body)["data"][0]["phone"] == "6281234567890"
    row = Delivery.objects.get(channel=W)
    assert (row.state, row.remote_id) == ("sent", "wa-1")

    assert hook(client, {"id": "wa-1", "status": "delivered"}).status_code == 204
    row.refresh_from_db()
    assert row.seen_at is not None
    hook(client, {"id": "wa-1", "status": "failed"})
    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED


def hook(client, told: object, *, secret: str = "secret", age: int = 0, body: bytes = b""):
    body = body or json.dumps(told).encode()
    stamp = str(int(time.time()) - age)
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return client.post(
        "/notifications/whatsapp/status/",
        body,
        content_type="application/json",
        headers={"X-Timestamp": stamp, "X-Signature": signature},
    )


def test_unsigned_old_or_unreadable_words_of_a_gateway_are_refused(client, gateway):
    told = {"id": "wa-1", "status": "failed"}
    assert hook(client, told, secret="other").status_code == 403
    assert hook(client, told, age=600).status_code == 403
    assert hook(client, [], body=b"[1]").status_code == 400
    assert hook(client, {}, body=b"\xff").status_code == 400
    assert client.post("/notifications/whatsapp/status/", {"id": "x"}).status_code == 403
    assert hook(client, told, body=b"x" * 20_000).status_code == 413


@pytest.mark.parametrize(
    ("status", "answer", "state"),
    [
        (500, {}, "pending"),
        (429, {}, "pending"),
        (200, {"nonsense": 1}, "pending"),
        (200, {"status": False, "message": "bad number"}, "failed"),
        (400, {"status": False, "message": "bad number"}, "failed"),
    ],
)
def test_whatsapp_gateway_that_fails(gateway, user, status, answer, state):
    Ways.objects.create(person=user, whatsapp="6281234567890")
    gateway.status, gateway.answer = status, answer
    tell(user)
    deliver.drain(W)
    assert Delivery.objects.get(channel=W).state == state


def browser_of(user: User, gateway: Gateway, path: str = "/push") -> PushSubscription:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return PushSubscription.objects.create(
        person=user,
        endpoint=gateway.address + path,
        endpoint_hash=hashlib.sha256(path.encode()).hexdigest(),
        public_key=base64.urlsafe_b64encode(point).rstrip(b"=").decode(),
        auth=base64.urlsafe_b64encode(b"0" * 16).rstrip(b"=").decode(),
    )


def test_push_is_encrypted_and_signed(gateway, user):
    browser_of(user, gateway)
    gateway.status = 201
    tell(user)
    deliver.drain(P)
    (_path, headers, body), *_others = gateway.told
    headers = {name.lower(): value for name, value in headers.items()}
    assert headers["authorization"].startswith("vapid ")
    assert headers["content-encoding"] == "aes128gcm"
    assert b"Moved" not in body
    assert Delivery.objects.get(channel=P).state == "sent"


@pytest.mark.parametrize(
    ("status", "state"), [(410, "skipped"), (503, "pending"), (400, "failed")]
)
def test_push_that_fails(gateway, user, status, state):
    browser_of(user, gateway)
    gateway.status = status
    tell(user)
    deliver.drain(P)
    assert Delivery.objects.get(channel=P).state == state
    assert PushSubscription.objects.exists() is (status != 410)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://169.254.169.254/latest",
        "https://evil.example/push",
        "https://fcm.googleapis.com.evil.example/x",
        "file:///etc/passwd",
        "",
        "https://[",
    ],
)
def test_browsers_of_unknown_services_are_refused(client, user, endpoint):
    """Else anybody could make our worker call a host inside our network."""
    enter(client, user)
    keys = {"p256dh": "x", "auth": "y"}
    response = client.post("/notifications/push/", {"endpoint": endpoint, **keys}, follow=True)
    assert response.status_code == 200
    assert not PushSubscription.objects.exists()


def test_a_browser_is_added_once_and_removed(client, user):
    enter(client, user)
    sent = {"endpoint": "https://fcm.googleapis.com/x", "p256dh": "x", "auth": "y"}
    for _press in range(2):
        client.post("/notifications/push/", sent)
    row = PushSubscription.objects.get()
    other = make_user("tiara")
    PushSubscription.objects.update(person=other)
    assert client.post(f"/notifications/push/{row.pk}/remove/").status_code == 404
    PushSubscription.objects.update(person=user)
    client.post(f"/notifications/push/{row.pk}/remove/")
    assert not PushSubscription.objects.exists()


def test_preferences_are_kept_and_errors_lose_nothing(client, user, gateway):
    enter(client, user)
    page = "/notifications/preferences/"
    form = {
        "zone": "Asia/Makassar",
        "digest_at": "06:30",
        "whatsapp": "0812",
        "tests.loud:push": "on",
    }
    refused = client.post(page, {**form, "quiet_from": "21:00"})
    assert refused.status_code == 422
    assert "0812" in refused.text
    assert not Preference.objects.exists()
    saved = {**form, "whatsapp": "6281234567890", "quiet_from": "21:00", "quiet_until": "05:00"}
    assert (
        client.post(
            page, {**saved, "tests.critical:email": "", "nonsense:email": "on"}
        ).status_code
        == 302
    )
    found = {(p.kind, p.channel): p.is_on for p in Preference.objects.filter(kind="tests.loud")}
    assert found == {("tests.loud", "email"): False, ("tests.loud", "whatsapp"): False}
    assert not Preference.objects.filter(kind__in=["tests.critical", "nonsense"]).exists()
    assert Ways.objects.get().zone == "Asia/Makassar"
    assert client.get(page).status_code == 200


def test_channels_that_are_not_set_up_are_not_offered(settings, user):
    assert whatsapp.is_signed(b"", "1", "x") is False
    assert push.public_key() == ""
    tell(user)
    assert list(Delivery.objects.values_list("channel", flat=True)) == [E]
