"""The repair desk as a whole: every list in the same queries for 1 row and for 30."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from academics import models
from academics.choices import VeteranStatus
from academics.imports.choices import ImportKind, ImportState, RowOutcome
from accounts.choices import SignInEventKind, StudentStatus
from accounts.models import AuditEvent, SignInEvent, User
from forum.choices import ReportReason
from forum.services import marks
from isme.lib import audit, jobs
from isme.lib.models import Job, StoredFile
from isme.lib.models.job import JobState
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.forum import cast

pytestmark = pytest.mark.django_db
SITE = {model._meta.label: model for model in admin.site._registry}


def world(number: int) -> None:
    """One row of everything that the desk lists, with all that hangs on it."""
    by = User.objects.get(username="boss")
    now = timezone.now()
    term = make.TermFactory(year=make.AcademicYearFactory(first_year=2000 + number))
    offering = make.CourseOfferingFactory(term=term)
    student = make.ClassMemberFactory(course_class=make.ClassFactory(offering=offering)).student
    make.TeachingRoleFactory(offering=offering)
    make.ModuleFactory(offering=offering)
    make.RoomFactory()
    file = StoredFile.objects.create(
        kind="x", owner_id=by.pk, path=f"aa/{number}", name="a.pdf", size=1, sha256="0"
    )
    models.Material.objects.create(offering=offering, title="Salindia", file=file, added_by=by)
    small = make.SmallGroupFactory(parent=make.LargeGroupFactory(term=term, level=1), term=term)
    make.GroupMemberFactory(group=small.parent, student=student)
    make.GroupMemberFactory(group=small, student=student)
    models.GroupingRun.objects.create(large_group=small.parent, seed=1, groups=1, made_by=by)
    expertise = make.ExpertiseFactory()
    models.LecturerExpertise.objects.create(expertise=expertise, lecturer=make.LecturerFactory())
    models.StudentEntry.objects.create(student=student, term=term)
    models.VeteranRecord.objects.create(
        student=student, status=VeteranStatus.ACTIVE, set_by=by, set_at=now
    )
    models.VeteranEvent.objects.create(
        student=student,
        verb="set",
        from_status=VeteranStatus.NONE,
        to_status=VeteranStatus.ACTIVE,
        by=by,
    )
    run = models.PromotionRun.objects.create(
        from_term=term,
        to_term=make.TermFactory(year=make.AcademicYearFactory(first_year=2050 + number)),
        made_by=by,
    )
    models.PromotionEntry.objects.create(
        run=run,
        student=student,
        from_level=1,
        to_level=2,
        from_status=StudentStatus.ACTIVE,
        to_status=StudentStatus.ACTIVE,
        from_veteran=VeteranStatus.NONE,
        to_veteran=VeteranStatus.NONE,
    )
    job = models.ImportJob.objects.create(
        kind=ImportKind.STUDENT, state=ImportState.STAGED, file_name=f"{number}.xlsx", made_by=by
    )
    models.ImportRow.objects.create(
        job=job, position=1, sheet="a", number=1, outcome=RowOutcome.NEW, cells={}, values={}
    )
    SignInEvent.objects.create(user=student.user, kind=SignInEventKind.SIGNED_IN)
    AuditEvent.objects.create(
        number=10_000 + number, entry=f"e{number}", at=now, verb="x", mac="m"
    )
    thread = cast.thread(by, cast.category())
    post = cast.answer(student.user, thread)
    marks.report(reporter=by, post=post, reason=ReportReason.SPAM, note="")


@pytest.fixture
def boss(client):
    return enter(client, make_user("boss", role="super_admin"))


def queries_of_lists(client) -> dict[str, int]:
    client.get("/dashboard/")  # the session is known afterwards
    counted = {}
    for label, model in SITE.items():
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        with CaptureQueriesContext(connection) as seen:
            response = client.get(address)
        assert response.status_code == 200, label
        assert response.context["cl"].result_count >= 1, f"{label}: nothing to list"
        counted[label] = len(seen)
    return counted


def test_every_list_costs_the_same_for_1_row_and_for_30(boss):
    world(1)
    first = queries_of_lists(boss)
    for number in range(2, 31):
        world(number)
    assert queries_of_lists(boss) == first
    assert max(first.values()) <= 12, first


def test_start_page_says_how_things_stand(boss, monkeypatch):
    monkeypatch.setattr(jobs, "ring", lambda *_args, **_kwargs: True)
    models.ImportJob.objects.create(
        kind=ImportKind.ROOM, state=ImportState.STAGED, file_name="ruang.xlsx"
    )
    Job.objects.create(
        kind="mail.broken", state=JobState.DEAD, due_at=timezone.now(), finished_at=timezone.now()
    )
    Job.objects.create(kind="lib.prune", due_at=timezone.now() + timedelta(days=1))
    html = boss.get("/admin/").text
    desk = html.split('class="desk"')[1]
    assert re.search(r"Basis data</th>\s*<td>✓", desk)
    assert re.search(r"Jam pekerjaan terjadwal</th>\s*<td>✗", desk), "beat was never seen"
    assert "ruang.xlsx" in desk
    assert "mail.broken" in desk
    assert "1 gagal" in desk


@pytest.mark.parametrize("rows", [1, 30])
def test_start_page_costs_the_same_for_any_number_of_rows(boss, rows, django_assert_num_queries):
    for number in range(rows):
        models.ImportJob.objects.create(
            kind=ImportKind.ROOM,
            state=ImportState.STAGED,
            file_name=f"{number}.xlsx",
            made_by=None,
        )
        Job.objects.create(kind="lib.prune", key=str(number), due_at=timezone.now())
    boss.get("/dashboard/")
    with django_assert_num_queries(6):
        boss.get("/admin/")


def test_models_of_libraries_stay_off_the_desk():
    assert {model._meta.app_label for model in SITE.values()} == {"academics", "accounts", "forum"}


def test_lists_do_without_the_script_for_slugs(boss):
    """Else each page of the desk weighs 47 KB more, for a field that one form has."""
    assert "xregexp" not in boss.get("/admin/accounts/user/").text
    assert "xregexp" not in boss.get("/admin/forum/forumcategory/").text
    assert "xregexp" in boss.get("/admin/forum/forumcategory/add/").text


def test_profile_changed_at_the_desk_is_on_the_record(boss):
    """Else nobody knows who gave a student another level; and a profile can't go by itself."""
    student = make.StudentFactory(level=1)
    address = f"/admin/accounts/studentprofile/{student.pk}/"
    facts = {"intake_year": student.intake_year, "level": 2, "status": "active", "gpa": ""}
    version = student.user.version
    boss.post(f"{address}change/", {**facts, "gender": student.gender})
    student.refresh_from_db()
    assert (student.level, student.user.version) == (2, version + 1)
    entry = Job.objects.filter(kind=audit.APPEND).latest("pk").payload
    assert (entry["verb"], entry["subject"]) == ("account.changed", f"account:{student.pk}")
    assert '"level": ["1", "2"]' in entry["details"]
    assert boss.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert boss.get("/admin/accounts/studentprofile/add/").status_code == 403


TAKEN_ALONG = {  # of a row that may be deleted at the desk: lines of its own, and nothing else
    "academics.Course": {"academics.CourseExpertise"},
}


@pytest.mark.parametrize("label", SITE)
def test_nothing_at_the_desk_takes_others_with_it(rf, label):
    """Else one press deletes a lecturer's profile, and with it all that they know."""
    request = rf.get("/admin/")
    request.user = User(role="super_admin", is_active=True)
    model = SITE[label]
    if not admin.site._registry[model].has_delete_permission(request):
        return
    goes = {
        relation.related_model._meta.label
        for relation in model._meta.related_objects
        if relation.on_delete.__name__ != "PROTECT"
    }
    assert goes == TAKEN_ALONG.get(label, set())
