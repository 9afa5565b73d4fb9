from django import forms
from django.utils.translation import gettext_lazy as _


class AuditFilterForm(forms.Form):
    """Only draws the filters: what the address says is taken as it is, and fits or doesn't."""

    q = forms.CharField(
        label=_("By or about whom"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "100"}),
    )
    verb = forms.ChoiceField(label=_("Event"), required=False)
    since = forms.CharField(
        label=_("From this day on"),
        required=False,
        widget=forms.TextInput(attrs={"type": "date"}),
    )
    until = forms.CharField(
        label=_("Up to this day"), required=False, widget=forms.TextInput(attrs={"type": "date"})
    )

    def __init__(self, *, verbs: list[tuple[str, str]], initial: dict[str, str]) -> None:
        super().__init__(initial=initial, auto_id="filter_%s")
        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label
        choices = [("", _("All events")), *verbs]
        self.fields["verb"].choices = choices  # type: ignore[attr-defined]
