"""The office makes the forum's categories itself; it has no way into the repair desk."""

import pytest
from django.test import Client

from forum.models import ForumCategory, Thread
from isme.lib.models import Job
from tests.conftest import enter
from tests.forum import cast
from tests.forum.test_notices import told

pytestmark = pytest.mark.django_db
NEW = {
    "name": "Skripsi",
    "description": "Dari judul sampai sidang",
    "colour": "sky",
    "order": "15",
}
OPEN = {"student_access": "3", "lecturer_access": "3", "is_active": "on"}


@pytest.fixture
def office(client):
    return enter(client, cast.person("boss", "office"))


def test_office_makes_a_category_once_and_all_are_told(office):
    """Else it needs a super admin for each, and a second press makes a second one."""
    cast.person("reader")
    head = office.get("/forum/").text.partition('<div class="page-head">')[2].partition("<nav")[0]
    assert "/forum/categories/new/" in head, "else the button lies on the card below"
    for _press in range(2):
        made = office.post("/forum/categories/new/", {**NEW, **OPEN, "idempotency_key": "k1"})
        assert made["Location"] == "/forum/c/skripsi/"
    assert ForumCategory.objects.get(name="Skripsi").order == 15
    assert told() == [("reader", "category")]
    another = office.post("/forum/categories/new/", {**NEW, **OPEN, "idempotency_key": "k2"})
    assert another["Location"] == "/forum/c/skripsi-2/"


def test_office_closes_a_category_to_students(office):
    """What it says holds at once, its address stays, and who did it is on record."""
    made = cast.thread(cast.person("starter"), cast.category("umum"))
    address = made.category.get_absolute_url()
    assert f"{address}change/" in office.get(address).text
    values = {**NEW, **OPEN, "name": "Lain", "student_access": "0", "version": "1"}
    assert office.post(f"{address}change/", values)["Location"] == address
    assert Job.objects.filter(payload__verb="forum.category_changed").exists()
    reader = enter(Client(), cast.person("reader"))
    assert reader.get(made.get_absolute_url()).status_code == 404
    assert Thread.objects.get().category.name == "Lain"


@pytest.mark.parametrize("role", ["student", "lecturer"])
def test_nobody_else_makes_or_changes_one(role):
    where = cast.category("umum")
    browser = enter(Client(), cast.person("reader", role))
    for path in ("/forum/categories/new/", "/forum/c/umum/change/"):
        assert path not in browser.get("/forum/").text + browser.get("/forum/c/umum/").text
        assert browser.post(path, {**NEW, **OPEN}).status_code == 403
    where.refresh_from_db()
    assert (ForumCategory.objects.count(), where.name) == (1, "Umum")


def test_category_without_a_name_is_explained_at_its_field(office):
    refused = office.post("/forum/categories/new/", {**NEW, **OPEN, "name": " ", "order": "-1"})
    assert (refused.status_code, ForumCategory.objects.count()) == (422, 0)
    assert NEW["description"] in refused.text
    assert 'href="#id_name"' in refused.text
    assert 'href="#id_order"' in refused.text


def test_two_of_one_name_at_once_get_two_addresses(office, monkeypatch):
    """Else the second of two who press at the same moment sees an error page."""
    taken = iter(["obat", "obat", "obat-2"])  # the second asks before the first has saved
    monkeypatch.setattr("forum.services.categories.free_slug", lambda _name: next(taken))
    for key in ("one", "two"):
        values = {**NEW, **OPEN, "name": "Obat", "idempotency_key": key}
        assert office.post("/forum/categories/new/", values).status_code == 302
    assert ForumCategory.objects.filter(slug__in=["obat", "obat-2"]).count() == 2


def test_second_of_two_who_change_a_category_sees_what_the_first_saved(office):
    """Else what one of the office opened to students is closed again by another, unawares."""
    where = cast.category("umum")
    address = f"{where.get_absolute_url()}change/"
    assert '<input type="hidden" name="version" value="1"' in office.get(address).text
    values = {**NEW, **OPEN, "version": "1"}
    assert office.post(address, {**values, "name": "Satu"}).status_code == 302
    refused = office.post(address, {**values, "name": "Dua"})
    assert refused.status_code == 409
    assert "Satu" in refused.text
    assert "Dua" in refused.text
    where.refresh_from_db()
    assert (where.name, where.version) == ("Satu", 2)
    assert office.post(address, {**values, "name": "Dua", "version": "2"}).status_code == 302
