"""``/metrics``: everything that is counted, in the words of Prometheus."""

import threading
import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from isme.lib import metric_files, metric_parts, metrics
from isme.lib.http import client_ip, is_in

KEPT_SECONDS = 1.0
_parts = CollectorRegistry()
_parts.register(metric_parts.PartsCollector())


class _Last:
    """The last answer of this process: whoever asks more than once a second gets it again."""

    lock = threading.Lock()
    made_at = -KEPT_SECONDS
    body = b""


@login_not_required
@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Answer trusted networks only; for others it does not exist. Some ten queries."""
    if not is_in(client_ip(request), settings.TRUSTED_NETWORKS):
        raise Http404
    with _Last.lock:
        if time.monotonic() - _Last.made_at >= KEPT_SECONDS:
            _Last.body = figures()
            _Last.made_at = time.monotonic()
        return HttpResponse(_Last.body, content_type=CONTENT_TYPE_LATEST)


def counted() -> dict[str, float]:
    """Answers by status, of all processes since the counting began."""
    if not metrics.SHARED:
        return _by_status(metrics.REGISTRY)
    with metric_files.added_up(settings.METRICS_FOLDER) as registry:
        return _by_status(registry)


def _by_status(registry: CollectorRegistry) -> dict[str, float]:
    found: dict[str, float] = {}
    for family in registry.collect():
        for sample in family.samples:
            if sample.name == "isme_requests_total":
                status = sample.labels["status"]
                found[status] = found.get(status, 0.0) + sample.value
    return found


def figures() -> bytes:
    """What all processes counted, then what the parts say."""
    if metrics.SHARED:
        with metric_files.added_up(settings.METRICS_FOLDER) as registry:
            counted = generate_latest(registry)
    else:
        counted = generate_latest(metrics.REGISTRY)
    return counted + generate_latest(_parts)
