"""Who studies and has no small group yet: what the office's home counts, by name."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from academics.selectors import gaps as selectors
from academics.selectors.students import numbers_of
from academics.views.edit import staff_only
from academics.views.groups import crumbs
from academics.views.lists import Context, List, asked, list_page
from accounts.http import Request
from isme.lib.search_form import SearchForm
from isme.lib.sheets import Column

GROUPLESS = List(
    name="tanpa-kelompok",
    heading=gettext_lazy("Students without group"),
    template="academics/_groupless.html",
    orders=selectors.GROUPLESS_ORDERS,
    columns=[
        Column(gettext_lazy("Username"), lambda student: student.user.username),
        Column(gettext_lazy("Name"), lambda student: student.user.name),
        Column(gettext_lazy("Study level"), lambda student: student.level),
    ],
)


@require_safe
def groupless(request: Request) -> HttpResponseBase:
    """The list: rows, numbers, large groups: 3 queries; 1 more for more than a page."""
    staff_only(request)
    filters = asked(request, "q")

    def context(rows: Sequence[Any]) -> Context:
        numbers = numbers_of([student.pk for student in rows])
        large = selectors.large_groups_of([student.pk for student in rows])
        for student in rows:
            student.nim = numbers.get(student.pk, "")
            student.large_group = large.get(student.pk)
        return {
            "form": SearchForm(_("Search by name or NIM"), initial=filters),
            "lead": _("Active students, small groups of this term"),
            "crumbs": crumbs(),
        }

    found = selectors.students_without_group(q=filters["q"])
    return list_page(request, GROUPLESS, found, filters, context)
