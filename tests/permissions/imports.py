"""Imports: the office's and super admins'; staff is a super admin's alone."""

from academics.imports.choices import ImportKind, ImportState
from academics.models import ImportJob
from accounts.models import User
from tests.permissions.rows import NOBODYS, ROLES

REDIRECT = dict.fromkeys(ROLES, 302)
OFFICE = {**dict.fromkeys(ROLES, 403), "anonymous": 302, "office": 200, "super_admin": 200}
OFFICE_OBJECT = {**NOBODYS, "office": 200, "super_admin": 200}
OFFICE_POST = {**dict.fromkeys(ROLES, 405), "anonymous": 302}

TABLE = {
    "people/import/": OFFICE,
    "rooms/import/": REDIRECT,
    "courses/import/": REDIRECT,
    "classes/import/": REDIRECT,
    "groups/import/": REDIRECT,
}


def import_of(owner_id: int) -> int:
    return ImportJob.objects.create(
        kind=ImportKind.ROOM,
        state=ImportState.DISCARDED,
        file_name="ruangan.xlsx",
        made_by=User.objects.get(pk=owner_id),
    ).pk


def _at(end: str):
    return lambda owner_id: f"people/import/{import_of(owner_id)}/{end}"


# The office is one team: what one of them uploaded, the others may save.
OBJECTS = {
    "people/import/<int:pk>/": (_at(""), OFFICE_OBJECT, OFFICE_OBJECT),
    "people/import/<int:pk>/undo/": (_at("undo/"), OFFICE_OBJECT, OFFICE_OBJECT),
    "people/import/<int:pk>/replace/": (_at("replace/"), OFFICE_POST, OFFICE_POST),
    "people/import/<int:pk>/save/": (_at("save/"), OFFICE_POST, OFFICE_POST),
    "people/import/<int:pk>/discard/": (_at("discard/"), OFFICE_POST, OFFICE_POST),
    "people/import/<int:pk>/resume/": (_at("resume/"), OFFICE_POST, OFFICE_POST),
    "people/import/template/<slug:kind>/": (
        lambda _owner_id: "people/import/template/room/",
        OFFICE,
        OFFICE,
    ),
}
