"""A category as the office makes and changes it."""

from django import forms

from forum.models import ForumCategory
from isme.lib.idempotency import OnceForm


class CategoryForm(forms.ModelForm, OnceForm):  # type: ignore[type-arg, misc]
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
