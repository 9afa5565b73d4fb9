"""What the system counts about itself, for ``/metrics``. Prometheus asks; nothing is pushed.

Each process of the supervisor writes its counts into a file of its own below ISME_RUN, memory
mapped: one addition costs a microsecond and no system call. Whichever process is asked adds all
files up (isme.lib.metric_files). Elsewhere (a command, a test) the counts stay in the process.

An app that knows something worth a figure offers it with ``at_scrape`` in ``AppConfig.ready``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram

SHARED: bool = settings.METRICS_SHARED
# Ours alone: the library's own registry holds facts of one process, which mislead here.
REGISTRY = CollectorRegistry()

# A page's goal is 0.1 s, the alarm is at 1 s.
PAGE_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
JOB_BUCKETS = (0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 150.0, 300.0)

REQUESTS = Counter(
    "isme_requests", "Answers by view and status.", ["view", "status"], registry=REGISTRY
)
REQUEST_SECONDS = Histogram(
    "isme_request_seconds",
    "Time in the web process by view.",
    ["view"],
    buckets=PAGE_BUCKETS,
    registry=REGISTRY,
)
VIEW_QUERIES = Counter(
    "isme_view_queries", "Database statements by view.", ["view"], registry=REGISTRY
)
VIEW_EXCHANGES = Counter(
    "isme_view_exchanges", "Exchanges with a Redis by view.", ["view"], registry=REGISTRY
)
SIGN_INS = Counter("isme_sign_ins", "Tries at the door by result.", ["result"], registry=REGISTRY)
THROTTLED = Counter(
    "isme_throttled", "Requests that a limit turned away.", ["limit"], registry=REGISTRY
)
JOB_SECONDS = Histogram(
    "isme_job_seconds",
    "Runs of background jobs by kind and outcome (done, failed).",
    ["kind", "outcome"],
    buckets=JOB_BUCKETS,
    registry=REGISTRY,
)


@dataclass(frozen=True)
class AtScrape:
    """A figure that is asked for when Prometheus asks: its values by the values of its label.

    ``read`` may query and may raise what a part that is away raises: the figure is left out.
    """

    name: str
    help: str
    read: Callable[[], Mapping[str, float]]
    label: str = ""
    is_counter: bool = False


_at_scrape: dict[str, AtScrape] = {}


def at_scrape(figure: AtScrape) -> None:
    """Offer ``figure``; the same name again replaces it."""
    _at_scrape[figure.name] = figure


def offered() -> list[AtScrape]:
    return list(_at_scrape.values())
