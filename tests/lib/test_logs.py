"""One line for each request, which can be followed and holds no secret."""

import io
import json
import logging

import pytest
from django.test import Client

from accounts.models import User
from isme.lib import logs
from isme.lib.logs import JsonFormatter, RequestFilter


@pytest.fixture
def lines(monkeypatch, settings):
    """What a server's log would hold: read as JSON."""
    stream = io.StringIO()
    settings.LOG_FORMAT = "json"
    monkeypatch.setattr(logs, "emit", lambda line: stream.write(line + "\n"))
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(RequestFilter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def of_requests(lines) -> list[dict]:
    return [line for line in lines() if line["logger"] == "isme.request"]


def test_a_request_is_one_line_with_its_id_person_view_status_and_time(
    signed_in: Client, user: User, lines
):
    response = signed_in.get("/accounts/profile/?q=secret-words")

    [line] = of_requests(lines)
    assert line["request"] == response["X-Request-ID"]
    assert line["user"] == user.pk
    assert (line["view"], line["status"], line["method"]) == ("accounts:profile", 200, "GET")
    assert line["ms"] > 0
    assert "secret-words" not in json.dumps(line)


@pytest.mark.django_db
def test_neither_password_nor_token_nor_cookie_reaches_the_log(client: Client, user: User, lines):
    client.cookies["sid"] = "7.cookie-secret"
    client.post("/accounts/login/", {"login": "login-secret", "password": "password-secret"})
    client.get("/accounts/email/confirm/%D9%A1-token-secret/")
    client.get("/accounts/password/reset/token-secret/?key=token-secret")

    text = json.dumps(lines())
    assert len(of_requests(lines)) == 3
    assert "-secret" not in text


def test_the_object_of_a_page_is_named_by_its_number(signed_in: Client, lines):
    signed_in.get("/files/77/x")

    assert of_requests(lines)[0]["objects"] == {"pk": 77}


def test_an_error_of_ours_has_its_trace_and_the_same_id_as_the_page(
    signed_in: Client, lines, monkeypatch
):
    def broken(*_args, **_kwargs):
        raise RuntimeError("broken by the test")

    monkeypatch.setattr("accounts.views.profile.render", broken)
    monkeypatch.setattr("accounts.views.profile.page_or_fragment", broken, raising=False)
    signed_in.raise_request_exception = False
    response = signed_in.get("/accounts/profile/")

    traced = [line for line in lines() if "broken by the test" in line.get("trace", "")]
    assert response.status_code == 500
    assert traced[0]["request"] == response["X-Request-ID"]
    assert response["X-Request-ID"] in response.content.decode()
    assert of_requests(lines)[-1]["status"] == 500


def test_a_line_break_cannot_forge_a_second_line(lines):
    logging.getLogger("x").warning("one\n%s", '{"level": "ERROR"}')

    assert len(lines()) == 1


def test_an_id_from_outside_is_not_believed(signed_in: Client):
    response = signed_in.get("/accounts/profile/", headers={"X-Request-ID": "forged"})

    assert response["X-Request-ID"] != "forged"
