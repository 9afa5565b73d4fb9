"""Syllabus and materials of an offering, which everybody who is signed in may fetch."""

from django.utils.translation import gettext as _

from academics.errors import FieldError
from academics.models import CourseOffering, Material
from academics.services import rows
from academics.services.rows import By
from accounts.models import User
from isme.lib import documents, files
from isme.lib.models import StoredFile
from isme.lib.outage import StoreAway
from isme.lib.storage import AWAY
from isme.lib.transactions import retry_atomic
from notifications import activity

MB = 1024 * 1024


def _anybody(user: User, stored: StoredFile) -> bool:
    return bool(user.is_authenticated)


SYLLABUS = files.Kind(
    name="academics.syllabus",
    max_bytes=20 * MB,
    formats=(files.PDF, documents.DOCX, documents.DOC, documents.XLSX, documents.XLS),
    may_read=_anybody,
)
MATERIAL = files.Kind(
    name="academics.material",
    max_bytes=30 * MB,
    formats=(
        files.PDF,
        *documents.OFFICE,
        *files.IMAGES,
        documents.TXT,
        documents.ZIP,
        documents.RAR,
        *documents.MEDIA,
    ),
    may_read=_anybody,
)


def _kept(document: files.Checked, by: By) -> StoredFile:
    try:
        return files.keep(document, owner_id=by.user_id)
    except StoreAway:
        raise FieldError({"document": str(AWAY)}) from None


@retry_atomic
def replace_syllabus(offering_id: int, *, document: files.Checked | None, by: By) -> None:
    """Put ``document`` in the place of the syllabus, or remove it. Raises FieldError; locks the offering."""
    offering = CourseOffering.objects.select_for_update().get(pk=offering_id)
    old = offering.syllabus_id
    offering.syllabus = _kept(document, by) if document else None
    offering.save(update_fields=["syllabus"])
    if old is not None:
        files.remove(old)
    name = document.name if document else ""
    rows.note("syllabus_changed", offering, by, {"file": name})
    if document:
        activity.record(by=by.user_id, verb="academics.syllabus", what=offering, course=offering)


@retry_atomic
def add_material(material: Material, *, document: files.Checked, by: By) -> Material:
    """Add a file under a title that is new in its offering. Raises FieldError; locks it."""
    CourseOffering.objects.select_for_update().get(pk=material.offering_id)
    same = Material.objects.filter(offering_id=material.offering_id, title=material.title)
    if same.exists():
        raise FieldError({"title": _("Another material of this course has this title.")})
    material.file = _kept(document, by)
    material.added_by_id = by.user_id
    made = rows.create(material, by=by)
    activity.record(
        by=by.user_id,
        verb="academics.material",
        what=made,
        course=made.offering,
        title=made.title,
    )
    return made


@retry_atomic
def remove_material(material_id: int, *, by: By) -> None:
    """Remove a material and its file. A second press finds nothing and does nothing."""
    material = Material.objects.select_for_update().filter(pk=material_id).first()
    if material is None:
        return
    file_id = material.file_id
    rows.delete(material, by=by)
    files.remove(file_id)
