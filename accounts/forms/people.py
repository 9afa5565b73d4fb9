from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.canonical import canonical, is_valid
from accounts.choices import Gender, IdentifierKind, MainRole, Role, StudentStatus
from accounts.services.identifiers import what_fits
from accounts.services.people import PersonFacts
from isme.lib.idempotency import OnceForm

KINDS = {
    Role.STUDENT.value: ("nim", "username", "email"),
    Role.LECTURER.value: ("nid", "nidn", "nuptk", "nip", "username", "email"),
    Role.OFFICE.value: ("nip", "username", "email"),
    Role.SUPER_ADMIN.value: ("nip", "username", "email"),
}
MUST_HAVE = {Role.STUDENT.value: "nim", Role.LECTURER.value: "nid"}
FIRST_INTAKE, LAST_INTAKE = 1990, 2100
NO_CONTROL = {"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
NONE_IN_LISTS = "-"  # how the faculty's lists write that there is none


class IdentifierField(forms.CharField):
    """A name to sign in by; a dash means that there is none."""

    def __init__(self, kind: str, *, required: bool) -> None:
        digits = kind not in {IdentifierKind.USERNAME, IdentifierKind.EMAIL}
        attrs = NO_CONTROL | ({"inputmode": "numeric"} if digits else {})
        self.kind = kind
        super().__init__(
            label=IdentifierKind(kind).label,
            required=required,
            max_length=150,
            widget=forms.TextInput(attrs=attrs),
            error_messages={"required": _("Type it: this person is known by it.")},
        )

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if typed == NONE_IN_LISTS and not self.required:
            return ""
        if typed and not is_valid(self.kind, canonical(typed)):
            raise forms.ValidationError(what_fits(self.kind))
        return str(typed)


class PersonForm(OnceForm):
    """A person of one role: the fields follow from it. ``version`` is that of the shown state."""

    name = forms.CharField(
        label=_("Name with titles"),
        max_length=150,
        error_messages={"required": _("Type the name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, role: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role = role
        for kind in KINDS[role]:
            required = MUST_HAVE.get(role) == kind
            self.fields[kind] = IdentifierField(kind, required=required)
        self.fields["username"].help_text = _("Left empty, the number becomes the username.")
        self._profile = PROFILE_FIELDS.get(role, dict)()
        self.fields.update(self._profile)
        self.fields["note"] = forms.CharField(
            label=_("Note"),
            help_text=_("For staff: what they do. Only staff sees it."),
            required=False,
            max_length=200,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    @property
    def names(self) -> dict[str, str]:
        """What was typed to sign in by and is well formed, canonical; of an invalid form too."""
        typed = {kind: self.cleaned_data.get(kind, "") for kind in KINDS[self.role]}
        return {kind: canonical(value) for kind, value in typed.items()}

    @property
    def facts(self) -> PersonFacts:
        """What was typed; only of a valid form."""
        data = self.cleaned_data
        return PersonFacts(
            name=data["name"],
            role=self.role,
            note=data["note"],
            identifiers={kind: data[kind] for kind in KINDS[self.role]},
            profile={name: data[name] for name in self._profile},
        )


def _student_fields() -> dict[str, forms.Field]:
    return {
        "intake_year": forms.IntegerField(
            label=_("Intake year"),
            min_value=FIRST_INTAKE,
            max_value=LAST_INTAKE,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4}),
            error_messages={"required": _("Type the year in which the studies began.")},
        ),
        "level": forms.TypedChoiceField(
            label=_("Study level"),
            coerce=int,
            choices=[("", _("Choose")), *((number, number) for number in range(1, 8))],
            error_messages={"required": _("Choose a level from 1 to 7.")},
        ),
        "status": forms.ChoiceField(label=_("Status of studies"), choices=StudentStatus),
        "gender": forms.ChoiceField(
            label=_("Gender"),
            choices=[("", _("Choose")), *Gender.choices],
            error_messages={"required": _("Choose one.")},
        ),
        "gpa": forms.DecimalField(
            label=_("GPA"),
            required=False,
            localize=True,
            decimal_places=2,
            validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(4))],
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"invalid": _("A GPA is a number from 0 to 4, such as 3.25.")},
        ),
    }


def _lecturer_fields() -> dict[str, forms.Field]:
    return {
        "main_role": forms.ChoiceField(
            label=_("Main role"),
            choices=[("", _("Choose")), *MainRole.choices],
            error_messages={"required": _("Choose one.")},
        ),
    }


PROFILE_FIELDS = {
    Role.STUDENT.value: _student_fields,
    Role.LECTURER.value: _lecturer_fields,
}


class DeactivateForm(OnceForm):
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Staff sees it here; it also stands in the audit trail."),
        max_length=200,
        error_messages={"required": _("Say why, so that a colleague understands it later.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ActAsForm(OnceForm):
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("It stands in the audit trail."),
        max_length=200,
        error_messages={"required": _("Say why, so that a colleague understands it later.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class FilterForm(forms.Form):
    """The filters of the list, as they stand in the address. Never refuses anything."""

    q = forms.CharField(
        label=_("Search for a name, NIM, NIP, NID or e-mail"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "class": "input",
                "autocomplete": "off",
                "placeholder": _("Name, NIM, NIP, NID or e-mail"),
            }
        ),
    )
    role = forms.CharField(required=False, widget=forms.HiddenInput)
    among = forms.CharField(required=False, widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label=_("Status of the account"),
        required=False,
        choices=[
            ("", _("Any status")),
            ("active", _("Active")),
            ("inactive", _("Deactivated")),
            ("waiting", _("Never signed in")),
            ("online", _("On now")),
        ],
    )
