"""What happens to the structure reaches those whom it concerns, once, with a link that opens."""

import pytest
from django.test import Client

from academics import notices
from academics.choices import TermKind
from academics.services import grouping, membership, promotion, rows, teaching, terms
from academics.services.classes import save_class
from academics.services.rows import By
from accounts.models import Identifier, StudentProfile
from notifications import activity, audiences, kinds
from notifications.models import Notice, Notification
from notifications.services.notify import notify
from tests.academics import importing
from tests.conftest import PASSWORD, enter, make_user
from tests.factories import academics as make
from tests.notifications.cast import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_user("office1", role="office")


@pytest.fixture
def by(office):
    return By(office.pk)


def told(kind: str) -> Notice:
    """The only notice of this kind, delivered."""
    notice = Notice.objects.get(kind=f"academics.{kind}")
    deliver(notice)
    return notice


def who(notice: Notice) -> set[int]:
    return set(Notification.objects.filter(notice=notice).values_list("person_id", flat=True))


def opens(browser, user, notice: Notice) -> int:
    """The status of the page that the notice leads to."""
    user.set_password(PASSWORD)
    user.save()
    Identifier.objects.get_or_create(user=user, kind="username", value=user.username)
    enter(browser, user)
    return browser.get(notice.words.link).status_code


def members(number: int) -> list[StudentProfile]:
    return make.StudentFactory.create_batch(number)


def test_who_comes_into_a_group_is_told_with_one_notice(client, by):
    group = make.LargeGroupFactory(name="Angkatan 1")
    there, *fresh = members(3)
    membership.add_to_group(group.pk, student_ids=[there.pk], by=By(by.user_id, tells=False))
    ids = [student.pk for student in (there, *fresh)]
    membership.add_to_group(group.pk, student_ids=ids, by=by)
    notice = told("group_assigned")
    assert who(notice) == {student.pk for student in fresh}
    assert "Angkatan 1" in notice.words.title
    assert opens(client, fresh[0].user, notice) == 200
    unread = Notification.objects.filter(read_at=None).values_list("person_id", flat=True)
    assert set(unread) == {fresh[1].pk}, "its page was opened, so it is read"


def test_who_comes_into_a_class_is_told_also_through_its_group(client, by):
    row = make.ClassFactory(name="A")
    (one,) = members(1)
    membership.add_to_class(row.pk, student_ids=[one.pk], by=by)
    notice = told("class_assigned")
    assert who(notice) == {one.pk}
    assert opens(client, one.user, notice) == 200
    group = make.LargeGroupFactory(term=row.offering.term)
    (two,) = members(1)
    membership.add_to_group(group.pk, student_ids=[two.pk], by=by)
    other = make.CourseOfferingFactory(term=group.term)
    save_class(make.ClassFactory.build(offering=other, group=group), by=by)
    last = Notice.objects.filter(kind="academics.class_assigned").latest("pk")
    deliver(last)
    assert who(last) == {two.pk}


def test_a_dealing_and_its_undoing_tell_who_moved_once_each(client, by):
    members(6)
    large = grouping.make_large_group(make.TermFactory(), level=1, name="Level 1", by=by)
    large.refresh_from_db()
    state = grouping.state_of(large)
    run = grouping.deal_groups(large.pk, groups=2, seed=1, version=state, by=by)
    notice = told("groups_changed")
    assert who(notice) == set(StudentProfile.objects.values_list("pk", flat=True))
    assert opens(client, StudentProfile.objects.first().user, notice) == 200
    people = StudentProfile.objects.order_by("pk")
    one, other = people[0], people[1]
    Notice.objects.all().delete()
    grouping._tell_moved(large, {one.pk: 1, other.pk: 1}, {one.pk: 1, other.pk: 2}, by)
    assert who(told("groups_changed")) == {other.pk}, "who stays hears nothing"
    for _time in range(2):
        grouping.undo_dealing(run.pk, by=by)
    assert Notice.objects.filter(kind="academics.groups_changed").count() == 2


