"""A category as the office makes and changes it."""

from django.utils.translation import gettext_lazy as _

from academics.forms.base import RowForm
from forum.models import ForumCategory


class CategoryForm(RowForm):
    """Name, place in the list, and who may do what in it. Its address comes from its name."""

    class Meta:
        model = ForumCategory
        fields = (
            "name",
            "description",
            "colour",
            "order",
            "student_access",
            "lecturer_access",
            "is_active",
        )
        help_texts = {
            "order": _("A smaller number stands further up."),
            "is_active": _("Without it only the academic office sees the category."),
        }
