"""Every route and every role, from the URLconf: a route without a row fails.

Each app's table is a module of tests/permissions: TABLE (route: row) and, for routes with
parameters, OBJECTS (route: how to make the object of an owner, the row for the owner, and the
row for everybody else).
"""

from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

import tests.permissions
from tests.conftest import enter, make_user
from tests.permissions.rows import ADMIN, ROLES
from tests.way_back import BESIDE, is_lost

MODULES = [
    import_module(f"tests.permissions.{module.name}")
    for module in iter_modules(tests.permissions.__path__)
]
TABLE = {route: row for module in MODULES for route, row in getattr(module, "TABLE", {}).items()}
OBJECTS = {
    route: rows for module in MODULES for route, rows in getattr(module, "OBJECTS", {}).items()
}


def shows_dashes(answer):
    """Django's word for "nothing is chosen yet", where ours is "Choose"."""
    return not answer.streaming and b">---------<" in answer.content


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
    found = {route: client.get(f"/{route}") for route in TABLE}
    assert {route: answer.status_code for route, answer in found.items()} == {
        route: row[role] for route, row in TABLE.items()
    }
    lost = [one for one, answer in found.items() if is_lost(answer, f"/{one}", role)]
    assert sorted({*lost} - BESIDE) == []
    assert [one for one, answer in found.items() if shows_dashes(answer)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", OBJECTS)
def test_object_by_role(client, role, route):
    make, own, others = OBJECTS[route]
    user = make_user(role=role if role != "anonymous" else "student")
    other = make_user("tiara")
    if role != "anonymous":
        enter(client, user)
    for person, row in ((user, own), (other, others)):
        path = f"/{make(person.pk)}"
        answer = client.get(path)
        assert answer.status_code == row[role]
        assert not is_lost(answer, path, role) or route in BESIDE
        assert not shows_dashes(answer)


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