def test_a_lecturer_learns_of_a_role_and_others_see_it_in_the_stream(client, by):
    lecturer = make.LecturerFactory()
    offering = make.CourseOfferingFactory()
    role = make.TeachingRoleFactory.build(offering=offering, lecturer=lecturer, kind="team")
    teaching.give_role(role, by=by)
    notice = told("role_given")
    assert who(notice) == {lecturer.pk}
    assert notice.words.title == f"Tim blok: {offering.course.name}"
    assert opens(client, lecturer.user, notice) == 200
    (entry,) = activity.latest(lecturer.user, type(offering), [offering.pk])
    assert entry.title.startswith(lecturer.user.name)


def test_a_lecturer_learns_that_a_role_was_taken_away(client, by, office):
    role = make.TeachingRoleFactory(kind="team")
    enter(client, office)
    client.post(f"/roles/{role.pk}/delete/", {"idempotency_key": "k" * 30})
    notice = told("role_taken")
    assert who(notice) == {role.lecturer_id}
    assert notice.words.title == f"Bukan lagi peran Anda: Tim blok, {role.offering.course.name}"
    assert opens(Client(), role.lecturer.user, notice) == 200


def test_who_loses_a_place_is_told_once_and_who_is_moved_only_of_the_new_place(client, by):
    """A move of one small group to another is one notice, leaving the large one is one too."""
    (student,) = members(1)
    large = make.LargeGroupFactory(name="Angkatan 1")
    old, new = (make.SmallGroupFactory(parent=large, term=large.term, number=n) for n in (1, 2))
    for group in (large, old):
        make.GroupMemberFactory(group=group, student=student, term=large.term)
    membership.move_to_group(new.pk, student_ids=[student.pk], by=by)
    assert list(Notice.objects.values_list("kind", flat=True)) == ["academics.group_assigned"]
    membership.remove_from_group(large.pk, student_ids=[student.pk], by=by)
    notice = told("group_left")
    assert who(notice) == {student.pk}
    assert notice.words.title == "Anda tidak lagi di kelompok Angkatan 1"
    place = make.ClassMemberFactory(student=student)
    membership.remove_from_class(place.course_class_id, student_ids=[student.pk], by=by)
    gone = told("class_left")
    assert who(gone) == {student.pk}
    assert opens(client, student.user, gone) == 200
    assert opens(client, student.user, notice) == 200


# Which page shows what a notice tells: opening it is reading it, also past the inbox.
READ_AT = {
    "role_given": "/courses/%(code)s/",
    "role_taken": "/courses/%(code)s/",
    "term_active": "/courses/",
    "group_left": "/groups/",
    "class_left": "/classes/",
    "level_up": "/accounts/profile/",
    "graduated": "/accounts/profile/",
    "promotion_done": "/terms/",
    "promotion_reverted": "/terms/",
}


@pytest.mark.parametrize("kind", READ_AT)
def test_opening_its_page_reads_a_notice(client, office, kind):
    """Else the badge counts what somebody looks at."""
    offering = make.CourseOfferingFactory()
    terms.activate(offering.term_id, by=By(make_user("other", role="office").pk))
    Notice.objects.all().delete()
    about = {
        "term_active": notices.term(offering.term_id),
        "group_left": notices.groups_of_term(offering.term_id),
        "class_left": notices.classes_of_term(offering.term_id),
    }.get(kind, f"offering:{offering.pk}" if kind.startswith("role") else "promotion:1")
    name = f"academics.{kind}"
    values = dict.fromkeys(("year", "course", "class_name", "group", "courses", "level"), "1")
    values |= {"code": offering.course.code, "term": "odd", "role": "team"}
    values |= {"promoted": "1", "graduated": "1"}
    people = audiences.people([office.pk])
    notify(name, recipients=people, about=about, by=None, **values)
    deliver(Notice.objects.get())
    enter(client, office)
    assert client.get(READ_AT[kind] % values).status_code == 200
    assert Notification.objects.get().read_at is not None


def test_a_class_in_the_stream_is_seen_by_its_own_people(by):
    offering = make.CourseOfferingFactory()
    row = save_class(make.ClassFactory.build(offering=offering, name="A"), by=by)
    inside, outside = members(2)
    make.ClassMemberFactory(course_class=row, student=inside)

    def latest(student):
        return activity.latest(student.user, type(offering), [offering.pk])

    assert [entry.title for entry in latest(inside)] == [f"A, {offering.course.name}"]
    assert latest(outside) == []


