"""How acts on accounts read in the streams of activity, and the way to one's own stream."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import User
from isme.lib import links
from isme.lib.links import Link
from notifications import activity
from notifications.activity import Verb

ROLE = "accounts.role"
STAFF = frozenset({Role.SUPER_ADMIN, Role.OFFICE})


def offer() -> None:
    """Put verb and way into the registries."""
    activity.register(Verb(ROLE, _("changed the rights of"), _people_seen))
    links.add(User, "activity", _own_stream)


def _people_seen(user: User, ids: set[int]) -> dict[int, tuple[str, str]]:
    """The people's pages are the office's."""
    if user.role not in STAFF:
        return {}
    rows = User.objects.filter(pk__in=ids)
    return {row.pk: (row.name, reverse("accounts:person", args=[row.pk])) for row in rows}


def _own_stream(user: User, person: User) -> Link | None:
    if user.pk != person.pk:
        return None
    return Link(reverse("notifications:activity"), _("My activity"), "clock")
