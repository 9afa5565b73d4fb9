"""What every response carries, and what people see when something is away."""

import errno
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.db import OperationalError
from django.test import Client

from isme.env import Environment
from isme.lib import hooks
from isme.lib.middleware import HEADERS
from tests.conftest import enter, make_user


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere", "/livez"])
def test_security_headers_on_every_response(client: Client, path):
    response = client.get(path)
    for name in set(HEADERS) - {"Cache-Control"}:
        assert response[name] == HEADERS[name]
    assert {"private", "no-cache"} <= set(response["Cache-Control"].split(", "))
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_unknown_page_explains_itself(client: Client):
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert "Ruangan ini kosong" in response.text
    assert 'id="side"' not in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/rooms/9/edit/", 403)])
def test_who_is_signed_in_keeps_the_menu_where_nothing_is(signed_in: Client, path, status):
    """Else a dead link in a mail leads to a page from which there is only one way."""
    response = signed_in.get(path)
    assert response.status_code == status
    assert f">{status}</p>" in response.text
    assert 'id="side"' in response.text
    assert 'id="bell"' in response.text


@pytest.mark.django_db
def test_server_in_trouble_answers_without_asking_who_is_there(signed_in: Client, monkeypatch):
    """Else the page that says so breaks by the same trouble."""
    signed_in.raise_request_exception = False

    def broken(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr("accounts.views.profile.listing", broken)
    response = signed_in.get("/accounts/profile/")
    assert response.status_code == 500
    assert "Ada yang rusak di pihak kami" in response.text
    assert 'id="side"' not in response.text


def test_dead_database_is_a_503_that_says_when(client: Client, monkeypatch):
    client.raise_request_exception = False

    def away(*args, **kwargs):
        raise OperationalError(2002, "Can't connect")

    monkeypatch.setattr("accounts.session.snapshot.from_database", away)
    client.cookies["sid"] = "1.abc"
    response = client.get("/dashboard/")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "Kami segera kembali" in response.text


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OperationalError(1114, "The table 'forum_post' is full"),
        OperationalError(1030, 'Got error 28 "No space left on device" from storage engine Aria'),
    ],
    ids=["file", "table", "sorting"],
)
def test_full_disk_is_a_503_that_says_what_was_not_saved(client: Client, monkeypatch, error):
    client.raise_request_exception = False

    def full(*args, **kwargs):
        raise error

    monkeypatch.setattr("accounts.session.snapshot.from_database", full)
    client.cookies["sid"] = "1.abc"
    response = client.get("/dashboard/")
    assert response.status_code == 503
    assert response["Retry-After"] == "300"
    assert "Ruang penyimpanan server habis" in response.text


def test_demo_hook_is_filled():
    seeding = [app.name for app in apps.get_app_configs() if find_spec(f"{app.name}.demo")]
    filled = {function.__module__.partition(".")[0] for function in hooks.seed_demo._functions}
    assert filled == set(seeding)
    assert len(seeding) >= 2


def test_environment_names_every_problem():
    env = Environment({"PORT": "many", "DEBUG": "perhaps"})
    env.number("PORT", 1)
    env.flag("DEBUG")
    env.require(condition=False, problem="SECRET_KEY is missing.")
    with pytest.raises(Exception, match=r"(?s)PORT.*DEBUG.*SECRET_KEY"):
        env.finish()


def test_shown_settings_hide_secrets():
    env = Environment({"SECRET_KEY": "abc", "DATABASE_URL": "mysql://isme:pw1@host/isme"})
    env.text("SECRET_KEY", secret=True)
    env.text("DATABASE_URL")
    shown = " ".join(reading.shown for reading in env.readings.values())
    assert "abc" not in shown
    assert "pw1" not in shown


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/accounts/profile/avatar/", "/accounts/profile/"),
        ("/groups/9/add/", "/groups/9/"),
        ("/forum/drafts/save/", "/forum/drafts/"),
    ],
)
def test_address_of_a_form_says_where_its_page_is(signed_in: Client, path, above):
    """Else who reloads after a mistake in a form, or switches the language, sees an empty page."""
    response = signed_in.get(path, headers=BROWSER)
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "Tidak ada yang dapat dilihat di sini" in response.text
    assert f'href="{above}"' in response.text.partition('<div class="lost">')[2]
    assert 'id="side"' in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {**BROWSER, "HX-Request": "true"}])
def test_programs_that_ask_a_forms_address_get_no_page(signed_in: Client, headers):
    response = signed_in.get("/accounts/profile/avatar/", headers=headers)
    assert (response.status_code, response.content) == (405, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["http://testserver/accounts/profile/?sort=oldest", ""])
def test_choices_on_a_page_that_refuses_a_form_come_back_to_the_form(signed_in: Client, form):
    """Else the language of a refusal can't be chosen: its address shows nothing."""
    headers = {"Referer": form} if form else {}
    response = signed_in.post("/accounts/profile/avatar/", {"picture": ""}, headers=headers)
    assert response.status_code == 422
    back = "/accounts/profile/" if form else "/accounts/profile/avatar/"
    assert f'name="next" value="{back}"' in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "whom"), [("office", "super admin"), ("student", "bagian akademik")]
)
def test_who_may_not_is_sent_to_somebody_else(client: Client, role, whom):
    """Else the academic office is told to ask the academic office."""
    enter(client, make_user(role=role))
    response = client.get("/accounts/audit/")
    assert response.status_code == 403
    assert f"hubungi {whom}." in response.text.partition('<div class="lost">')[2]
