from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import Language, Theme
from accounts.models import User
from accounts.services import avatars
from isme.lib import files, uploads
from isme.lib.idempotency import OnceForm


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=Language, required=False)
    theme = forms.ChoiceField(label=_("Appearance"), choices=Theme, required=False)


class AvatarForm(OnceForm):
    avatar = forms.FileField(
        label=_("New picture"),
        help_text=_("JPEG, PNG or WebP, at most 2 MB. Its middle is shown as a square."),
        allow_empty_file=True,  # files.check says it in our words
        error_messages={"required": _("Choose a picture.")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean_avatar(self) -> files.Checked:
        try:
            return uploads.check(
                self.cleaned_data["avatar"],
                kind=avatars.KIND.name,
                owner_id=self.owner.pk,
                replaces=self.owner.avatar_id,
            )
        except files.BadFile as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
