from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.passwords import present_password


class EmailForm(forms.Form):
    address = forms.CharField(
        label=_("New e-mail address"),
        max_length=150,
        error_messages={"required": _("Type an e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
    )
    password = present_password(_("Present password"))
