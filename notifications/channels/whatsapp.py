"""Notices by WhatsApp, through the HTTP gateway that the faculty rents."""

import hashlib
import hmac
import json
import time
from collections.abc import Collection
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.translation import override

from isme.lib import mail
from notifications.errors import Away, NoAddress, Refused
from notifications.kinds import words_of
from notifications.models import Delivery, Ways

TIMEOUT_SECONDS = 10
SIGNED_SECONDS = 300  # an older word of the gateway is a repetition
MOST_REMOTE_ID = 120


def reachable(people: Collection[int]) -> set[int]:
    with_number = Ways.objects.filter(pk__in=people).exclude(whatsapp="")
    return set(with_number.values_list("pk", flat=True))


def send(delivery: Delivery) -> str:
    """Hand one message to the gateway; return its number there."""
    import requests  # only a worker needs it

    row = delivery.notification
    number = Ways.objects.filter(pk=row.person_id).values_list("whatsapp", flat=True).first()
    if not number:
        raise NoAddress
    with override(row.person.language or None):
        words = words_of(row.kind, row.notice.values)
    link = mail.address(f"/notifications/{row.pk}/")
    text = "\n".join(part for part in (f"*{words.title}*", words.body, link) if part)
    try:
        answer = requests.post(
            f"{settings.WHATSAPP_URL}/api/v2/send-message",
            json={"data": [{"phone": number, "message": text, "ref": f"isme-{delivery.pk}"}]},
            headers={"Authorization": settings.WHATSAPP_TOKEN},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except (requests.RequestException, OSError) as error:
        raise Away(str(error)) from error
    return _number_of(answer)


def _number_of(answer: Any) -> str:
    if answer.status_code in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED} or (
        answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        raise Away(f"HTTP {answer.status_code}")
    try:
        body: Any = answer.json()
        if answer.status_code != HTTPStatus.OK or not body["status"]:
            raise Refused(f"HTTP {answer.status_code}: {str(body.get('message', ''))[:200]}")
        return str(body["data"]["messages"][0]["id"])[:MOST_REMOTE_ID]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Away(f"an answer that can't be read: HTTP {answer.status_code}") from error


def is_signed(body: bytes, stamp: str, signature: str) -> bool:
    """Whether the gateway sent ``body`` in the last five minutes: HMAC over time and body."""
    if not settings.WHATSAPP_SECRET or not stamp.isascii() or not stamp.isdigit():
        return False
    if abs(time.time() - int(stamp[:12])) > SIGNED_SECONDS:
        return False
    secret = settings.WHATSAPP_SECRET.encode()
    wanted = hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))


def read_status(body: bytes) -> tuple[str, str] | None:
    """The message's number and its state, as the gateway tells; None for what can't be read."""
    try:
        told: Any = json.loads(body)
        return str(told["id"])[:MOST_REMOTE_ID], str(told["status"])
    except (ValueError, LookupError, TypeError):
        return None
