from tests.permissions.rows import HIDDEN_POST, POST_ONLY, ROLES, SIGNED_IN, SUPER_ADMIN

TABLE = {
    "accounts/login/": {**dict.fromkeys(ROLES, 302), "anonymous": 200},
    "accounts/logout/": POST_ONLY,
    "accounts/language/": POST_ONLY,
    "accounts/password/change/": SIGNED_IN,
    "accounts/audit/": SUPER_ADMIN,
    "accounts/unsent/": dict.fromkeys(ROLES, 302),
    "accounts/profile/": SIGNED_IN,
    "accounts/profile/preferences/": HIDDEN_POST,
    "accounts/profile/avatar/": HIDDEN_POST,
    "accounts/profile/avatar/remove/": HIDDEN_POST,
}
