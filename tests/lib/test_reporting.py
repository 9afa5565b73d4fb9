"""What leaves the house when something breaks, and what a developer is told of slow pages."""

import json

import pytest
import sentry_sdk
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from isme.lib import logs, reporting
from isme.lib.query_report import QueryReportMiddleware

EVENT = {
    "event_id": "1",
    "level": "error",
    "exception": {
        "values": [
            {
                "type": "IntegrityError",
                "module": "django.db.utils",
                "value": "Duplicate entry 'secret-nik'",
                "stacktrace": {"frames": [{"lineno": 3, "vars": {"password": "secret-word"}}]},
            }
        ]
    },
    "request": {
        "method": "POST",
        "url": "https://isme/accounts/password/reset/secret-token/",
        "query_string": "q=secret-search",
        "headers": {"Authorization": "secret-header"},
        "cookies": {"sid": "secret-cookie"},
        "data": {"password": "secret-form"},
        "env": {"REMOTE_ADDR": "secret-address"},
    },
    "user": {"email": "secret@mail", "ip_address": "secret-ip", "username": "secret-name"},
    "breadcrumbs": [{"message": "SELECT secret-row"}],
    "extra": {"secret-extra": 1},
    "server_name": "secret-host",
}


def test_an_error_report_holds_where_it_broke_and_nothing_of_anybody():
    with logs.about("abc"):
        logs.note_user(7)
        sent = reporting.scrubbed(json.loads(json.dumps(EVENT)))

    assert "secret" not in json.dumps(sent)
    assert sent["exception"]["values"][0]["stacktrace"]["frames"] == [{"lineno": 3}]
    assert (sent["tags"], sent["user"]) == ({"request": "abc"}, {"id": "7"})


def test_sentry_scrubs_what_it_sends(settings, monkeypatch):
    started = {}
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: started.update(options))
    settings.SENTRY_DSN = "https://key@sentry.example/1"
    reporting.start()

    assert started["before_send"] is reporting.scrubbed
    assert not started["send_default_pii"]
    assert not started["include_local_variables"]


def test_sentry_that_is_asked_for_and_not_installed_is_said(settings, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sentry_sdk", None)
    settings.SENTRY_DSN = "https://key@sentry.example/1"

    with pytest.raises(ImproperlyConfigured, match="sentry-sdk"):
        reporting.start()


def ask(times: int, sql: str = "SELECT 1"):
    def view(_request):
        for _ in range(times):
            with connection.cursor() as cursor:
                cursor.execute(sql)
        return HttpResponse("")

    QueryReportMiddleware(view)(RequestFactory().get("/"))


@pytest.mark.django_db
def test_a_developer_is_told_of_a_statement_that_is_asked_in_a_loop(caplog):
    ask(5)
    assert "5 times at tests/lib/test_reporting.py" in caplog.text


@pytest.mark.django_db
def test_a_developer_is_told_of_a_slow_statement(caplog, monkeypatch):
    monkeypatch.setattr("isme.lib.query_report.SLOW_SECONDS", 0)
    ask(1)
    assert "ms at tests/lib/test_reporting.py" in caplog.text


@pytest.mark.django_db
def test_ordinary_pages_are_not_complained_of(caplog):
    ask(2)
    assert "isme.queries" not in caplog.text
