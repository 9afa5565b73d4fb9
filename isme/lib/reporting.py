"""Errors to Sentry, where SENTRY_DSN names one: traces and the request's id, never people's data."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from isme.lib import logs

logger = logging.getLogger(__name__)
Event = dict[str, Any]
# What may go out of a request. An address, a form, a header or a cookie may hold a secret.
KEPT_OF_REQUEST = ("method",)
KEPT_OF_EVENT = (
    "event_id", "timestamp", "level", "logger", "platform", "release", "environment",
    "transaction", "exception", "type", "sdk", "fingerprint",
)  # fmt: skip


def start() -> None:
    """Begin to report, if that is set up. Raises ImproperlyConfigured without the package."""
    if not settings.SENTRY_DSN:
        return
    try:
        import sentry_sdk  # an extra: most installations run without it
    except ImportError as error:
        raise ImproperlyConfigured("SENTRY_DSN needs the package sentry-sdk.") from error
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=settings.RELEASE,
        environment=settings.ISME_ENV,
        before_send=scrubbed,  # type: ignore[arg-type]
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0.0,
        shutdown_timeout=2,
    )


def scrubbed(event: Event, _hint: dict[str, Any] | None = None) -> Event:
    """Keep what says where we erred, and drop the rest: a list of what may go, not of what mayn't."""
    kept = {name: event[name] for name in KEPT_OF_EVENT if name in event}
    request = event.get("request") or {}
    kept["request"] = {name: request[name] for name in KEPT_OF_REQUEST if name in request}
    now = logs.current()
    kept["tags"] = {"request": now.request_id}
    if now.user_id is not None:
        kept["user"] = {"id": str(now.user_id)}
    for value in (kept.get("exception") or {}).get("values", []):
        # A database's message repeats the values that it refused.
        if "Error" in str(value.get("type")) and "django.db" in str(value.get("module")):
            value["value"] = "(not sent)"
        for frame in (value.get("stacktrace") or {}).get("frames", []):
            frame.pop("vars", None)
    return kept
