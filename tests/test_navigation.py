"""The navigation leads only to pages that exist, and only those who may open them."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from accounts.choices import Role
from isme.lib import navigation
from isme.lib.templatetags.isme import within
from tests.conftest import enter, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_every_entry_opens(client: Client, role):
    """Else a page that isn't there yet, or isn't for them, stands in everybody's menu."""
    enter(client, make_user(role=role))
    entries = navigation.entries_for(role)
    found = {entry.path: client.get(entry.path) for entry in entries}
    assert found
    assert {page.status_code for page in found.values()} == {200}
    ours = {path: page.text for path, page in found.items() if path != "/admin/"}
    assert [path for path, text in ours.items() if 'id="bell"' not in text] == []


@pytest.mark.parametrize("role", Role.values)
def test_each_entry_has_a_sign_of_its_own(role):
    """Else who folded the menu to its icons alone opens one page for another."""
    icons = [entry.icon for entry in navigation.entries_for(role)]
    assert len(icons) == len(set(icons))


@pytest.mark.parametrize("role", Role.values)
def test_place_of_the_page_is_marked_once(client: Client, role):
    enter(client, make_user(role=role))
    page = client.get("/accounts/profile/").text
    assert page.count('aria-current="page"') <= 3, "side, dock, and at most one in the page"
    assert 'href="/accounts/profile/" aria-current="page"' in " ".join(page.split())


def test_page_below_an_entry_marks_it(signed_in: Client):
    """Else who reads a thread doesn't see in the menu that this is the forum."""
    page = " ".join(signed_in.get("/forum/c/nowhere/").text.split())
    assert page.count('href="/forum/" aria-current="true"') == 2, "sidebar and dock"
    assert not [e for e in navigation.entries_for("student") if within("/forum/", e)], "itself"


@pytest.mark.parametrize(
    ("role", "page", "entry"),
    [
        (Role.STUDENT, "/forum/t/3/", "/forum/"),
        (Role.STUDENT, "/notifications/preferences/", "/accounts/profile/"),
        (Role.STUDENT, "/accounts/second-factor/setup/", "/accounts/profile/"),
        (Role.LECTURER, "/offerings/3/materials/new/", "/courses/"),
        (Role.LECTURER, "/materials/3/delete/", "/courses/"),
        (Role.OFFICE, "/accounts/links/refused/", "/accounts/users/"),
        (Role.OFFICE, "/accounts/throttled/", "/accounts/users/"),
        (Role.OFFICE, "/lecturers/3/expertise/", "/expertise/"),
        (Role.OFFICE, "/people/import/3/", "/people/import/"),
        (Role.OFFICE, "/notifications/broadcasts/3/", "/notifications/broadcasts/"),
        (Role.OFFICE, "/notifications/", None),
    ],
)
def test_page_that_hangs_on_another_marks_that_one_alone(role, page, entry):
    """Else who sets up a second factor, or reads which mails were refused, is nowhere."""
    marked = [one.path for one in navigation.entries_for(role) if within(page, one)]
    assert marked == ([entry] if entry else [])


@pytest.mark.parametrize("role", Role.values)
def test_what_an_entry_covers_exists(role):
    """Else a page that was renamed marks nothing, and nobody hears of it."""
    routes = {f"/{route}" for route in routes_of(get_resolver())}
    for entry in navigation.entries_for(role):
        for covered in entry.covers:
            assert any(route.startswith(covered) for route in routes), covered


def routes_of(resolver: URLResolver, above: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = above + str(one.pattern)
        yield from routes_of(one, route) if isinstance(one, URLResolver) else [route]


@pytest.mark.parametrize("order", [("id", "en"), ("en", "id")])
def test_menu_is_kept_for_one_language_role_and_place(client: Client, order):
    """Else somebody reads another's language, or sees the office's pages in their menu."""
    pages = {}
    for language in order:
        for role in (Role.STUDENT, Role.OFFICE):
            user = make_user(f"{role}-{language}", role=role, language=language)
            for path in ("/dashboard/", "/forum/"):
                pages[role, language, path] = menus_of(enter(Client(), user).get(path).text)

    assert len(set(pages.values())) == len(pages)
    for (role, _language, path), found in pages.items():
        assert f'href="{path}" aria-current="page"' in found
        assert ("/accounts/users/" in found) == (role == Role.OFFICE)


def menus_of(page: str) -> str:
    text = " ".join(page.split())
    side = text[text.index('<aside class="side"') : text.index("</aside>")]
    return side + text[text.index('<nav class="dock') :]
