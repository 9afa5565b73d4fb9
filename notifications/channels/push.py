"""Notices in the browser's own notifications, through the service of the browser's maker."""

import base64
import json
from collections.abc import Collection
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import override

from notifications.errors import Away, NoAddress, Refused
from notifications.kinds import words_of
from notifications.models import Delivery, PushSubscription

TIMEOUT_SECONDS = 10
KEPT_SECONDS = 24 * 60 * 60  # how long the service keeps a message for a browser that is off
GONE = {404, 410}
LATER = {429, *range(500, 600)}
MOST_BODY_CHARACTERS = 300


def reachable(people: Collection[int]) -> set[int]:
    known = PushSubscription.objects.filter(person_id__in=people)
    return set(known.values_list("person_id", flat=True))


def send(delivery: Delivery) -> str:
    """Tell every browser of the person; one that is gone for good is forgotten."""
    row = delivery.notification
    known = list(PushSubscription.objects.filter(person_id=row.person_id))
    if not known:
        raise NoAddress
    with override(row.person.language or None):
        words = words_of(row.kind, row.notice.values)
    message = json.dumps(
        {
            "title": words.title,
            "body": words.body[:MOST_BODY_CHARACTERS],
            "link": f"/notifications/{row.pk}/",
            "tag": f"notification-{row.pk}",
        }
    )
    told = [_tell(subscription, message) for subscription in known]
    if not any(told):
        raise NoAddress
    return ""


def _tell(subscription: PushSubscription, message: str) -> bool:
    """Return whether the browser still exists. Raises Refused or Away."""
    # Heavy, and only a worker needs them: a web process starts 0.5 s sooner without.
    import requests
    from pywebpush import WebPushException, webpush

    if not is_allowed(subscription.endpoint):
        raise Refused("not a push service that we know")
    session = requests.Session()
    session.max_redirects = 0
    try:
        webpush(
            {
                "endpoint": subscription.endpoint,
                "keys": {"p256dh": subscription.public_key, "auth": subscription.auth},
            },
            message,
            vapid_private_key=settings.WEBPUSH_PRIVATE_KEY,
            vapid_claims={"sub": f"mailto:no-reply@{settings.PUBLIC_HOST}"},
            ttl=KEPT_SECONDS,
            timeout=TIMEOUT_SECONDS,
            requests_session=session,
        )
    except WebPushException as error:
        status = error.response.status_code if error.response is not None else 0
        if status in GONE:
            subscription.delete()
            return False
        if status in LATER:
            raise Away(f"HTTP {status}") from error
        raise Refused(f"HTTP {status}") from error
    except (requests.RequestException, OSError) as error:
        raise Away(str(error)) from error
    except ValueError as error:
        raise Refused(f"keys that can't be used: {error}") from error
    return True


def is_allowed(endpoint: str) -> bool:
    """Whether ``endpoint`` is of a service that we know: else we would call any host for anybody."""
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        return False
    if parts.scheme != "https" and not settings.WEBPUSH_PLAIN_HTTP:
        return False
    host = parts.hostname or ""
    return any(host == known or host.endswith(f".{known}") for known in settings.WEBPUSH_HOSTS)


def public_key() -> str:
    """The public half of our key, as browsers want it; "" when push isn't set up."""
    if not settings.WEBPUSH_PRIVATE_KEY:
        return ""
    raw = base64.urlsafe_b64decode(settings.WEBPUSH_PRIVATE_KEY + "==")
    private = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
