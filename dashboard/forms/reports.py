from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from isme.lib.reports import Filter

Choices = list[tuple[str, Any]]
ALL = "all"  # in the address: no filter, where one has a default


def offered(filters: Sequence[Filter]) -> dict[str, Choices]:
    """The choices of each filter, as its list of values and labels."""
    return {
        one.name: [(ALL if one.default is not str else "", one.every), *one.choices()]
        for one in filters
    }


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
