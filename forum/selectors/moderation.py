"""What readers reported, for the office."""

from django.db.models import QuerySet

from forum.models import Report


def reported(*, handled: bool) -> "QuerySet[Report]":
    """Reports that are dealt with, or those that wait, with everything that a row of them says."""
    rows = Report.objects.filter(handled_at__isnull=not handled)
    return rows.select_related("post__thread", "post__author", "reporter", "handled_by")
