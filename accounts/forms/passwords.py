from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_CHARACTERS = 1024


def present_password(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=MOST_CHARACTERS,
        error_messages={"required": _("Type your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(forms.Form):
    """A new password, twice. Whether it is good enough is the service's to say."""

    new = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=MOST_CHARACTERS,
        error_messages={"required": _("Type a new password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The new password again"),
        strip=False,
        max_length=MOST_CHARACTERS,
        error_messages={"required": _("Type the new password a second time.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, least: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].help_text = _(
            "%(least)s characters or more. A sentence of a few words is good; "
            "no digits or signs are demanded."
        ) % {"least": least}

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if "new" in typed and "again" in typed and typed["new"] != typed["again"]:
            self.add_error("again", _("That is not the same as the new password above."))
        return typed


class PasswordChangeForm(NewPasswordForm):
    current = present_password(_("Present password"))
    field_order = ["current", "new", "again"]

    def __init__(self, *args: Any, one_time: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if one_time:
            self.fields["current"].label = _("The one-time password you just used")


class PasswordResetForm(forms.Form):
    """Any name will do: the answer is the same for all."""

    login = forms.CharField(
        label=_("Username, e-mail, NIM, NIP or NID"),
        max_length=150,
        error_messages={"required": _("Type your username, e-mail, NIM, NIP or NID.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
