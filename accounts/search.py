"""What accounts offer to the search over everything: people, for those who may list them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.models import User
from accounts.selectors.people_list import ORDERS, page_of, people
from isme.lib import search
from isme.lib.replica import late
from isme.lib.search import Hit, Source


def offer() -> None:
    """Put the source into the registry."""
    search.add(
        Source("people", _("People"), "users", find, 10, rules.STAFF, more="/accounts/users/")
    )


def find(user: User, text: str, limit: int) -> list[Hit]:
    """People by name or number, in the order of their list: 3 queries."""
    if not rules.can_list_people(user):
        return []
    pks = list(late(people(q=text)).order_by(*ORDERS["name"]).values_list("pk", flat=True)[:limit])
    return [_hit(person) for person in page_of(pks)]


def _hit(person: Any) -> Hit:
    known = [person.get_role_display(), person.number]
    address = reverse("accounts:person", args=[person.pk])
    return Hit(person.name, address, " · ".join(filter(None, known)))
