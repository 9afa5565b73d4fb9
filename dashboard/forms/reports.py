from collections.abc import Mapping, Sequence

from django import forms

from isme.lib.reports import Choices, Filter


class ReportFilterForm(forms.Form):
    """Only draws the filters."""

    def __init__(
        self,
        filters: Sequence[Filter],
        *,
        choices: Mapping[str, Choices],
        initial: Mapping[str, str],
    ) -> None:
        super().__init__(initial=dict(initial), auto_id="filter_%s")
        for one in filters:
            self.fields[one.name] = forms.ChoiceField(
                label=str(one.label), choices=choices[one.name], required=False
            )
