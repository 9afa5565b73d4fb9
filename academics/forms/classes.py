import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from academics.choices import GroupKind
from academics.forms.base import RowForm
from academics.models import Class, CourseOffering, StudentGroup, Term
from academics.selectors.students import students_by_number
from isme.lib.idempotency import OnceForm

MOST_NUMBERS = 500


class ClassForm(RowForm):
    class Meta:
        model = Class
        fields = ["name", "capacity", "group"]

    capacity = forms.IntegerField(
        label=_("capacity"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=_("In persons. Leave it empty for a class that grows with its large group."),
    )

    def __init__(self, offering: CourseOffering, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        large = StudentGroup.objects.filter(term_id=offering.term_id, kind=GroupKind.LARGE)
        if offering.course.level is not None:
            same_level = Q(level=offering.course.level)
            large = large.filter(same_level | Q(pk=self.instance.group_id))
        self.fields["group"].queryset = large.order_by("level", "number")  # type: ignore[attr-defined]
        self.fields["group"].help_text = _("Its members are then always those of the group.")
        self.fields["group"].empty_label = _("No: it has members of its own")  # type: ignore[attr-defined]


class NumbersForm(OnceForm):
    """Students by their numbers, typed or pasted from a spreadsheet."""

    numbers = forms.CharField(
        label=_("NIM or usernames"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": "4"}),
        help_text=_("As many as you like, one per line or with commas between them."),
    )

    def clean_numbers(self) -> list[int]:
        given = [part for part in re.split(r"[\s,;]+", self.cleaned_data["numbers"]) if part]
        if len(given) > MOST_NUMBERS:
            raise forms.ValidationError(gettext("At most 500 at once."))
        students, unknown = students_by_number(given)
        if unknown:
            raise forms.ValidationError(
                gettext("No student has these numbers: %(numbers)s.")
                % {"numbers": ", ".join(unknown[:10])}
            )
        return [student.pk for student in students]


class ClassFilterForm(forms.Form):
    """Only draws the filters."""

    q = forms.CharField(
        label=_("Search by class or course"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "100"}),
    )
    term = forms.ChoiceField(label=_("Term"), required=False)
    level = forms.ChoiceField(label=_("Study level"), required=False)

    def __init__(self, *, terms: list[Term], initial: dict[str, str]) -> None:
        super().__init__(initial=initial, auto_id="filter_%s")
        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label
        choices = [*((str(term.pk), str(term)) for term in terms), ("all", _("All terms"))]
        self.fields["term"].choices = choices  # type: ignore[attr-defined]
        levels = [("", _("All")), *((str(n), str(n)) for n in range(1, 8))]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]
