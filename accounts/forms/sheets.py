from django import forms
from django.utils.translation import gettext_lazy as _

from isme.lib.idempotency import OnceForm

SHEET, MAIL = "sheet", "mail"


class SheetForm(OnceForm):
    how = forms.ChoiceField(
        label=_("How they get it"),
        choices=[
            (SHEET, _("A printed sheet of slips with one-time passwords")),
            (MAIL, _("A link by e-mail, with which each chooses a password")),
        ],
        widget=forms.RadioSelect,
        initial=SHEET,
    )
    only_new = forms.BooleanField(
        label=_("Only those who never signed in"),
        help_text=_(
            "Without it, a sheet makes passwords that people use stop working and signs them "
            "out. A link does so only when it is used."
        ),
        required=False,
        initial=True,
    )
