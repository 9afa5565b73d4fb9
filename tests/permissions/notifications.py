from accounts.models import User
from notifications.channels.email import unsubscribe_path
from notifications.models import Broadcast, PushSubscription
from tests.notifications.cast import told
from tests.permissions.rows import HIDDEN_POST, NOBODYS, OPEN, POST_ONLY, ROLES, SIGNED_IN, STAFF

TABLE = {
    "notifications/": SIGNED_IN,
    "notifications/count/": SIGNED_IN,
    "notifications/read-all/": HIDDEN_POST,
    "notifications/read-all/undo/": HIDDEN_POST,
    "notifications/preferences/": SIGNED_IN,
    "notifications/push/": HIDDEN_POST,
    "notifications/whatsapp/status/": POST_ONLY,
    "notifications/activity/": SIGNED_IN,
    "notifications/sent/": STAFF,
    "notifications/broadcasts/": STAFF,
    "notifications/broadcasts/new/": STAFF,
}


def _of(suffix: str):
    return lambda owner_id: f"notifications/{told(owner_id).pk}/{suffix}"


def _unsubscribe(owner_id: int) -> str:
    return unsubscribe_path(owner_id, "tests.plain").removeprefix("/")


def _browser(owner_id: int) -> str:
    row = PushSubscription.objects.create(
        person_id=owner_id, endpoint="x", endpoint_hash=str(owner_id)
    )
    return f"notifications/push/{row.pk}/remove/"


def _notice(suffix: str):
    return lambda owner_id: f"notifications/sent/{told(owner_id).notice_id}/{suffix}"


def _broadcast(suffix: str):
    def make(owner_id: int) -> str:
        at = User.objects.get(pk=owner_id).created_at
        row = Broadcast.objects.create(title="x", text="x", by_id=owner_id, send_at=at)
        return f"notifications/broadcasts/{row.pk}/{suffix}"

    return make


REDIRECT = dict.fromkeys(ROLES, 302)
# Opened or changed by GET: another person's notification isn't there.
OBJECTS = {
    "notifications/<int:pk>/": (_of(""), REDIRECT, NOBODYS),
    "notifications/<int:pk>/read/": (_of("read/"), HIDDEN_POST, HIDDEN_POST),
    "notifications/<int:pk>/delete/": (_of("delete/"), HIDDEN_POST, HIDDEN_POST),
    "notifications/<int:pk>/restore/": (_of("restore/"), HIDDEN_POST, HIDDEN_POST),
    "notifications/unsubscribe/<str:token>/": (_unsubscribe, OPEN, OPEN),
    "notifications/push/<int:pk>/remove/": (_browser, HIDDEN_POST, HIDDEN_POST),
    "notifications/sent/<int:pk>/": (_notice(""), STAFF, STAFF),
    "notifications/sent/<int:pk>/again/": (_notice("again/"), HIDDEN_POST, HIDDEN_POST),
    "notifications/broadcasts/<int:pk>/": (_broadcast(""), STAFF, STAFF),
    "notifications/broadcasts/<int:pk>/cancel/": (
        _broadcast("cancel/"),
        HIDDEN_POST,
        HIDDEN_POST,
    ),
}