def test_everybody_learns_that_another_term_is_active_once(client, by):
    first, second = make.TermFactory(), make.TermFactory(kind=TermKind.EVEN)
    (student,) = members(1)
    lecturer = make.LecturerFactory()
    terms.activate(first.pk, by=by)
    told("term_active")
    Notice.objects.all().update(kind="tests.before")
    for _time in range(2):
        terms.activate(second.pk, by=by)
    notice = told("term_active")
    assert who(notice) == {student.pk, lecturer.pk}, "not who did it"
    assert notice.words.title == "Semester yang aktif sekarang: Genap 2026/2027"
    assert opens(client, student.user, notice) == 200


def test_promoted_students_learn_their_own_level_and_the_way_back(client, by):
    colleague = make_user("office2", role="office")
    first = make.StudentFactory(level=1)
    last = make.StudentFactory(level=7)
    away = make.StudentFactory(level=3, status="inactive")
    odd, even = make.TermFactory(), make.TermFactory(kind=TermKind.EVEN)
    run = promotion.promote(odd.pk, even.pk, by=by)
    level = told("level_up")
    assert who(level) == {first.pk}
    assert level.words.title == "Anda kini di semester studi 2"
    assert who(told("graduated")) == {last.pk}
    assert who(told("promotion_done")) == {colleague.pk}
    for _time in range(2):
        promotion.revert(run.pk, by=by)
    back = told("promotion_reverted")
    assert who(back) == {first.pk, last.pk, colleague.pk}
    assert away.pk not in who(back)
    assert opens(client, first.user, level) == 200


def test_an_import_tells_who_started_it_and_its_undoing_too(client, office):
    job = importing.upload(importing.students(importing.student(1)), by=office)
    importing.save(job, by=office)
    notice = told("import_done")
    assert who(notice) == {office.pk}
    assert notice.words.body == "Mahasiswa: 1 baru, 0 berubah."
    assert opens(client, office, notice) == 200
    importing.undo(job, by=office)
    assert who(told("import_undone")) == {office.pk}


def test_a_file_that_is_no_workbook_tells_who_sent_it(office):
    importing.upload(b"PK\x03\x04 and then nothing", by=office)
    notice = told("import_failed")
    assert who(notice) == {office.pk}
    assert "tidak dapat dibaca" in notice.words.body


def test_a_list_of_many_places_is_one_notice(by, office):
    """Else a list of 1,000 rows in 80 groups writes 160 notices."""
    term = make.TermFactory()
    rows = []
    for number, student in enumerate(members(6)):
        student.user.username = f"20261010{number:04}"
        student.user.save()
        rows.append([student.user.username, 1, number % 3 + 1])
    book = importing.workbook([["NIM", "Semester", "Kelompok kecil"], *rows])
    job = importing.upload(book, kind="group", by=office, term=term)
    importing.save(job, by=office)
    assert job.state == "saved"
    names = sorted(Notice.objects.values_list("kind", flat=True))
    assert names == ["academics.groups_changed", "academics.import_done"]
    assert len(who(told("groups_changed"))) == 6


def test_every_kind_has_words_in_both_languages():
    """Else a notice reads in English to who chose Indonesian."""
    own = [kind for kind in kinds.known_kinds() if kind.name.startswith("academics.")]
    assert len(own) >= 15
    assert all(str(kind.label) for kind in own)


def test_new_term_can_be_filtered_by_at_once(office, by, django_capture_on_commit_callbacks):
    """Else the office that made a term looks for its notices in vain."""
    client = enter(Client(), office)
    make.TermFactory(year__first_year=2030)
    assert "2030/2031" in client.get("/notifications/").text
    other = make.TermFactory.build(year=make.AcademicYearFactory(first_year=2031))
    with django_capture_on_commit_callbacks(execute=True):
        rows.create(other, by=by)
    assert "2031/2032" in client.get("/notifications/").text
