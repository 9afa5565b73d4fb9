from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from isme.lib.idempotency import OnceForm


class EraseForm(OnceForm):
    """What can't be undone: why, and the username once more, so that it is the right person."""

    username = forms.CharField(
        label=_("Type the username of this account"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("It stands in the audit trail, which stays: name nobody here."),
        max_length=200,
        error_messages={"required": _("Say why, so that a colleague understands it later.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_username(self) -> str:
        typed: str = self.cleaned_data["username"]
        if typed.strip() != self.person.username:
            raise forms.ValidationError(_("This is not the username of this account."))
        return typed
