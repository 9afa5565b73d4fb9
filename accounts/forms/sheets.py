from django import forms
from django.utils.translation import gettext_lazy as _

from isme.lib.idempotency import OnceForm


class SheetForm(OnceForm):
    only_new = forms.BooleanField(
        label=_("Only those who never signed in"),
        help_text=_("Without it, passwords that people use stop working and they are signed out."),
        required=False,
        initial=True,
    )
