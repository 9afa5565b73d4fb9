from django import forms
from django.utils.translation import gettext_lazy as _

from academics.forms.base import RowForm
from academics.models import Room


class RoomForm(RowForm):
    class Meta:
        model = Room
        fields = ["code", "name", "building", "capacity", "note"]

    capacity = forms.IntegerField(
        label=_("capacity"), min_value=1, max_value=10_000, help_text=_("In persons.")
    )


class RoomFilterForm(forms.Form):
    """Only draws the filters."""

    q = forms.CharField(
        label=_("Search by code or name"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "100"}),
    )
    building = forms.ChoiceField(label=_("Building"), required=False)
    capacity = forms.IntegerField(
        label=_("For at least"), required=False, widget=forms.NumberInput(attrs={"min": "1"})
    )

    def __init__(self, *, buildings: list[str], initial: dict[str, str]) -> None:
        super().__init__(initial=initial, auto_id="filter_%s")
        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label
        self.fields["capacity"].widget.attrs["placeholder"] = _("For how many?")
        choices = [("", _("All buildings")), *((name, name) for name in buildings)]
        self.fields["building"].choices = choices  # type: ignore[attr-defined]
