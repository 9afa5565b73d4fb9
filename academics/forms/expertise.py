from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from academics.forms.base import RowForm
from academics.forms.courses import LinesField
from academics.models import Expertise
from isme.lib.idempotency import OnceForm


class ExpertiseForm(RowForm):
    class Meta:
        model = Expertise
        fields = ["name"]


class MergeForm(OnceForm):
    """Into which other expertise one goes."""

    target = forms.ModelChoiceField(
        Expertise.objects.none(), label=_("Merge into"), empty_label=_("Choose")
    )

    def __init__(self, source: Expertise, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Expertise.objects.exclude(pk=source.pk).order_by("name")
        self.fields["target"].queryset = others  # type: ignore[attr-defined]


class LecturerExpertiseForm(OnceForm):
    expertises = LinesField(
        label=_("Expertise"),
        required=False,
        max_length=2000,
        help_text=_("One per line. A lecturer on standby has “standby” and nothing else."),
    )
    competences = LinesField(
        label=_("Competences"),
        required=False,
        max_length=2000,
        help_text=_("What the lecturer may teach, one per line."),
    )
