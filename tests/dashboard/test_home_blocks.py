"""Home pages are made of what the apps offer: right for the role, in order, never stale."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEvent, User
from accounts.services.accounts import change_account
from accounts.session import presence
from isme.lib import home, page, versions
from isme.lib.home import Block
from isme.lib.models import Job
from isme.lib.models.job import JobState
from tests.conftest import enter, make_user

HOME = "/dashboard/"


@pytest.fixture
def offered(monkeypatch):
    """Only the blocks of this test stand in the registry."""
    monkeypatch.setattr(home, "_blocks", {})
    yield home.add
    home.blocks_for.cache_clear()
    home.versions_of.cache_clear()
    home.versions_of_all.cache_clear()


def device_block(name, facts, order, **more):
    return Block(name, "accounts/home/_device.html", facts, order, **more)


def test_blocks_stand_in_order_and_only_for_their_role(offered):
    staff, everybody = frozenset({Role.OFFICE.value}), frozenset()
    for name, order, roles in (("late", 9, everybody), ("first", 1, staff), ("mid", 5, everybody)):
        offered(device_block(name, lambda user: {}, order, roles=roles))
    assert [block.name for block in home.blocks_for("office")] == ["first", "mid", "late"]
    assert [block.name for block in home.blocks_for("student")] == ["mid", "late"]


@pytest.mark.django_db
def test_block_without_facts_is_left_out(client, offered):
    offered(device_block("empty", lambda user: None, 1))
    offered(device_block("device", lambda user: {}, 2))
    assert enter(client, make_user()).get(HOME).text.count("Perangkat ini") == 1


@pytest.mark.django_db
def test_person_sees_their_own_change_at_once(
    client, offered, user, django_capture_on_commit_callbacks
):
    counted = []
    offered(device_block("count", lambda user: counted.append(1) or {}, 1))
    enter(client, user)
    client.get(HOME)
    client.get(HOME)
    assert len(counted) == 1  # kept

    with django_capture_on_commit_callbacks(execute=True):
        home.forget([user.pk])
    client.get(HOME)
    assert len(counted) == 2


@pytest.fixture
def shared(offered):
    """A block that all people with the same first letter share; what it was asked for, in order."""
    asked = []
    offered(
        device_block(
            "letter",
            lambda letter: asked.append(letter) or {},
            1,
            versions=("letters",),
            scope=lambda user: user.username,
            part=lambda name: name[0],
        )
    )
    return asked


@pytest.mark.django_db
def test_people_of_one_part_share_a_card_and_others_have_their_own(shared):
    """Else a thousand students who take the same cost the same queries a thousand times at eight."""
    for name in ("anna", "adi", "budi", "ayu"):
        assert "Perangkat ini" in enter(Client(), make_user(name)).get(HOME).text
    assert shared == ["a", "b"]


@pytest.mark.django_db
def test_shared_card_is_anew_after_a_change_and_in_another_language(
    shared, django_capture_on_commit_callbacks
):
    """Else somebody reads what was true before, or in a language they don't know."""
    enter(Client(), make_user("anna")).get(HOME)
    with django_capture_on_commit_callbacks(execute=True):
        versions.bump("letters")
    enter(Client(), make_user("adi")).get(HOME)
    assert shared == ["a", "a"]
    enter(Client(), make_user("ayu", language="en")).get(HOME)
    assert shared == ["a", "a", "a"]


@pytest.mark.django_db
def test_card_is_not_shared_while_nobody_can_say_that_it_changed(shared):
    """Else, with the cache away, a page is as old as the process."""
    for _again in range(2):
        cards = home.cards(User(username="anna"), "student", {}, {"letters": ""})
        assert len(cards[home.MAIN]) == 1
    assert shared == ["a", "a"]


@pytest.mark.django_db
def test_page_follows_the_versions_of_its_blocks(client, user, django_capture_on_commit_callbacks):
    office = enter(client, make_user("akademik1", role=Role.OFFICE))
    assert active_students(office.get(HOME).text) == "1"
    with django_capture_on_commit_callbacks(execute=True):
        change_account(user_id=user.pk, changes={"is_active": False})
    assert active_students(office.get(HOME).text) == "0"


def active_students(html: str) -> str:
    return re.search(r"Mahasiswa</th>\s*<td[^>]*>(\d+)<", html)[1]


@pytest.mark.django_db
def test_super_admin_sees_who_is_on_and_what_happened(client, user):
    AuditEvent.objects.create(
        number=1, entry="e1", at=timezone.now(), verb="room.created", subject="room:7", mac="m"
    )
    html = enter(client, make_user("admin1", role=Role.SUPER_ADMIN)).get(HOME).text
    figure = html.split("?status=online")[1].split("</a>")[0]
    assert re.search(r"<b>(\d+)</b>", figure)[1] == str(len(presence.online()))
    assert "Ruangan: dibuat" in html
    assert "Ruangan: #7" in html, "a room that is gone"


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.OFFICE, Role.LECTURER, Role.STUDENT])
def test_others_see_no_audit_trail(client, role):
    html = enter(client, make_user("other1", role=role)).get(HOME).text
    assert "/accounts/audit/" not in html
    assert "?status=online" not in html


@pytest.mark.django_db
def test_super_admin_sees_each_job_that_gave_up_and_no_card_without_any(client):
    boss = make_user("admin1", role=Role.SUPER_ADMIN)
    assert "/dashboard/jobs/retry/" not in enter(client, boss).get(HOME).text
    for number in range(2):
        Job.objects.create(
            kind=f"broken{number}",
            state=JobState.DEAD,
            due_at=timezone.now(),
            finished_at=timezone.now(),
            last_error="disk full",
        )
    page.forget(page.home_key(boss.pk, "id"))
    html = client.get(HOME).text
    assert "/dashboard/jobs/retry/" in html
    assert "broken0" in html
    assert "broken1" in html
