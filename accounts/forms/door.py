from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(forms.Form):
    """Only checks that something was typed; whether it fits is the service's to say."""

    login = forms.CharField(
        label=_("Username"),
        help_text=_("Your e-mail, NIM, NIP or NID works as well."),
        max_length=150,
        error_messages={"required": _("Type your username, e-mail, NIM, NIP or NID.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1024,
        error_messages={"required": _("Type your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    remember = forms.BooleanField(label=_("Stay signed in on this device"), required=False)


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Six digits, or a recovery code"),
        max_length=40,
        error_messages={"required": _("Type the code.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
