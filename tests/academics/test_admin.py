"""The repair desk opens for every model, keeps the rules of the pages, and tells whom they tell."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academics.models import Course, TeachingRole, Term
from isme.lib import audit
from isme.lib.models import Job
from notifications.models import Notice
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


@pytest.fixture
def desk(client):
    return enter(client, make_user("boss", role="super_admin"))


def verbs() -> list[str]:
    entries = Job.objects.filter(kind=audit.APPEND).order_by("pk")
    return [entry.payload["verb"] for entry in entries]


def test_role_given_and_taken_at_the_desk_is_told_to_the_lecturer(desk):
    """Else a lecturer stands in a course, or no longer, and hears it from a student."""
    offering, lecturer = make.CourseOfferingFactory(), make.LecturerFactory()
    values = {"offering": offering.pk, "lecturer": lecturer.pk, "kind": "team", "label": ""}
    assert desk.post("/admin/academics/teachingrole/add/", values).status_code == 302
    role = TeachingRole.objects.get()
    assert desk.post(f"/admin/academics/teachingrole/{role.pk}/change/", values).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [role.pk], "post": "yes"}
    desk.post("/admin/academics/teachingrole/", chosen)
    told = Notice.objects.order_by("pk").values_list("kind", "audience")
    assert [kind for kind, _to in told] == ["academics.role_given", "academics.role_taken"]
    assert all(str(lecturer.pk) in str(to) for _kind, to in told)
    assert verbs()[-2:] == ["teachingrole.created", "teachingrole.deleted"]


def test_rule_of_the_pages_holds_at_the_desk_and_is_said(desk):
    """Else the desk makes what no page can show right: a standby lecturer who coordinates."""
    offering = make.CourseOfferingFactory()
    lecturer = make.LecturerFactory(main_role="standby")
    values = {"offering": offering.pk, "lecturer": lecturer.pk, "kind": "team", "label": "Tamu"}
    page = desk.post("/admin/academics/teachingrole/add/", values)
    assert "standby" in str(page.context["errors"])
    assert 'value="Tamu"' in page.text, "what was typed stays"
    term = offering.term
    late = {"starts_on": offering.starts_on + timedelta(days=1), "ends_on": term.ends_on}
    page = desk.post(f"/admin/academics/term/{term.pk}/change/", late)
    assert page.context["errors"]
    assert f'value="{late["starts_on"]:%Y-%m-%d}"' in page.text
    term.refresh_from_db()
    assert term.starts_on <= offering.starts_on
    assert not TeachingRole.objects.exists()
    assert not Notice.objects.exists()


def test_year_made_at_the_desk_has_its_terms_and_the_active_one_stays(desk):
    desk.post("/admin/academics/academicyear/add/", {"first_year": 2031})
    odd, _even = Term.objects.filter(year__first_year=2031).order_by("starts_on")
    Term.objects.filter(pk=odd.pk).update(is_active=True)
    assert desk.post(f"/admin/academics/term/{odd.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Term.objects.filter(year__first_year=2031).count() == 2


def test_course_is_kept_with_what_it_asks_for(desk):
    """Else a course of a level asks for nothing, and anybody may be given its roles."""
    anatomy, heart = make.ExpertiseFactory.create_batch(2)
    course = {"code": "mkb31101", "name": "Blok 1", "kind": "block", "level": 1, "block_no": 1}
    course |= {
        "curriculum_year": 2031,
        "curriculum_roles": "[]",
        "expertise_rows-INITIAL_FORMS": 0,
    }
    add = "/admin/academics/course/add/"
    desk.post(add, {**course, "expertise_rows-TOTAL_FORMS": 0})
    assert not Course.objects.exists()
    lines = {"expertise_rows-TOTAL_FORMS": 2, "expertise_rows-0-expertise": anatomy.pk}
    desk.post(add, {**course, **lines, "expertise_rows-1-expertise": heart.pk})
    made = Course.objects.get()
    assert (made.code, made.expertise_rows.count()) == ("MKB31101", 2)
    for place, row in enumerate(made.expertise_rows.order_by("expertise_id")):
        name = f"expertise_rows-{place}"
        lines |= {f"{name}-id": row.pk, f"{name}-course": made.pk}
        lines |= {f"{name}-expertise": row.expertise_id}
    lines |= {"expertise_rows-INITIAL_FORMS": 2, "expertise_rows-1-DELETE": "on"}
    desk.post(f"/admin/academics/course/{made.pk}/change/", {**course, **lines, "name": "Blok"})
    made.refresh_from_db()
    assert (made.name, made.version) == ("Blok", 2)
    assert list(made.expertise_rows.values_list("expertise_id", flat=True)) == [anatomy.pk]
    assert verbs()[-2:] == ["course.created", "course.changed"]
