from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import channels
from notifications.choices import Channel
from notifications.kinds import known_kinds
from notifications.models import Ways


class WaysForm(forms.ModelForm):
    """When and where to; the table of kinds and channels lies beside it."""

    class Meta:
        model = Ways
        fields = ["zone", "quiet_from", "quiet_until", "digest", "digest_at", "whatsapp"]
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "digest_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "whatsapp": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "tel"}),
        }
        help_texts = {
            "quiet_from": _("In these hours nothing leaves by mail, browser or WhatsApp."),
            "digest": _("What would come as single mails comes as one, each day."),
            "whatsapp": _("With the country in front: 6281234567890. Empty for none."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if Channel.WHATSAPP not in channels.offered():
            del self.fields["whatsapp"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        start, end = values.get("quiet_from"), values.get("quiet_until")
        if (start is None) != (end is None) and not self.errors:
            missing = "quiet_until" if end is None else "quiet_from"
            self.add_error(missing, _("Give both ends of the quiet hours, or none."))
        return values


def choices_of(posted: Any) -> dict[tuple[str, Channel], bool]:
    """What is ticked among the boxes that the page showed; other names are ignored.

    What it did not show (of another role, of a later release) is no choice.
    """
    shown = set(posted.getlist("shown"))
    return {
        (kind.name, channel): name in posted
        for kind in known_kinds()
        for channel in channels.offered()
        if not kind.is_critical and (name := f"{kind.name}:{channel}") in shown
    }
