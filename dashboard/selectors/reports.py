"""Pictures of reports, kept for all who may see them."""

from collections.abc import Mapping

from django.utils import translation

from isme.lib.caching import cached
from isme.lib.reports import Report

SOFT_SECONDS, HARD_SECONDS = 300, 3600


def bars_of(report: Report, asked: Mapping[str, str]) -> list[tuple[str, int]]:
    """What ``report``'s picture shows: warm 1 exchange, else what the picture costs."""
    picture = report.picture
    if picture is None:
        return []
    if not picture.versions:
        return list(picture.bars(asked))
    values = ",".join(f"{name}={asked[name]}" for name in sorted(asked))
    found = cached(
        f"dashboard.report:{report.slug}:{translation.get_language()}:{values}",
        soft=SOFT_SECONDS,
        hard=HARD_SECONDS,
        compute=lambda: list(picture.bars(asked)),
        versions=picture.versions,
    )
    return [(label, value) for label, value in found]
