"""What each role gets from a route: the rows that the apps' tables are made of."""

ROLES = ["anonymous", "student", "lecturer", "office", "super_admin"]
OPEN = dict.fromkeys(ROLES, 200)
SIGNED_IN = {**OPEN, "anonymous": 302}
ADMIN = {**dict.fromkeys(ROLES, 302), "super_admin": 200}  # others are sent to a 403
SUPER_ADMIN = {**dict.fromkeys(ROLES, 403), "anonymous": 302, "super_admin": 200}
STAFF = {**SUPER_ADMIN, "office": 200}
POST_ONLY = dict.fromkeys(ROLES, 405)
HIDDEN_POST = {**POST_ONLY, "anonymous": 302}
NOBODYS = {**dict.fromkeys(ROLES, 404), "anonymous": 302}
