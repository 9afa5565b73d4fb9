"""The headers a browser obeys, on every response; and addresses that lead to no page."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from isme.lib.errors import error_page
from isme.lib.http import wants_fragment

MOST_KEY = 2**63 - 1  # what a BIGINT holds
Handler = Callable[[HttpRequest], HttpResponse]

# No nonce: a browser applies the header of a 304 to the page it stored (request path, CSP).
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # A page belongs to one person: no proxy keeps it, and a browser asks before showing it again.
    "Cache-Control": "private, no-cache",
}


class SecurityHeadersMiddleware:
    """Sends the headers on every response, errors too. A stored file may bring a stricter CSP."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.headers = dict(HEADERS)
        if settings.SECURE_HSTS_SECONDS:
            self.headers["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
            )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


class FormAddressMiddleware:
    """Says it in a page when somebody opens an address that only takes what a form sends.

    Reloaded from the bar of the browser, or bookmarked: an empty page would look broken.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET":
            return response
        is_page = "text/html" in request.headers.get("Accept", "") and not wants_fragment(request)
        if response.content or not is_page:
            return response
        page = error_page(request, HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page


class PossibleKeysMiddleware:
    """Answers 404 for a number in an address that no row can have.

    MariaDB compares it and finds nothing; SQLite can't even be asked, and the ORM lets it through
    where a key is another table's. After who is there is known: others are sent to the door.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: Mapping[str, object]
    ) -> None:
        if any(isinstance(value, int) and value > MOST_KEY for value in kwargs.values()):
            raise Http404
