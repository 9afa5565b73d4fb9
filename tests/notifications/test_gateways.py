"""WhatsApp and the browser's own notices, against a gateway and a push service of the tests' own."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import translation

from accounts.choices import Role
from accounts.models import User
from notifications.channels import push, whatsapp
from notifications.choices import DeliveryState
from notifications.models import Delivery, Preference, PushSubscription, Ways
from notifications.services import deliver
from tests.conftest import enter, make_user
from tests.notifications.loud import E, P, W, tell

pytestmark = pytest.mark.django_db


class Gateway(HTTPServer):
    """Keeps what it was told, and answers as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.told: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self.location = ""
        self.answer: object = {"status": True, "data": {"messages": [{"id": "wa-1"}]}}
        # It ends within a poll: by default a test waits half a second for it.
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.told.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.answer).encode())

    def do_GET(self) -> None:
        self.do_POST()  # what a client makes of a redirect that it follows

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


@pytest.mark.parametrize(
    ("language", "words"), [("id", "Kelas Anda berubah"), ("en", "Your classes have changed")]
)
def test_whatsapp_speaks_the_language_of_its_reader(gateway, language, words):
    """The worker has no page whose language it could take: else all read the server's."""
    person = make_user("tiara", language=language)
    Ways.objects.create(person=person, whatsapp="6281234567890")
    with translation.override("en" if language == "id" else "id"):
        tell(person, kind="tests.worded")
        deliver.drain(W)
    ((_path, _headers, body),) = gateway.told
    assert words in json.loads(body)["data"][0]["message"]


@pytest.mark.parametrize("status", [302, 307])
def test_whatsapp_gateway_leads_nobody_elsewhere(gateway, user, status):
    """Else whoever takes the gateway over reads our token and all messages at another host."""
    elsewhere = Gateway()
    gateway.status, gateway.location = status, f"{elsewhere.address}/api/v2/send-message"
    Ways.objects.create(person=user, whatsapp="6281234567890")
    tell(user)
    deliver.drain(W)
    elsewhere.shutdown()
    elsewhere.server_close()
    assert (len(gateway.told), elsewhere.told) == (1, [])
    assert Delivery.objects.get(channel=W).state == DeliveryState.FAILED


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
        "shown": [f"tests.loud:{channel}" for channel in ("email", "push", "whatsapp")],
        "tests.loud:push": "on",
    }
    refused = client.post(page, {**form, "quiet_from": "21:00"})
    assert refused.status_code == 422
    assert "0812" in refused.text
    assert ticked(refused)["tests.loud:push"]
    assert not ticked(refused)["tests.loud:email"]
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


def ticked(page) -> dict[str, bool]:
    rows = [row for group in page.context["groups"] for row in group.rows]
    return {box.name: box.is_on for row in rows for box in row.boxes}


@pytest.mark.parametrize(
    ("role", "concern", "never"),
    [
        (
            Role.LECTURER,
            {"academics.role_given", "academics.no_syllabus", "academics.term_active"},
            {"academics.graduated", "academics.import_done", "academics.group_left"},
        ),
        (
            Role.STUDENT,
            {"academics.graduated", "academics.group_left", "academics.promotion_reverted"},
            {"academics.role_given", "academics.import_done", "academics.no_syllabus"},
        ),
        (
            Role.OFFICE,
            {"academics.import_done", "academics.empty_class", "academics.promotion_reverted"},
            {"academics.graduated", "academics.class_assigned"},
        ),
    ],
)
def test_only_what_can_reach_the_role_is_chosen(client, gateway, role, concern, never):
    """Else a lecturer reads past "I have graduated" to find what concerns them."""
    enter(client, make_user("someone", role=role))
    shown = {name.partition(":")[0] for name in ticked(client.get("/notifications/preferences/"))}
    assert concern <= shown
    assert not never & shown
    assert {"forum.mention", "notifications.broadcast", "accounts.new_device"} <= shown


def test_saving_keeps_what_the_page_did_not_show(client, user, gateway):
    """Else who saves one tick loses what they chose as a lecturer, or for a way that is away."""
    enter(client, user)
    hidden = {"academics.role_given": E, "tests.loud": W, "tests.worded": W, "gone.kind": P}
    for kind, channel in hidden.items():
        Preference.objects.create(person=user, kind=kind, channel=channel, is_on=False)
    page = "/notifications/preferences/"
    posted = {"zone": "Asia/Jakarta", "digest_at": "06:30", "whatsapp": ""}
    posted |= {"shown": ["tests.loud:email", "tests.loud:push"], "tests.loud:email": "on"}
    assert client.post(page, posted).status_code == 302
    found = {(p.kind, p.channel): p.is_on for p in Preference.objects.all()}
    kept = dict.fromkeys(hidden.items(), False)
    assert found == {**kept, ("tests.loud", P): False}


def test_channels_that_are_not_set_up_are_not_offered(settings, user):
    assert whatsapp.is_signed(b"", "1", "x") is False
    assert push.public_key() == ""
    tell(user)
    assert list(Delivery.objects.values_list("channel", flat=True)) == [E]
