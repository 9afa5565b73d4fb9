"""What EMAIL_URL means to Django: one address for server, account and encryption."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SCHEMES = ("smtp", "smtps", "file", "console", "memory")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SUBMISSION, IMPLICIT_TLS = 587, 465
BACKENDS = "django.core.mail.backends"


def complaint(url: str, *, real: bool) -> str:
    """What is wrong with ``url``, for the operator; "" for a good one. ``real``: must deliver."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        return f"must start with one of {', '.join(f'{scheme}:' for scheme in SCHEMES)}"
    if parts.scheme.startswith("smtp") and not parts.hostname:
        return "names no mail server."
    if real and not parts.scheme.startswith("smtp"):
        return "must be smtps: or smtp: where people wait for mail."
    if parts.scheme == "smtp" and parts.password and not _is_private(url):
        return "would send its password in the open: use smtps: or add ?tls=1."
    return ""


def _is_private(url: str) -> bool:
    parts = urlsplit(url)
    return parts.hostname in LOOPBACK or parse_qs(parts.query).get("tls") == ["1"]


def settings_of(url: str) -> dict[str, Any]:
    """Django's EMAIL_ settings for a ``url`` without complaint."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "EMAIL_BACKEND": f"{BACKENDS}.filebased.EmailBackend",
            "EMAIL_FILE_PATH": parts.path,
        }
    if parts.scheme in {"console", "memory"}:
        name = "console" if parts.scheme == "console" else "locmem"
        return {"EMAIL_BACKEND": f"{BACKENDS}.{name}.EmailBackend"}
    implicit = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": f"{BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (IMPLICIT_TLS if implicit else SUBMISSION),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and parse_qs(parts.query).get("tls") == ["1"],
    }
