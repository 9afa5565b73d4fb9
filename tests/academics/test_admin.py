"""The repair desk opens for every model, in a number of queries that doesn't grow with the rows."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import enter, make_user
from tests.factories import academics as make

MODELS = sorted(
    model.__name__.lower()
    for model in apps.get_app_config("academics").get_models()
    if model.__name__ not in {"CourseExpertise", "VeteranLevel"}  # lines of another's page
)
pytestmark = pytest.mark.django_db


def test_every_model_is_at_the_desk():
    known = {m.__name__.lower() for m in admin.site._registry if m._meta.app_label == "academics"}
    assert known == set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_list_opens(client, model):
    enter(client, make_user(role="super_admin"))
    response = client.get(f"/admin/academics/{model}/", {"q": "x"})
    assert response.status_code == 200 or "/?e=1" in response["Location"]


@pytest.mark.parametrize(
    ("model", "factory"),
    [
        ("courseoffering", make.CourseOfferingFactory),
        ("class", make.ClassFactory),
        ("classmember", make.ClassMemberFactory),
        ("groupmember", make.GroupMemberFactory),
        ("teachingrole", make.TeachingRoleFactory),
        ("module", make.ModuleFactory),
    ],
)
def test_list_has_no_query_per_row(client, django_assert_num_queries, model, factory):
    enter(client, make_user(role="super_admin"))
    group = {"group": make.LargeGroupFactory()} if model == "groupmember" else {}
    factory(**group)
    client.get("/dashboard/")  # warm
    with CaptureQueriesContext(connection) as first:
        client.get(f"/admin/academics/{model}/")
    factory(**group)
    factory(**group)
    with django_assert_num_queries(len(first)):
        client.get(f"/admin/academics/{model}/")


def test_term_made_at_the_desk_is_offered_at_once(client, django_capture_on_commit_callbacks):
    """Lists keep the terms in each process until they hear of a change."""
    enter(client, make_user(role="super_admin"))
    year = make.TermFactory().year
    known = client.get("/groups/").text
    values = {"year": year.pk, "kind": "short", "starts_on": "2031-07-16", "ends_on": "2031-08-14"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/admin/academics/term/add/", values).status_code == 302
    made = str(year.terms.get(kind="short"))
    assert made not in known
    assert made in client.get("/groups/").text
