"""Creating, changing and deleting one row, whatever its model: checked, audited, never lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError
from django.utils.translation import gettext as _

from academics.choices import STRUCTURE
from academics.errors import AcademicsError, FieldError, InUse, Outdated
from isme.lib import audit, versions
from isme.lib.audit import Origin
from isme.lib.transactions import retry_atomic

ALL = "__all__"
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class By:
    """Who acts, and from where (None: a command).

    Without ``tells`` this is a part of something larger that tells people by itself, once.
    """

    user_id: int
    origin: Origin | None = None
    tells: bool = True


def note(verb: str, row: Model, by: By, details: Mapping[str, object] | None = None) -> None:
    """Record ``verb`` about ``row`` ("room" + "created"), and let kept pages be built anew."""
    noun = row._meta.model_name
    audit.record(
        f"{noun}.{verb}",
        actor_id=by.user_id,
        subject=f"{noun}:{row.pk}",
        origin=by.origin,
        details=details,
    )
    versions.bump(STRUCTURE)


@retry_atomic
def create(row: Row, *, by: By) -> Row:
    """Check and insert ``row``. Raises FieldError, also when another was faster."""
    checked_save(row)
    note("created", row, by, {"is": str(row)})
    return row


@retry_atomic
def change(row: Row, *, version: int, by: By) -> Row:
    """Write ``row``, which was read at ``version``; locks it.

    Raises Outdated when somebody else changed it since, and FieldError.
    """
    now: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if now.version != version:
        raise Outdated(_("Somebody else changed this while you were typing."))
    row.version = version + 1  # type: ignore[attr-defined]
    checked_save(row)
    note("changed", row, by, differences(now, row))
    return row


@retry_atomic
def repair(row: Row, *, by: By) -> Row:
    """Write ``row`` over whatever it is now; locks it. Raises FieldError."""
    now: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if hasattr(now, "version"):
        row.version = now.version + 1  # type: ignore[attr-defined]
    checked_save(row)
    note("changed", row, by, differences(now, row))
    return row


@retry_atomic
def delete(row: Model, *, by: By) -> None:
    """Delete ``row``. Raises InUse, naming what hangs on it."""
    details = {"was": str(row)}
    key = row.pk
    try:
        row.delete()
    except ProtectedError as refusal:
        raise InUse(_in_use(refusal)) from refusal
    row.pk = key
    note("deleted", row, by, details)


def checked_save(row: Model) -> None:
    """Save ``row`` if it keeps its model's rules. Raises FieldError."""
    _check(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        _check(row)  # somebody was faster: now the rule can be named
        raise AcademicsError(_("Somebody else saved the same just now. Look again.")) from error


def _check(row: Model) -> None:
    # A generated column has no value before the row is saved; the database judges it.
    slots = {field.name for field in row._meta.concrete_fields if field.generated and field.unique}
    try:
        row.full_clean(exclude=slots)
    except ValidationError as error:
        texts = {name: " ".join(errors) for name, errors in error.message_dict.items()}
        raise FieldError(texts) from error


def differences(before: Model, after: Model) -> dict[str, object]:
    """Field -> [was, is] of what differs."""
    found: dict[str, object] = {}
    for field in before._meta.concrete_fields:
        was, now = getattr(before, field.attname), getattr(after, field.attname)
        if was != now and field.name != "version" and field.editable:
            found[field.name] = [str(was), str(now)]
    return found


def _in_use(refusal: ProtectedError) -> str:
    names = sorted({str(row._meta.verbose_name_plural) for row in refusal.protected_objects})
    return _("This can't be deleted while it is in use by: %(names)s.") % {
        "names": ", ".join(names)
    }
