from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import CheckConstraint, Q
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext_lazy as _

from isme.lib.idempotency import KeyField


class RowForm(forms.ModelForm):
    """A form over one row: takes effect once, and notices when somebody else was faster."""

    idempotency_key = KeyField()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = getattr(self.instance, "version", None)
        for name, field in self.fields.items():
            if field.label and not isinstance(field.widget, forms.HiddenInput):
                field.label = _capital(str(field.label))
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
                field.localize = False
            if isinstance(field, forms.ModelChoiceField | forms.TypedChoiceField):
                _say_choose(field)
                continue
            _limit(name, field)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        return cleaned

    def validate_unique(self) -> None:
        """Left to the service, inside ``once``: a second press must find the first's answer."""

    def add_error(self, field: str | None, error: Any) -> None:
        """What a check of the model refuses stands at the field that it is about."""
        for refusal in _refused_checks(field, error):
            super().add_error(self._field_of(refusal), refusal)
        if not (hasattr(error, "error_dict") and not error.error_dict):
            super().add_error(field, error)

    def also_wrong(self) -> dict[str, str]:
        """What the service would refuse beside the fields that are wrong already."""
        return {}

    def _field_of(self, refusal: ValidationError) -> str | None:
        """The first field that the refusing check names and the form has."""
        for check in self._meta.model._meta.constraints:
            said = str(check.get_violation_error_message())
            if isinstance(check, CheckConstraint) and said == str(refusal.message):
                return next(
                    (name for name in _names(check.condition) if name in self.fields), None
                )
        return None

    @property
    def seen_version(self) -> int:
        return self.cleaned_data.get("version") or 0


def _refused_checks(field: str | None, error: Any) -> list[ValidationError]:
    """Taken out of ``error``: those of no field, which Django puts above the form."""
    if field is not None or not hasattr(error, "error_dict"):
        return []
    found: list[ValidationError] = error.error_dict.pop(NON_FIELD_ERRORS, [])
    return found


def _names(condition: Any) -> Iterator[str]:
    """The fields of a check, in its order."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from _names(child)
        else:
            yield child[0].split("__")[0]


def _limit(name: str, field: forms.Field) -> None:
    """Nothing that a database column can't hold gets past the form."""
    if isinstance(field, forms.IntegerField) and field.max_value is None and name != "version":
        field.max_value = 32_000
        field.validators.append(MaxValueValidator(32_000))


def _say_choose(field: forms.ModelChoiceField | forms.TypedChoiceField) -> None:
    """Where nothing is chosen yet, Django shows a row of dashes."""
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = field.empty_label and _("Choose")
        return
    choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
    if choices[:1] == BLANK_CHOICE_DASH:
        field.choices = [("", _("Choose")), *choices[1:]]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
