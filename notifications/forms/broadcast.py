from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from isme.lib.idempotency import OnceForm
from notifications import audiences
from notifications.audiences import Option


class BroadcastForm(OnceForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    text = forms.CharField(
        label=_("Text"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    link = forms.CharField(
        label=_("Page that it leads to"),
        max_length=200,
        required=False,
        help_text=_(
            "The part of an address after the name of this site: /courses/. Empty for none."
        ),
    )
    to = forms.MultipleChoiceField(
        label=_("To"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one group of people.")},
    )
    send_at = forms.DateTimeField(
        label=_("Goes out"),
        required=False,
        help_text=_("WIB. Empty: at once."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = {option.token: option for option in audiences.options()}
        field = self.fields["to"]
        field.choices = [(token, o.label) for token, o in self.options.items()]  # type: ignore[attr-defined]

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"].strip()
        if link and (not link.startswith("/") or link.startswith("//") or "\\" in link):
            raise forms.ValidationError(_("A page of ISME starts with one slash."))
        return link

    def clean_send_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["send_at"]
        if at is not None and at < timezone.now():
            raise forms.ValidationError(_("That moment is over."))
        return at

    @property
    def chosen(self) -> list[Option]:
        return [self.options[token] for token in self.cleaned_data["to"]]
