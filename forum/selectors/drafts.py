"""What somebody was writing."""

from django.db.models import QuerySet

from accounts.models import User
from forum.models import Draft


def draft_at(user: User, place: str) -> Draft | None:
    return Draft.objects.filter(user=user, place=place).first()


def drafts_of(user: User) -> "QuerySet[Draft]":
    return Draft.objects.filter(user=user).select_related("thread", "category")
