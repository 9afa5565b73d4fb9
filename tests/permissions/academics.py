from tests.factories import academics as make
from tests.permissions.rows import ROLES, SIGNED_IN

STAFF = {**dict.fromkeys(ROLES, 403), "anonymous": 302, "office": 200, "super_admin": 200}

TABLE = {
    "rooms/": SIGNED_IN,
    "rooms/new/": STAFF,
}


def room(_owner_id: int) -> int:
    return make.RoomFactory().pk


OBJECTS = {
    "rooms/<int:pk>/edit/": (lambda owner: f"rooms/{room(owner)}/edit/", STAFF, STAFF),
    "rooms/<int:pk>/delete/": (lambda owner: f"rooms/{room(owner)}/delete/", STAFF, STAFF),
}
