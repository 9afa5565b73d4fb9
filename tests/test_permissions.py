"""Every route and every role, from the URLconf: a route without a row fails."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from isme.lib import files
from tests.conftest import enter, make_user
from tests.lib.test_files import PRIVATE_KIND, private

ROLES = ["anonymous", "student", "lecturer", "office", "super_admin"]
OPEN = dict.fromkeys(ROLES, 200)
SIGNED_IN = {**OPEN, "anonymous": 302}
ADMIN = {**dict.fromkeys(ROLES, 302), "super_admin": 200}  # others are sent to a 403
SUPER_ADMIN = {**dict.fromkeys(ROLES, 403), "anonymous": 302, "super_admin": 200}
POST_ONLY = dict.fromkeys(ROLES, 405)
HIDDEN_POST = {**POST_ONLY, "anonymous": 302}

TABLE = {
    "": {**dict.fromkeys(ROLES, 302)},
    "dashboard/": SIGNED_IN,
    "accounts/login/": {**dict.fromkeys(ROLES, 302), "anonymous": 200},
    "accounts/logout/": POST_ONLY,
    "accounts/language/": POST_ONLY,
    "accounts/audit/": SUPER_ADMIN,
    "accounts/profile/": SIGNED_IN,
    "accounts/profile/preferences/": HIDDEN_POST,
    "accounts/profile/avatar/": HIDDEN_POST,
    "accounts/profile/avatar/remove/": HIDDEN_POST,
    "livez": OPEN,
    "readyz": OPEN,
}

NOBODYS = {**dict.fromkeys(ROLES, 404), "anonymous": 302}


def file_of(owner_id: int) -> str:
    files.register(PRIVATE_KIND)
    return f"files/{private(owner_id).pk}/x"


# Routes with parameters: how to make the object of an owner, the row for the owner, and the row
# for everybody else.
OBJECTS = {"files/<int:pk>/<str:name>": (file_of, SIGNED_IN, NOBODYS)}


def routes(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def own_routes() -> list[str]:
    return [
        route for route in routes(get_resolver().url_patterns) if not route.startswith("admin/")
    ]


def test_every_route_has_a_row():
    assert sorted(own_routes()) == sorted([*TABLE, *OBJECTS])


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_route_by_role(client, role):
    if role != "anonymous":
        enter(client, make_user(role=role))
    found = {route: client.get(f"/{route}").status_code for route in TABLE}
    assert found == {route: row[role] for route, row in TABLE.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", OBJECTS)
def test_object_by_role(client, role, route):
    make, own, others = OBJECTS[route]
    user = make_user(role=role if role != "anonymous" else "student")
    other = make_user("tiara")
    if role != "anonymous":
        enter(client, user)
    assert client.get(f"/{make(user.pk)}").status_code == own[role]
    assert client.get(f"/{make(other.pk)}").status_code == others[role]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ["", "accounts/user/", "accounts/signinevent/"])
def test_admin_is_for_super_admins(client, role, path):
    if role != "anonymous":
        enter(client, make_user(role=role))
    response = client.get(f"/admin/{path}")
    assert response.status_code == ADMIN[role]
    if role in {"student", "lecturer", "office"}:
        assert client.get(response["Location"]).status_code == 403
