"""What people write: checked at the right field, and never lost when refused."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from forum.choices import ReportReason
from forum.errors import ReadersOfPublic
from forum.models import Post, Thread
from forum.selectors.people import people_named
from forum.services import attachments
from forum.services.posts import Message
from forum.services.texts import MOST_OPENING_CHARACTERS, MOST_REPLY_CHARACTERS
from forum.services.threads import MOST_TAGS, Plan
from isme.lib import files
from isme.lib.idempotency import OnceForm
from isme.lib.keys import row_key

MOST_TAG_CHARACTERS = 30
MOST_ALLOWED = 200


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files of one field; each is judged in ``FilesMixin.clean``, by what else was said."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [one for one in given if isinstance(one, UploadedFile)]


class MessageForm(OnceForm):
    """A text with files, perhaps anonymous.

    ``owner_id`` is who sends it. ``is_masked``: they write under a pseudonym whatever the box
    says, as the starter of an anonymous thread does.
    """

    most = MOST_REPLY_CHARACTERS
    body = forms.CharField(
        label=_("Text"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write something first.")},
    )
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]
    is_anonymous = forms.BooleanField(
        label=_("Anonymous"),
        required=False,
        help_text=_(
            "If anonymous, readers and the office don't see your name; only a super admin can look "
            "it up, with a reason that is recorded."
        ),
    )

    def __init__(
        self, *args: Any, owner_id: int = 0, is_masked: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.owner_id, self.is_masked = owner_id, is_masked

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        given = data.get("files") or []
        if len(given) > attachments.MOST_FILES:
            text = ngettext("At most %(most)s file.", "At most %(most)s files.", 10)
            self.add_error("files", text % {"most": attachments.MOST_FILES})
            given = []
        is_anonymous = self.is_masked or bool(data.get("is_anonymous"))
        checked = []
        for one in given:
            try:
                checked.append(
                    attachments.check(one, owner_id=self.owner_id, is_anonymous=is_anonymous)
                )
            except files.BadFile as refusal:
                self.add_error("files", str(refusal))
        data["checked"] = checked
        return data

    @property
    def message(self) -> Message:
        data = self.cleaned_data
        return Message(
            text=data["body"], attached=data["checked"], is_anonymous=data["is_anonymous"]
        )


class ReplyForm(MessageForm):
    parent = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_parent(self) -> int | None:
        """A number, or None: what else comes was made up, and answers the thread."""
        text = self.cleaned_data["parent"]
        key = row_key(text)
        if text and key is None:
            raise forms.ValidationError(
                _(
                    "The post that you answer is no longer there. You can still reply to the thread."
                )
            )
        return key


class EditForm(forms.Form):
    body = forms.CharField(
        label=_("Text"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write something first.")},
    )


class PlanMixin(forms.Form):
    """Everything about a thread but its text."""

    title = forms.CharField(
        label=_("Title"),
        max_length=255,
        error_messages={"required": _("Give the thread a title.")},
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=170,
        help_text=_("At most five, with commas between."),
    )
    is_question = forms.BooleanField(
        label=_("A question: one reply can become its answer"), required=False
    )
    is_private = forms.BooleanField(
        label=_("Private: only for people I choose"),
        required=False,
        help_text=_(
            "Read by its starter, the people named below, and the academic office. With nobody "
            "named: by its starter and the office alone."
        ),
    )
    allowed = forms.CharField(
        label=_("People who may read it"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Names or usernames, with commas between."),
    )
    closes_at = forms.DateTimeField(
        label=_("Replies until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"],
        help_text=_("Leave it empty for no end. Time in WIB."),
    )

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_tags(self) -> list[str]:
        words = [
            " ".join(w.replace("|", " ").lower().split())
            for w in self.cleaned_data["tags"].split(",")
        ]
        tags = list(dict.fromkeys(word for word in words if word))
        if len(tags) > MOST_TAGS or any(len(tag) > MOST_TAG_CHARACTERS for tag in tags):
            raise forms.ValidationError(_("At most five tags of 30 characters."))
        return tags

    def clean_closes_at(self) -> Any:
        moment = self.cleaned_data["closes_at"]
        if moment is not None and moment <= timezone.now() and not self._is_kept(moment):
            raise forms.ValidationError(_("Choose a time that lies ahead."))
        return moment

    def clean_allowed(self) -> list[int]:
        found = people_named(self.cleaned_data["allowed"], most=MOST_ALLOWED)
        if found.too_many:
            raise forms.ValidationError(_("At most 200 people."))
        if found.missing:
            names = ", ".join(found.missing[:10])
            raise forms.ValidationError(_("Nobody is called: %(names)s.") % {"names": names})
        for name, choices in found.unclear.items():
            text = _("Several people are called %(name)s. Type the username of one: %(choices)s")
            raise forms.ValidationError(text % {"name": name, "choices": "; ".join(choices)})
        return found.pks

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        # Names that nobody has were typed too: both are said at once.
        has_people = bool(data.get("allowed")) or "allowed" in self.errors
        if has_people and not data.get("is_private"):
            self.add_error("is_private", str(ReadersOfPublic()))
        return data

    def _is_kept(self, moment: datetime) -> bool:
        """Whether it is the deadline that the form came with: that one may have passed."""
        before = self.initial.get("closes_at")
        return before is not None and before.replace(second=0, microsecond=0) == moment

    @property
    def plan(self) -> Plan:
        data = self.cleaned_data
        return Plan(
            title=data["title"],
            tags=data["tags"],
            is_private=data["is_private"],
            is_anonymous=data.get("is_anonymous", False),
            is_question=data["is_question"],
            closes_at=data["closes_at"],
            allowed=data["allowed"],
        )


class ThreadForm(PlanMixin, MessageForm):
    most = MOST_OPENING_CHARACTERS
    field_order = ["title", "body", "files", "tags", "is_question", "is_anonymous"]


class ThreadChangeForm(PlanMixin):
    """The same for a thread that is there. ``first`` fills it."""

    @staticmethod
    def first(thread: Thread, usernames: list[str]) -> dict[str, Any]:
        return {
            "title": thread.title,
            "tags": ", ".join(thread.tag_list),
            "is_question": thread.is_question,
            "is_private": thread.is_private,
            "closes_at": thread.closes_at,
            "allowed": ", ".join(usernames),
        }


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=ReportReason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with it.")},
    )
    note = forms.CharField(
        label=_("Note for the office"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def first_body(post: Post) -> dict[str, str]:
    return {"body": post.body}
