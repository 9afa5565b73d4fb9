from collections.abc import Callable

from accounts.models import LinkBatch, PasswordSheet
from tests.permissions.rows import (
    HIDDEN_POST,
    NOBODYS,
    POST_ONLY,
    ROLES,
    SIGNED_IN,
    STAFF,
    SUPER_ADMIN,
)

TABLE = {
    "accounts/login/": {**dict.fromkeys(ROLES, 302), "anonymous": 200},
    "accounts/logout/": POST_ONLY,
    "accounts/language/": POST_ONLY,
    "accounts/audit/": SUPER_ADMIN,
    "accounts/unsent/": dict.fromkeys(ROLES, 302),
    "accounts/profile/": SIGNED_IN,
    "accounts/profile/preferences/": HIDDEN_POST,
    "accounts/profile/avatar/": HIDDEN_POST,
    "accounts/profile/avatar/remove/": HIDDEN_POST,
    "accounts/users/": STAFF,
    "accounts/users/new/": STAFF,
    "accounts/users/export/": STAFF,
    "accounts/throttled/": STAFF,
    "accounts/sheets/": STAFF,
    "accounts/links/refused/": STAFF,
    "accounts/sheets/new/": STAFF,
    "accounts/acting/stop/": HIDDEN_POST,
    "accounts/audit/export/": SUPER_ADMIN,
    "accounts/privacy/": SIGNED_IN,
    "accounts/privacy/export/": HIDDEN_POST,
}


def page_of(part: str = "") -> Callable[[int], str]:
    return lambda owner_id: f"accounts/users/{owner_id}/{part}"


SEEN_BY_STAFF = {**NOBODYS, "office": 200, "super_admin": 200}
# Their own accounts: staff sees its own page, and only a super admin edits staff.
EDITED_BY_SUPER_ADMIN = {**NOBODYS, "super_admin": 200}


def sheet_of(owner_id: int) -> str:
    return f"accounts/sheets/{PasswordSheet.objects.create(maker_id=owner_id).pk}/"


def links_of(part: str = "") -> Callable[[int], str]:
    return lambda owner_id: (
        f"accounts/links/{LinkBatch.objects.create(maker_id=owner_id).pk}/{part}"
    )


OBJECTS = {
    "accounts/links/<int:pk>/": (links_of(), SEEN_BY_STAFF, NOBODYS),
    "accounts/links/<int:pk>/again/": (links_of("again/"), HIDDEN_POST, HIDDEN_POST),
    "accounts/sheets/<int:pk>/": (sheet_of, SEEN_BY_STAFF, NOBODYS),
    "accounts/throttled/<int:pk>/lift/": (
        lambda owner_id: f"accounts/throttled/{owner_id}/lift/",
        HIDDEN_POST,
        HIDDEN_POST,
    ),
    "accounts/users/<int:pk>/": (page_of(), SEEN_BY_STAFF, SEEN_BY_STAFF),
    "accounts/users/<int:pk>/edit/": (page_of("edit/"), EDITED_BY_SUPER_ADMIN, SEEN_BY_STAFF),
    "accounts/users/<int:pk>/deactivate/": (page_of("deactivate/"), NOBODYS, SEEN_BY_STAFF),
    "accounts/users/<int:pk>/restore/": (page_of("restore/"), HIDDEN_POST, HIDDEN_POST),
    "accounts/users/<int:pk>/force-logout/": (page_of("force-logout/"), HIDDEN_POST, HIDDEN_POST),
    "accounts/users/<int:pk>/act-as/": (
        page_of("act-as/"),
        NOBODYS,
        {**NOBODYS, "super_admin": 200},
    ),
    # Only what is closed already: tests/accounts/test_privacy.py.
    "accounts/users/<int:pk>/erase/": (page_of("erase/"), NOBODYS, NOBODYS),
    "accounts/users/<int:pk>/password/": (page_of("password/"), NOBODYS, SEEN_BY_STAFF),
}
