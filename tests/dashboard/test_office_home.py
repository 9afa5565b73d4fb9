"""The office's home page: what is under way, right at once, at a price that is known."""

import re

import pytest

from academics.imports.choices import ImportKind, ImportState
from academics.models import ImportJob, Room
from academics.services import imports
from accounts.choices import Role
from isme.lib import jobs, page
from isme.lib.models import Job
from notifications import audiences
from notifications.audiences import Option
from notifications.services import broadcast, fan_out
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.forum import cast
from tests.queries import with_known_term

pytestmark = pytest.mark.django_db
HOME = "/dashboard/"


@pytest.fixture
def office(client):
    client.who = make_user("akademik1", role=Role.OFFICE)
    return enter(client, client.who)


def run(kind: str) -> None:
    for pk in Job.objects.filter(kind=kind, state="pending").values_list("pk", flat=True):
        jobs.run(pk)


def test_broadcast_stands_on_the_page_until_everybody_is_told(
    office, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(fan_out, "BATCH", 2)
    for number in range(5):
        make_user(f"reader{number}")
    assert "going-title" not in office.get(HOME).text
    everybody = Option("all", audiences.everyone())
    with django_capture_on_commit_callbacks(execute=True):
        broadcast.schedule(
            title="Libur", text="Besok.", link="", to=[everybody], send_at=None, by=office.who.pk
        )
    assert "Libur" in office.get(HOME).text
    with django_capture_on_commit_callbacks(execute=True):
        run("notifications.broadcast")
        run("notifications.tell")
    bar = re.search(
        r'<progress\s+class="bar"\s+value="(\d+)"\s+max="(\d+)"', office.get(HOME).text
    )
    assert bar.groups() == ("2", "6")
    for _batch in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            run("notifications.tell")
    assert "going-title" not in office.get(HOME).text


def test_imports_in_hand_stand_on_the_page_with_their_errors(
    office, django_capture_on_commit_callbacks
):
    office.get(HOME)
    with django_capture_on_commit_callbacks(execute=True):
        job = ImportJob.objects.create(
            kind=ImportKind.STUDENT, state=ImportState.STAGED, file_name="mhs.xlsx", rows_wrong=3
        )
        imports._to_worker(job, ImportState.READING)
        ImportJob.objects.filter(pk=job.pk).update(state=ImportState.STAGED)
    html = office.get(HOME).text
    assert f'href="/people/import/{job.pk}/"' in html
    assert "3 baris masih salah" in html
    with django_capture_on_commit_callbacks(execute=True):
        imports.discard(import_id=job.pk)
    assert "mhs.xlsx" not in office.get(HOME).text


def test_figure_is_right_on_the_page_after_a_change_that_the_viewer_made(
    office, django_capture_on_commit_callbacks
):
    def rooms() -> int:
        figure = r'class="stat" href="/rooms/">.*?<b>(\d+)</b>'
        return int(re.search(figure, office.get(HOME).text, re.DOTALL)[1])

    assert rooms() == 0
    room = {"code": "R1", "name": "Ruang 1", "building": "A", "capacity": "40"}
    form = office.get("/rooms/new/").context["form"]
    fields = {name: form[name].value() for name in form.fields}
    values = {**{k: v for k, v in fields.items() if v not in (None, "")}, **room}
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post("/rooms/new/", values)
    assert answer.status_code == 302, answer.context["form"].errors
    assert rooms() == Room.objects.count() == 1


@pytest.mark.parametrize("role", [Role.OFFICE, Role.SUPER_ADMIN])
@pytest.mark.parametrize("rows", [1, 30])
def test_cold_home_page_keeps_its_budget_with_everything_on_it(
    client, role, rows, django_assert_max_num_queries, django_assert_num_queries
):
    boss = make_user("boss1", role=role)
    make.TermFactory(is_active=True, year__is_active=True)
    for number in range(rows):
        make.ClassMemberFactory()
        ImportJob.objects.create(
            kind=ImportKind.ROOM, state=ImportState.READING, file_name=f"{number}.xlsx"
        )
        broadcast.schedule(title="Halo", text="x", link="", to=[], send_at=None, by=boss.pk)
    cast.thread(boss, cast.category())
    enter(client, boss)
    with_known_term()
    with django_assert_max_num_queries(15):
        html = client.get(HOME).text
    assert "imports-title" in html
    assert "going-title" in html
    with django_assert_num_queries(0):
        client.get(HOME)
    assert page.home_key(boss.pk, "id")


def test_super_admin_sees_how_old_each_statistic_is(client):
    enter(client, make_user("admin1", role=Role.SUPER_ADMIN))
    client.get(HOME)
    page.forget(page.home_key(client.get(HOME).wsgi_request.user.pk, "id"))
    block = client.get(HOME).text.split('id="system-title"')[1].split("</section>")[0]
    ages = re.findall(r"<dt>([^<]+)</dt>\s*<dd>\s*([^<]+?)\s*</dd>", block)
    known = dict(ages)
    for label in ("Kegiatan forum", "Masuk per hari dan jam", "Yang menunggu bagian akademik"):
        assert re.fullmatch(r"\d+ detik", known[label]), (label, known)
