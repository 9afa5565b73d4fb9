"""Who saw or changed what is kept about somebody."""

from django.db.models import Q, QuerySet

from accounts.choices import SEEN_HOW
from accounts.models import AuditEvent, User
from isme.lib import privacy

# Lists in which everybody stands.
OF_ALL = ("people.exported",)


def who_saw(user: User) -> "QuerySet[AuditEvent]":
    """What others did to, with or as ``user`` since the account was made, commands included."""
    about = Q(subject=f"account:{user.pk}") | Q(verb__in=OF_ALL, at__gte=user.created_at)
    about |= Q(verb__in=SEEN_HOW, subject__in=privacy.subjects(user.pk))
    return AuditEvent.objects.filter(about).exclude(actor_id=user.pk).exclude(actor_id=None)
