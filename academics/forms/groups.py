from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from academics.forms.base import RowForm
from academics.forms.classes import ClassFilterForm
from academics.models import AcademicYear, StudentGroup, Term
from isme.lib.idempotency import OnceForm

LEVELS = [(str(level), str(level)) for level in range(1, 8)]


class GroupFilterForm(ClassFilterForm):
    """Only draws the filters."""

    q = forms.CharField(
        label=_("Search by name"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "60"}),
    )


class LargeGroupForm(OnceForm):
    term = forms.ModelChoiceField(
        label=_("Term"), queryset=Term.objects.none(), empty_label=_("Choose")
    )
    level = forms.TypedChoiceField(
        label=_("Study level"),
        choices=[("", _("None: members are added by hand")), *LEVELS],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Its active students who have no large group yet become the members."),
    )
    name = forms.CharField(label=_("Name"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = Term.objects.select_related("year").order_by("-starts_on", "-pk")
        self.fields["term"].queryset = terms  # type: ignore[attr-defined]


class GroupNameForm(RowForm):
    class Meta:
        model = StudentGroup
        fields = ["name"]


class DealForm(OnceForm):
    """How many groups, and from which seed; ``version`` is the state that the preview showed."""

    groups = forms.IntegerField(label=_("Number of groups"), min_value=1, max_value=200)
    seed = forms.IntegerField(
        label=_("Lottery number"),
        min_value=0,
        max_value=999_999,
        required=False,
        help_text=_(
            "Any number. The same one gives the same groups again; another one draws anew."
        ),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class MoveForm(OnceForm):
    """Students, and the small group that they go to."""

    students = forms.TypedMultipleChoiceField(
        label=_("Students"),
        coerce=int,
        error_messages={"required": _("Choose at least one student.")},
    )
    target = forms.TypedChoiceField(label=_("Group"), coerce=int)

    def __init__(self, students: list[int], targets: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["students"].choices = [(str(pk), str(pk)) for pk in students]  # type: ignore[attr-defined]
        self.fields["target"].choices = [(str(pk), str(pk)) for pk in targets]  # type: ignore[attr-defined]


class YearForm(OnceForm):
    first_year = forms.IntegerField(
        label=_("Begins in"),
        min_value=1990,
        max_value=2100,
        help_text=_("2026 makes the year 2026/2027 with its odd and even terms."),
    )


class TermForm(RowForm):
    class Meta:
        model = Term
        fields = ["starts_on", "ends_on"]


class TermFilterForm(forms.Form):
    """Only draws the filter."""

    year = forms.ChoiceField(label=_("Academic year"), required=False)

    def __init__(self, *, years: list[AcademicYear], initial: dict[str, str]) -> None:
        super().__init__(initial=initial, auto_id="filter_%s")
        choices = [("", _("All years")), *((str(year.pk), year.label) for year in years)]
        self.fields["year"].choices = choices  # type: ignore[attr-defined]
