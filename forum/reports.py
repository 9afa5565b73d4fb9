"""The report that the forum offers to the office."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academics.reports import TERM
from forum.selectors import reports as selectors
from isme.lib import reports
from isme.lib.reports import Column, Picture, Report

PARTICIPATION = Report(
    slug="forum",
    title=_("Forum participation"),
    lead=_(
        "Threads, posts and named writers in the forum of each course. Removed posts don't count."
    ),
    icon="chat",
    order=50,
    filters=[TERM],
    rows=lambda asked: selectors.participation(asked["term"]),
    orders=reports.both_ways(
        course=("offering__course__code", "pk"),
        threads=("threads_n", "offering__course__code", "pk"),
        posts=("posts_n", "offering__course__code", "pk"),
        writers=("writers_n", "offering__course__code", "pk"),
    ),
    columns=[
        Column(
            _("Course"),
            lambda row: str(row.offering.course),
            sort="course",
            address=lambda row: row.get_absolute_url(),
        ),
        Column(_("Threads"), lambda row: row.threads_n, sort="threads", numeric=True),
        Column(_("Posts"), lambda row: row.posts_n, sort="posts", numeric=True),
        Column(_("Writers"), lambda row: row.writers_n, sort="writers", numeric=True),
        Column(_("Last post"), lambda row: row.last_at and timezone.localdate(row.last_at)),
    ],
    picture=Picture(
        _("Posts per course"),
        _("Course"),
        _("Posts"),
        lambda asked: selectors.liveliest(asked["term"]),
    ),
)


def offer() -> None:
    """Put the report into the registry."""
    reports.add(PARTICIPATION)
