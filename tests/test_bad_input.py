"""Bad input at every address and in every field: a refusal or a proper page, never an error of ours.

The addresses come from the URLconf, the fields from all forms that there are: a new page is
crawled on the day it comes. ``--all`` sends every value to every address, alone and together.
"""

import os
from importlib import import_module
from urllib.parse import urlencode

import pytest
from django import forms
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from tests.bad_input import IDS, IN_ADDRESSES, IN_FORMS
from tests.conftest import enter, make_user
from tests.test_permissions import OBJECTS, TABLE

ALL = os.environ.get("ISME_TEST_ALL") == "1"
LEAVES = {"accounts/logout/"}  # ends the session that the crawl needs; tested by itself
FORM = "application/x-www-form-urlencoded"
LIST_NAMES = ("page", "per_page", "sort", "q")
SHARE = 1 if ALL else 8  # each address gets an eighth of the values; the next one the next


def field_names() -> list[str]:
    """The fields of every form that the URLconf's modules and forms/ packages define."""
    assert get_resolver().url_patterns
    for app in settings.INSTALLED_APPS:
        for name in ("forms", "views"):
            try:
                import_module(f"{app}.{name}")
            except ModuleNotFoundError:
                continue
    found, waiting = set(), [forms.BaseForm]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        found |= set(getattr(kind, "base_fields", {}))
    return sorted(found)


def share_of(values: list[str], number: int) -> list[str]:
    """Some of the values, beginning elsewhere for each address: together they get all."""
    return values[number % SHARE :: SHARE]


@pytest.fixture
def crawler(client: Client):
    client.raise_request_exception = False
    enter(client, make_user("crawler", role="super_admin"))
    return client


def errors(answers) -> dict[str, int]:
    return {what: answer.status_code for what, answer in answers if answer.status_code >= 500}


def trace_of(answers) -> None:
    for what, answer in answers:
        if answer.streaming:
            continue
        assert "Traceback (most recent call last)" not in answer.content.decode(
            "utf-8", "ignore"
        ), what
        assert "X-Evil" not in answer.headers, what


@pytest.mark.django_db
def test_every_address_survives_bad_values_in_its_query(crawler: Client):
    names = sorted({*LIST_NAMES, *field_names(), "next", "unread", "date", "view", "user"})
    answers = []
    for number, route in enumerate(sorted(set(TABLE) - LEAVES)):
        for value in share_of(IN_ADDRESSES, number):
            together = "&".join(f"{name}={value}" for name in names)
            answers.append((f"{route} all={value[:30]}", crawler.get(f"/{route}?{together}")))
        for at, name in enumerate(LIST_NAMES):
            for value in share_of(IN_ADDRESSES, number + at + 1)[
                : len(IN_ADDRESSES) if ALL else 2
            ]:
                address = f"/{route}?{name}={value}&{name}%5B%5D={value}"
                answers.append((f"{route} {name}={value[:30]}", crawler.get(address)))
    assert len(answers) > 300
    assert errors(answers) == {}
    trace_of(answers)


@pytest.mark.django_db
def test_every_form_survives_bad_values_in_every_field(crawler: Client):
    names = field_names()
    owner = crawler.get("/accounts/profile/").context["user"]
    makers = {route: lambda _owner_id, route=route: route for route in set(TABLE) - LEAVES}
    makers |= {route: make for route, (make, _own, _others) in OBJECTS.items()}
    answers = []
    for number, route in enumerate(sorted(makers)):
        with transaction.atomic():
            path = makers[route](owner.pk)
            for value in share_of(IN_FORMS, number):
                body = urlencode([(name, value) for name in names[:900]])
                answers.append((f"{route} {value[:30]!r}", crawler.post(f"/{path}", body, FORM)))
            answers.append((f"{route} JSON", crawler.post(f"/{path}", "{", "application/json")))
            transaction.set_rollback(True)  # two of these objects would get in each other's way
    assert len(names) > 40
    assert errors(answers) == {}
    trace_of(answers)


@pytest.mark.smoke
@pytest.mark.django_db
def test_every_object_s_address_survives_bad_numbers(crawler: Client):
    answers = []
    for number, route in enumerate(OBJECTS):
        head, _bracket, rest = route.partition("<")
        tail = rest.partition(">")[2]
        tail = "x".join(
            part.partition(">")[2] if ">" in part else part for part in tail.split("<")
        )
        answers += [
            (f"{route} {one[:20]}", crawler.get(f"/{head}{one}{tail}"))
            for one in dict.fromkeys([str(2**63), *share_of(IDS, number)])
        ]
    assert errors(answers) == {}
    trace_of(answers)
