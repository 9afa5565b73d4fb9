"""What a request says of where it comes from."""

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

CAMPUS, OTHER_NETWORK = "campus", "other"


def client_ip(request: HttpRequest) -> str:
    """The address of the client, believing exactly TRUSTED_PROXY_HOPS proxies.

    Everything further left in X-Forwarded-For was written by the client (ASVS 15.3.4). Without
    that header nobody forwarded it: Prometheus asks the web's own socket.
    Returns "" for a Unix socket or junk.
    """
    address = request.META.get("REMOTE_ADDR", "")
    hops = settings.TRUSTED_PROXY_HOPS
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
    if hops and forwarded is not None:
        chain = [part.strip() for part in forwarded.split(",")]
        if len(chain) >= hops:
            address = chain[-hops]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


def is_in(address: str, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    if not address:
        return False
    ip = ipaddress.ip_address(address)
    return any(ip in network for network in networks)


def place_of(request: HttpRequest) -> str:
    """Where the person sits, as coarsely as they may be told: campus or another network."""
    return CAMPUS if is_in(client_ip(request), settings.CAMPUS_NETWORKS) else OTHER_NETWORK


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page. Going back, it asks for the whole one."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Render ``fragment`` for htmx, else ``page``, which includes it: same view, same context.

    Both have the same address: without Vary, the Back button would show the bare fragment.
    """
    response = render(request, fragment if wants_fragment(request) else page, dict(context))
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def came_from(request: HttpRequest) -> str:
    """Path and query of the page of this site that the browser showed when it asked; else ""."""
    address = request.headers.get("Referer", "")
    host = request.get_host()
    if not url_has_allowed_host_and_scheme(address, {host}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(address)
    # By itself, a path of two slashes is the address of another site.
    found = urlunsplit(("", "", parts.path, parts.query, ""))
    is_ours = parts.netloc == host and url_has_allowed_host_and_scheme(found, None)
    return found if is_ours and not found.startswith("//") else ""


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_of(request: HttpRequest) -> str:
    """Browser and system in few words, the same in every language ("Chrome, Android")."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    if not browser and "Safari" in agent:
        browser = "Safari"
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part)
