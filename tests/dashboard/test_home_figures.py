"""Every figure that a home page shows equals a direct count, read off the page itself."""

import re

import pytest
from django.utils import timezone

from academics.choices import TeachingKind
from academics.models import Class, Course, Room
from accounts.choices import Role
from accounts.models import SignInSession, StudentProfile, User
from isme.lib import backup
from isme.lib.models import Heartbeat, Job
from isme.lib.models.job import JobState
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db
HOME = "/dashboard/"


@pytest.fixture
def faculty():
    """Something of everything, each in another number."""
    term = make.TermFactory(is_active=True, year__is_active=True)
    for number in range(4):
        offering = make.CourseOfferingFactory(term=term)
        for _class in range(number):
            make.ClassFactory(offering=offering)
    make.TeachingRoleFactory(offering=offering, kind=TeachingKind.COORDINATOR)
    for _number in range(2):
        make.RoomFactory()
    for level, status in ((1, "active"), (1, "active"), (1, "active"), (3, "active"), (5, "left")):
        make.StudentFactory(level=level, status=status)
    gone = make.StudentFactory(level=1, user__is_active=False).user
    seen = make.StudentFactory(level=3).user
    for user in (gone, seen):
        SignInSession.objects.update_or_create(user=user, defaults={"started_at": timezone.now()})
    return term


def rows(html: str, heading: str) -> dict[str, list[str]]:
    """The figures of the table under ``heading``, by the head of their row."""
    table = html.split(heading, 1)[1].split("</table>", 1)[0]
    found = re.findall(r'<th scope="row">\s*(.+?)\s*</th>(.*?)</tr>', table, re.DOTALL)
    return {head: re.findall(r"<td[^>]*>\s*([\d.]+)\s*</td>", cells) for head, cells in found}


def linked(html: str, kind: str) -> dict[str, int]:
    """The large figures of ``kind``, by the page that they lead to."""
    found = re.findall(rf'class="{kind}[^"]*"\s+href="([^"]+)">.*?<b>(\d+)</b>', html, re.DOTALL)
    return {address: int(number) for address, number in found}


@pytest.mark.parametrize("role", [Role.OFFICE, Role.SUPER_ADMIN])
def test_office_reads_what_a_direct_count_says(client, faculty, role):
    """Else the office decides by numbers that nobody can find again."""
    enter(client, make_user("boss1", role=role))
    html = client.get(HOME).text
    people = rows(html, ">Orang</h2>")
    for one in Role:
        active = User.objects.filter(role=one, is_active=True)
        never = active.filter(sign_in_session=None) | active.filter(
            sign_in_session__started_at=None
        )
        assert people[str(one.label)] == [str(active.count()), str(never.count())], one
    levels = rows(html, "Mahasiswa aktif per semester studi")
    studying = StudentProfile.objects.filter(status="active", user__is_active=True)
    assert levels == {
        f"Semester {level}": [str(studying.filter(level=level).count())] for level in (1, 3)
    }
    gaps = linked(html, "figure")
    offered = faculty.offerings
    assert (
        gaps["/courses/?gap=coordinator"]
        == offered.exclude(teaching_roles__kind=TeachingKind.COORDINATOR).count()
    )
    assert gaps["/courses/?gap=classes"] == offered.filter(classes=None).count() == 1
    assert gaps["/courses/?gap=syllabus"] == offered.count() == 4
    assert gaps["/groups/without/"] == studying.count()
    figures = linked(html, "stat")
    assert figures["/courses/"] == Course.objects.count()
    assert figures["/rooms/"] == Room.objects.count() == 2
    assert next(n for path, n in figures.items() if "/classes/" in path) == Class.objects.count()


def test_super_admin_reads_first_what_fails(client, monkeypatch):
    """Else on a phone a backup that is overdue stands below all charts."""
    boss = make_user("boss1", role=Role.SUPER_ADMIN)
    now = timezone.now()
    Job.objects.create(kind="x", state=JobState.DEAD, due_at=now, finished_at=now)
    html = enter(client, boss).get(HOME).text
    alarm = html.split('id="alarm-title"')[1].split("</section>")[0]
    assert html.index('id="alarm-title"') < html.index('class="figure')
    assert "Cadangan" in alarm
    assert "manage.py backup</code>" in alarm, "else nobody knows what to do about it"
    assert "Jam pekerjaan terjadwal" in alarm, "beat was never seen"
    assert "1 pekerjaan gagal" in alarm


def test_super_admin_is_not_alarmed_while_all_is_well(client, monkeypatch):
    for name in (backup.MADE, backup.DRILLED):
        Heartbeat.objects.create(name=name, seen_at=timezone.now())
    monkeypatch.setattr("dashboard.selectors.system.checks", list)
    html = enter(client, make_user("boss1", role=Role.SUPER_ADMIN)).get(HOME).text
    assert 'id="alarm-title"' not in html
