"""Home pages are made of what the apps offer: right for the role, in order, never stale."""

import datetime as dt
import json
import re
from collections import Counter

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEvent, User
from accounts.services.accounts import change_account
from accounts.session import presence
from isme.lib import home, kept, page, versions
from isme.lib.home import Block
from isme.lib.kept import KeptPage
from isme.lib.models import Job
from isme.lib.models.job import JobState
from isme.lib.redis import evictable
from tests.conftest import enter, make_user

HOME = "/dashboard/"
ONE = kept.marked("one", "<b>1</b>\0csrf\0")
EVENING = dt.datetime(2031, 3, 4, 16, 54, tzinfo=dt.UTC)  # 23.54 WIB


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
def three(client, offered, user):
    """A person's page of three cards, and how often each was asked for its facts."""
    asked = Counter()

    def facts(name):
        return lambda user: asked.update([name]) or {}

    offered(device_block("short", facts("short"), 1))
    offered(device_block("long", facts("long"), 2, lasts=home.LASTING))
    offered(
        device_block("versioned", facts("versioned"), 3, lasts=home.LASTING, versions=("things",))
    )
    with time_machine.travel(EVENING, tick=False):
        enter(client, user).get(HOME)
    assert asked == {"short": 1, "long": 1, "versioned": 1}
    asked.clear()
    return asked


def look(client, *, seconds: float) -> str:
    """The home page so many seconds later."""
    with time_machine.travel(EVENING + dt.timedelta(seconds=seconds), tick=False):
        return client.get(HOME).text


@pytest.mark.django_db
def test_only_cards_that_may_be_wrong_are_made_anew(client, three):
    """Else each person's visit a minute later costs all queries of the page again."""
    assert look(client, seconds=61).count("Perangkat ini") == 3
    assert three == {"short": 1}


@pytest.mark.django_db
def test_changed_card_is_made_anew_and_no_other(
    client, three, user, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        home.forget([user.pk], "long")
    assert look(client, seconds=2).count("Perangkat ini") == 3
    assert three == {"long": 1}

    three.clear()
    with django_capture_on_commit_callbacks(execute=True):
        versions.bump("things")
    look(client, seconds=3)
    assert three == {"versioned": 1}

    three.clear()
    look(client, seconds=4)
    assert three == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "why",
    ["it is too old", "it is another day", "the note was evicted", "somebody signed in anew"],
)
def test_every_card_is_made_anew_when_nobody_can_vouch_for_it(
    client, three, user, django_capture_on_commit_callbacks, why
):
    """Else somebody reads what was true in another session, yesterday, or before a lost word."""
    later = 2.0
    if why == "it is too old":
        later = home.LASTING + 1
    elif why == "it is another day":
        kept.note_wrong([user.pk])
        look(client, seconds=340)
        three.clear()
        later = 402
    elif why == "the note was evicted":
        with django_capture_on_commit_callbacks(execute=True):
            home.forget([user.pk], "long")
        look(client, seconds=1)
        three.clear()
        evictable.client.delete(kept.note_key(user.pk))
    else:
        with time_machine.travel(EVENING, tick=False):
            enter(client, user)
    look(client, seconds=later)
    assert three == {"short": 1, "long": 1, "versioned": 1}


@pytest.mark.django_db
def test_change_while_the_page_is_made_is_not_lost(client, offered, user):
    """Else a notice that comes at that moment stays unseen for five minutes."""
    asked = []

    def facts(user):
        asked.append(1)
        if len(asked) == 1:
            kept.note_wrong([user.pk], "slow")
        return {}

    offered(device_block("slow", facts, 1, lasts=home.LASTING))
    enter(client, user).get(HOME)
    client.get(HOME)
    assert len(asked) == 2
    client.get(HOME)
    assert len(asked) == 2


def test_note_of_somebody_who_never_looks_stays_short(db):
    """Else each page of theirs would carry kilobytes through the one exchange."""
    for _number in range(100):
        kept.note_wrong([1], "notices")
    now = evictable.client.get(kept.note_key(1)).decode()
    assert len(now) < 500
    assert kept.wrong_cards("notices:0123;", now) == {kept.EVERYTHING}


def test_kept_page_gives_back_what_it_was_made_of():
    """Else a card is cut short, or somebody's token stays in it."""
    html = f"<p>ä\0csrf\0</p>\n    {ONE}{kept.marked('two', '')}"
    cards = {"one": kept.Card(5.0, ("v",)), "two": kept.Card(6.0, ())}
    page = KeptPage.from_bytes(KeptPage.of(html, ["7"], "note;", cards).to_bytes())
    assert page.filled({b"csrf": b"T"}).decode() == "<p>äT</p>\n<b>1</b>T"
    assert page.card("one") == "<b>1</b>\0csrf\0"
    assert page.card("two") == page.card("three") == ""
    assert (page.versions, page.note, dict(page.cards)) == (["7"], "note;", cards)


def test_release_before_can_read_what_is_kept():
    """Else its processes answer 500 while the next one takes their place one by one."""
    page = KeptPage.of("<p></p>", ["7"], "note;")
    head, _cards, _body = page.to_bytes().split(b"\n", 2)
    assert set(json.loads(head)) == {"versions", "built_at", "digest", "note"}
    assert json.loads(head)["built_at"] == pytest.approx(page.fresh_until - 60)
    assert KeptPage.from_bytes(page.to_bytes()).fresh_until == pytest.approx(page.fresh_until)


def test_page_of_another_release_is_made_anew_soon(settings):
    """Else what an upgrade mended stays wrong on the most visited page for five minutes."""
    page = KeptPage.of("<p></p>", [])
    assert page.is_fresh()
    settings.RELEASE = "another"
    assert not page.is_fresh()


def test_indentation_stays_where_people_would_see_it():
    for tag in ("pre", "textarea"):
        html = f"<{tag}>a\n    b</{tag}>"
        assert KeptPage.of(html, []).body.decode() == html


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
            lasts=home.LASTING,
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
def test_shared_card_grows_no_older_than_a_card_may(shared):
    """Else who comes late sees what is as old as the card of who came first and theirs together."""
    begun = 3_000_000_000 // home.LASTING * home.LASTING
    half, whole = home.LASTING / 2, home.LASTING

    def look(client: Client, *, seconds: float) -> None:
        with time_machine.travel(begun + seconds, tick=False):
            client.get(HOME)

    with time_machine.travel(begun, tick=False):
        anna, adi = (enter(Client(), make_user(name)) for name in ("anna", "adi"))
    look(anna, seconds=0)
    look(adi, seconds=half - 1)
    assert shared == ["a"]
    look(adi, seconds=whole - 1)
    assert shared == ["a"]
    look(adi, seconds=whole + 1)
    assert shared == ["a", "a"]


@pytest.mark.django_db
def test_card_is_not_shared_while_nobody_can_say_that_it_changed(shared):
    """Else, with the cache away, a page is as old as the process."""
    for _again in range(2):
        cards = home.cards(User(username="anna"), "student", {}, {"letters": ""})
        assert len(cards.places[home.MAIN]) == 1
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
