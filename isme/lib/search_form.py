"""The form above a list that has nothing but a search."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    """Only draws the field: what the address says is taken as it is, and fits or doesn't."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "100"}),
    )

    def __init__(self, label: str, *, initial: dict[str, str]) -> None:
        super().__init__(initial=initial, auto_id="filter_%s")
        self.fields["q"].label = self.fields["q"].widget.attrs["placeholder"] = label
