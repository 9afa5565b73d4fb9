from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from academics.forms.base import RowForm
from academics.models import Material
from academics.services.materials import MATERIAL, SYLLABUS
from isme.lib import files, uploads
from isme.lib.idempotency import OnceForm


def _accepts(kind: files.Kind) -> str:
    return ",".join(suffix for one in kind.formats for suffix in one.suffixes)


def _checked(upload: Any, kind: files.Kind, owner_id: int) -> files.Checked:
    try:
        return uploads.check(upload, kind=kind.name, owner_id=owner_id)
    except files.BadFile as refusal:
        raise forms.ValidationError(str(refusal)) from refusal


class SyllabusForm(OnceForm):
    """``owner_id`` is who uploads: their rate and their room count."""

    def __init__(self, owner_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner_id = owner_id

    document = forms.FileField(
        label=_("Syllabus (RPS)"),
        help_text=_("PDF, Word or Excel, at most 20 MB. It replaces the one that is there."),
        allow_empty_file=True,  # files.check says it in our words
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": _accepts(SYLLABUS)}),
    )

    def clean_document(self) -> files.Checked:
        return _checked(self.cleaned_data["document"], SYLLABUS, self.owner_id)


class MaterialForm(RowForm):
    """``owner_id`` is who uploads: their rate and their room count."""

    def __init__(self, owner_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner_id = owner_id

    class Meta:
        model = Material
        fields = ["title"]
        help_texts = {"title": _("At most 150 characters.")}

    document = forms.FileField(
        label=_("File"),
        help_text=_("Office, PDF, text, picture, audio, video or archive, at most 30 MB."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": _accepts(MATERIAL)}),
    )

    def clean_document(self) -> files.Checked:
        return _checked(self.cleaned_data["document"], MATERIAL, self.owner_id)
