from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.passwords import MOST_CHARACTERS, present_password


class AppCodeForm(forms.Form):
    """Six digits of the app."""

    code = forms.CharField(
        label=_("Code of the app"),
        max_length=40,
        error_messages={"required": _("Type the code.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class RemoveForm(AppCodeForm):
    password = present_password(_("Present password"))
    field_order = ["password", "code"]


class StepUpForm(forms.Form):
    secret = forms.CharField(
        label=_("Password, or a code of your app"),
        strip=False,
        max_length=MOST_CHARACTERS,
        error_messages={"required": _("Type your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
