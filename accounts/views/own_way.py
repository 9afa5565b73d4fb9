"""The way up from the pages of one's own account."""

from django.urls import reverse
from django.utils.translation import gettext as _


def to_profile() -> list[tuple[str, str]]:
    return [(_("Profile"), reverse("accounts:profile"))]


def to_second_factor() -> list[tuple[str, str]]:
    return [*to_profile(), (_("Second factor"), reverse("accounts:second_factor"))]
