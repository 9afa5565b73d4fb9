from django import forms
from django.utils.translation import gettext_lazy as _

from academics.choices import FIRST_LEVEL, LAST_LEVEL, VeteranStatus
from academics.forms.classes import NumbersForm
from isme.lib.idempotency import OnceForm


class VeteranForm(NumbersForm):
    note = forms.CharField(label=_("Note"), max_length=1000, required=False)


class VeteranLevelsForm(OnceForm):
    """In which levels a veteran sits, and what the office notes. ``seen``: those of the page."""

    levels = forms.TypedMultipleChoiceField(
        label=_("Levels in which the veteran sits"),
        choices=[(level, level) for level in range(FIRST_LEVEL, LAST_LEVEL + 1)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With several, the veteran may have a place in groups of each of them."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
    seen = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)

    def clean_seen(self) -> list[int]:
        parts = self.cleaned_data["seen"].split(",")
        return [int(part) for part in parts if part.isascii() and part.isdigit()]


class VeteranFilterForm(forms.Form):
    """Only draws the filters."""

    q = forms.CharField(
        label=_("Search by name or NIM"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "100"}),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Every status")), *VeteranStatus.choices],
    )

    def __init__(self, *, initial: dict[str, str]) -> None:
        super().__init__(initial=initial, auto_id="filter_%s")
        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label
