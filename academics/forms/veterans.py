from django import forms
from django.utils.translation import gettext_lazy as _

from academics.choices import VeteranStatus
from academics.forms.classes import NumbersForm


class VeteranForm(NumbersForm):
    note = forms.CharField(label=_("Note"), max_length=1000, required=False)


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
