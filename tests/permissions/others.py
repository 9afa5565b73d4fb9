"""The routes that belong to no app of the faculty's."""

from isme.lib import files
from tests.lib.test_files import PRIVATE_KIND, private
from tests.permissions.rows import HIDDEN_POST, NOBODYS, OPEN, ROLES, SIGNED_IN

TABLE = {
    "": {**dict.fromkeys(ROLES, 302)},
    "dashboard/": SIGNED_IN,
    "search/": SIGNED_IN,
    "dashboard/jobs/retry/": HIDDEN_POST,
    "livez": OPEN,
    "readyz": OPEN,
    "metrics": OPEN,
}


def file_of(owner_id: int) -> str:
    files.register(PRIVATE_KIND)
    return f"files/{private(owner_id).pk}/x"


# Routes with parameters: how to make the object of an owner, the row for the owner, and the row
# for everybody else.
OBJECTS = {"files/<int:pk>/<str:name>": (file_of, SIGNED_IN, NOBODYS)}
