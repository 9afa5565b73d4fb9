"""Files of posts: who may see the post may fetch them, nobody else.

A picture is encoded anew, so that no camera data tells who or where; another file is kept as it
is, and can therefore not hang on an anonymous post.
"""

from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.models import User
from forum.models import Post
from isme.lib import documents, files, uploads
from isme.lib.models import StoredFile

MOST_FILES = 10
MOST_BYTES = 10 * 1024 * 1024
LONGEST_SIDE = 2000
NAMELESS = "picture.webp"  # in no language: few people's pages are in English


def _readable(user: User, stored: StoredFile) -> bool:
    if not user.is_authenticated:
        return False
    return Post.objects.visible_to(user).filter(attachments__file_id=stored.pk).exists()


DOCUMENTS = (files.PDF, documents.DOCX, documents.XLSX, documents.PPTX)
PICTURE = files.Kind("forum.picture", MOST_BYTES, files.IMAGES, _readable, longest=LONGEST_SIDE)
DOCUMENT = files.Kind("forum.document", MOST_BYTES, (*files.IMAGES, *DOCUMENTS), _readable)
PICTURE_SUFFIXES = {suffix for one in files.IMAGES for suffix in one.suffixes}


def check(upload: UploadedFile, *, owner_id: int, is_anonymous: bool = False) -> files.Checked:
    """One file of a form, within the rate and the room of its owner.

    Raises files.BadFile with what is wrong, in the person's language.
    """
    is_picture = PurePath(upload.name or "").suffix.lower() in PICTURE_SUFFIXES
    if is_anonymous and not is_picture:
        raise files.BadFile(
            _("%(name)s: an anonymous post can carry pictures only; a document names its author.")
            % {"name": files.clean_name(upload.name or "")}
        )
    try:
        kind = PICTURE.name if is_picture else DOCUMENT.name
        checked = uploads.check(upload, kind=kind, owner_id=owner_id)
    except files.BadFile as refusal:
        raise files.BadFile(f"{files.clean_name(upload.name or '')}: {refusal}") from None
    if is_anonymous:
        return files.Checked(checked.kind, NAMELESS, checked.content_type, checked.content)
    return checked
