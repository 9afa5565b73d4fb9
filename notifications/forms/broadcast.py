from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from isme.lib.idempotency import OnceForm
from notifications import audiences
from notifications.audiences import Option

MOST_FOUND = 100  # single classes, groups and courses of one broadcast


class BroadcastForm(OnceForm):
    """``to`` are roles and levels, ``also`` what was found by a search: one of them is enough."""

    TYPED = ("title", "text", "link", "send_at")

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
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    also = forms.MultipleChoiceField(
        label=_("Also to a single class, group or course"),
        required=False,
        help_text=_("Type a part of its name or code, and tick what you mean."),
        error_messages={"invalid_choice": _("One of these is no longer there: look again.")},
    )
    send_at = forms.DateTimeField(
        label=_("Goes out"),
        required=False,
        help_text=_("WIB. Empty: at once."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tokens = self.data.getlist("also") if self.is_bound else self.initial.get("also", [])  # type: ignore[attr-defined]
        self.found = audiences.named(tokens[:MOST_FOUND]) if tokens else []
        listed = audiences.options()
        self.options = {option.token: option for option in (*listed, *self.found)}
        for name, options in (("to", listed), ("also", self.found)):
            choices = [(option.token, option.label) for option in options]
            self.fields[name].choices = choices  # type: ignore[attr-defined]

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

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "to" in values and "also" in values and not (values["to"] or values["also"]):
            self.add_error("to", _("Choose at least one group of people."))
        return values

    @property
    def chosen(self) -> list[Option]:
        tokens = [*self.cleaned_data["to"], *self.cleaned_data["also"]]
        return [self.options[token] for token in tokens]
