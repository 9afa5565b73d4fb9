from django import forms
from django.utils.translation import gettext_lazy as _

from academics.imports.choices import ImportKind, ImportState
from academics.imports.stored import FILE
from academics.models import Term
from isme.lib import files
from isme.lib.idempotency import OnceForm


class UploadForm(OnceForm):
    """A spreadsheet. With ``term`` "must" or "may" it is for a term."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("An .xlsx or .csv file of at most 10 MB and 20,000 rows."),
        allow_empty_file=True,  # files.check says it in our words
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    term = forms.ModelChoiceField(
        label=_("For the term"),
        queryset=Term.objects.none(),
        error_messages={"required": _("Choose the term that this list is for.")},
    )

    def __init__(self, *args: object, term: str, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        if not term:
            del self.fields["term"]
            return
        field = self.fields["term"]
        terms = Term.objects.select_related("year").order_by("-starts_on", "-pk")
        field.queryset = terms  # type: ignore[attr-defined]
        field.required = term == "must"
        if term == "may":
            field.empty_label = _("Only the list, without a term")  # type: ignore[attr-defined]

    def clean_file(self) -> files.Checked:
        try:
            return files.check(self.cleaned_data["file"], kind=FILE)
        except files.BadFile as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class HistoryFilterForm(forms.Form):
    """Only draws the filters: what the address says is taken as it is, and fits or doesn't."""

    q = forms.CharField(
        label=_("Name of the file"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "100"}),
    )
    only = forms.ChoiceField(label=_("What was imported"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *ImportState.choices]
    )

    def __init__(self, *, kinds: list[str], initial: dict[str, str]) -> None:
        super().__init__(initial=initial, auto_id="filter_%s")
        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label
        choices = [(value, label) for value, label in ImportKind.choices if value in kinds]
        self.fields["only"].choices = [("", _("Everything")), *choices]  # type: ignore[attr-defined]


class RowFilterForm(forms.Form):
    q = forms.CharField(
        label=_("Search in the rows"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "100"}),
    )

    def __init__(self, *, initial: dict[str, str]) -> None:
        super().__init__(initial=initial, auto_id="row_%s")
        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label
