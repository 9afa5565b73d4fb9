"""The office tells many: counted before, once, stoppable, and its numbers are true."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from accounts.choices import Role
from isme.lib import jobs
from isme.lib.models import Job
from notifications import audiences
from notifications.models import Broadcast, Notice, Notification
from notifications.selectors import sent
from notifications.services import broadcast, fan_out
from tests.conftest import enter, make_user
from tests.notifications.cast import crowd

NEW = "/notifications/broadcasts/new/"
pytestmark = pytest.mark.django_db
TEXT = {"title": "Libur", "text": "Kampus tutup.", "to": ["role:student"], "link": ""}


@pytest.fixture
def office(client):
    return enter(client, make_user("ratna", role=Role.OFFICE))


def work() -> None:
    """Do all jobs that are due, as workers would."""
    while due := list(Job.objects.filter(state="pending", due_at__lte=timezone.now())):
        for row in due:
            jobs.run(row.pk)


def test_preview_counts_and_sends_nothing(office):
    crowd(7)
    response = office.post(NEW, {**TEXT, "step": "preview"})
    assert response.context["number"] == 7
    assert not Broadcast.objects.exists()


def test_it_reaches_everybody_once_and_is_seen_read(office, monkeypatch):
    monkeypatch.setattr(fan_out, "BATCH", 10)
    people = crowd(25)
    sending = {**TEXT, "step": "send", "idempotency_key": "k" * 20}
    places = {office.post(NEW, sending)["Location"] for _press in range(3)}
    work()
    row = Broadcast.objects.get()
    assert places == {f"/notifications/broadcasts/{row.pk}/"}
    assert Notification.objects.count() == 25
    Notification.objects.filter(person=people[0]).update(read_at=timezone.now())
    page = office.get(places.pop())
    assert (page.context["statistics"].told, page.context["statistics"].rate) == (25, 4)
    assert "hx-get" not in page.text.split('id="statistics"')[1].split(">")[0]


def test_progress_asks_again_only_while_it_goes_out(office, monkeypatch):
    monkeypatch.setattr(fan_out, "BATCH", 10)
    crowd(25)
    location = office.post(NEW, {**TEXT, "step": "send"})["Location"]
    broadcast.send(broadcast_id=Broadcast.objects.get().pk)
    fan_out.tell_batch(notice_id=Notice.objects.get().pk, after=0)
    fragment = office.get(location, headers={"HX-Request": "true"}).text
    assert "load delay:2s" in fragment
    assert "<html" not in fragment
    assert 'value="10"' in fragment
    assert 'max="25"' in fragment
    assert f'action="{location}cancel/"' in fragment
    work()
    assert "cancel/" not in office.get(location, headers={"HX-Request": "true"}).text


def test_later_and_cancelled_before_it_went_out(office):
    crowd(3)
    moment = timezone.localtime() + timedelta(hours=2)
    sending = {**TEXT, "step": "send", "send_at": moment.strftime("%Y-%m-%dT%H:%M")}
    location = office.post(NEW, sending)["Location"]
    work()
    assert not Notice.objects.exists()
    office.post(location + "cancel/")
    with time_machine.travel(moment + timedelta(minutes=1)):
        work()
    assert not Notice.objects.exists()
    assert Broadcast.objects.get().state == "cancelled"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", "Dosen, Mahasiswa aktif semester studi 3"),
        ("en", "Lecturer, Active students of level 3"),
    ],
)
def test_each_reader_sees_in_own_language_whom_it_is_for(office, language, said):
    crowd(3)
    to = ["role:lecturer", "level:3"]
    with translation.override("id"):
        place = office.post(NEW, {**TEXT, "to": to, "step": "send"})["Location"]
    office.cookies["lang"] = language
    assert said in office.get("/notifications/broadcasts/").text
    assert said in office.get(place).text


def test_audience_that_no_app_knows_any_more_keeps_its_name():
    row = Broadcast(audience=[{"name": "gone", "values": {}}], audience_label="Panitia")
    assert row.to == "Panitia"


def test_all_that_the_office_may_choose_has_words():
    assert all(option.label for option in audiences.options())


def test_later_goes_out_when_its_hour_comes(office):
    crowd(3)
    moment = timezone.localtime() + timedelta(hours=2)
    office.post(NEW, {**TEXT, "step": "send", "send_at": moment.strftime("%Y-%m-%dT%H:%M")})
    with time_machine.travel(moment + timedelta(minutes=1)):
        work()
    assert Notification.objects.count() == 3


def test_stopped_on_the_way_keeps_what_was_told(office, monkeypatch):
    monkeypatch.setattr(fan_out, "BATCH", 10)
    crowd(25)
    location = office.post(NEW, {**TEXT, "step": "send"})["Location"]
    broadcast.send(broadcast_id=Broadcast.objects.get().pk)
    fan_out.tell_batch(notice_id=Notice.objects.get().pk, after=0)
    office.post(location + "cancel/")
    work()
    assert Notification.objects.count() == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"text": "x" * 2001},
        {"to": []},
        {"to": ["role:nobody"]},
        {"link": "https://evil.example"},
        {"link": "//evil.example"},
        {"send_at": "2020-01-01T00:00"},
        {"send_at": "2026-02-30T00:00"},
    ],
)
def test_mistakes_stand_at_their_field_and_nothing_is_lost(office, wrong):
    response = office.post(NEW, {**TEXT, **wrong, "step": "send"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == list(wrong)
    assert "Libur" in response.text or "title" in wrong
    assert not Broadcast.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("sent", 3), ("broadcasts", 2)])
def test_lists_have_a_query_budget(office, django_assert_num_queries, rows, page, queries):
    for n in range(rows):
        form = broadcast.schedule(
            title=f"B{n}", text="t", link="", to=[], send_at=None, by=_office_id()
        )
        broadcast.send(broadcast_id=form.pk)
    address = f"/notifications/{page}/"
    office.get(address)
    with django_assert_num_queries(queries):
        response = office.get(address)
    assert response.text.count("<tr>") == rows + 1


def _office_id() -> int:
    from accounts.models import User

    return User.objects.get(username="ratna").pk


def test_numbers_of_a_notice_cost_three_queries(office, django_assert_num_queries):
    crowd(5)
    office.post(NEW, {**TEXT, "step": "send"})
    work()
    notice = Notice.objects.get()
    with django_assert_num_queries(2):
        assert sent.statistics(notice).told == 5


def test_list_is_searched_and_sorted(office):
    for title in ("Libur", "Ujian", "Wisuda"):
        office.post(NEW, {**TEXT, "title": title, "step": "send"})
    page = "/notifications/broadcasts/"

    def titles(**asked):
        found = office.get(page, asked, headers={"HX-Request": "true"})
        return [row.title for row in found.context["broadcasts"].page]

    assert titles(q="uji") == ["Ujian"]
    assert titles(sort="-title") == ["Wisuda", "Ujian", "Libur"]
    assert "Tampilkan semua" in office.get(page, {"q": "zzz"}).text
