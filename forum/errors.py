from django.utils.translation import gettext as _

from isme.lib.storage import AWAY


class ForumError(Exception):
    """Something the forum refuses; the text is in the person's language and safe to show."""

    field = "body"  # at which a form of writing shows it


class ThreadNotOpen(ForumError):
    def __init__(self) -> None:
        super().__init__(_("This thread is closed. What you wrote was not posted."))


class NotAllowed(ForumError):
    def __init__(self) -> None:
        super().__init__(_("You may not do this here."))


class ParentGone(ForumError):
    def __init__(self) -> None:
        super().__init__(
            _("The post that you answer is no longer there. You can still reply to the thread.")
        )


class TooLong(ForumError):
    def __init__(self, most: int) -> None:
        text = _("This text is too long: at most %(most)s characters.") % {"most": most}
        super().__init__(text)


class Empty(ForumError):
    def __init__(self) -> None:
        super().__init__(_("Write something first."))


class ReadersOfPublic(ForumError):
    """People were named for a thread that everybody may read: whoever names them means no such."""

    field = "is_private"

    def __init__(self) -> None:
        super().__init__(
            _(
                "You named people who may read it. Tick this to keep the thread among them, or "
                "remove their names to open it to everybody."
            )
        )


class FilesAway(ForumError):
    field = "files"

    def __init__(self) -> None:
        super().__init__(str(AWAY))
