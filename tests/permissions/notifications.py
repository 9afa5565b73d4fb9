from tests.notifications.cast import told
from tests.permissions.rows import HIDDEN_POST, NOBODYS, ROLES, SIGNED_IN

TABLE = {
    "notifications/": SIGNED_IN,
    "notifications/count/": SIGNED_IN,
    "notifications/read-all/": HIDDEN_POST,
}


def _of(suffix: str):
    return lambda owner_id: f"notifications/{told(owner_id).pk}/{suffix}"


REDIRECT = dict.fromkeys(ROLES, 302)
# Opened or changed by GET: another person's notification isn't there.
OBJECTS = {
    "notifications/<int:pk>/": (_of(""), REDIRECT, NOBODYS),
    "notifications/<int:pk>/read/": (_of("read/"), HIDDEN_POST, HIDDEN_POST),
    "notifications/<int:pk>/delete/": (_of("delete/"), HIDDEN_POST, HIDDEN_POST),
    "notifications/<int:pk>/restore/": (_of("restore/"), HIDDEN_POST, HIDDEN_POST),
}
