"""What stands around the cards of a home page: the same for all of a role, but for who it is."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from dashboard.views import home
from isme.lib.page import home_key
from isme.lib.redis import evictable
from tests.conftest import enter, make_user
from tests.dashboard.test_home_blocks import device_block

HOME = "/dashboard/"
HERE = dt.timezone(dt.timedelta(hours=7))
NEARLY_NOON = dt.datetime(2026, 9, 14, 10, 59, 30, tzinfo=HERE)
pytestmark = pytest.mark.django_db


def page_of(name: str, role: str = Role.STUDENT, **fields: object) -> str:
    user = make_user(name.split(maxsplit=1)[0].lower().strip("<>"), role)
    User.objects.filter(pk=user.pk).update(name=name, **fields)
    return enter(Client(), user).get(HOME).text


def test_everybody_is_greeted_by_their_own_name_and_role():
    """Else the second to open the page is called by the name of the first."""
    for name, role in (
        ("Sari Siswa", Role.STUDENT),
        ("Budi Siswa", Role.STUDENT),
        ("Dewi Dosen", Role.LECTURER),
    ):
        html = page_of(name, role)
        heading = html.split("<h1>")[1].split("</div>")[0]
        assert name.split()[0] in heading
        assert str(role.label) in heading
        assert html.count(name) >= 1, "in the bar"
    assert "Sari" not in html
    assert "Budi" not in html


def test_name_that_looks_like_html_is_text():
    """Else who gives themselves a script for a name runs it on their own page, or breaks it."""
    html = page_of("<b>Tebal</b> Sekali")
    assert "<b>Tebal" not in html
    assert "&lt;b&gt;Tebal&lt;/b&gt;" in html.split("<h1>")[1].split("</h1>")[0]


def test_greeting_changes_with_the_hour_and_the_page_with_it(client, user):
    """Else one is wished a good morning in the afternoon, until a card happens to be too old."""
    enter(client, user)
    with time_machine.travel(NEARLY_NOON, tick=False) as clock:
        assert "Selamat pagi" in client.get(HOME).text
        clock.shift(31)
        assert "Selamat siang" in client.get(HOME).text


@pytest.mark.parametrize("hour", range(24))
def test_page_lasts_until_the_next_greeting_at_most(hour):
    now = dt.datetime(2026, 9, 14, hour, 10, tzinfo=timezone.get_default_timezone())
    end = dt.datetime.fromtimestamp(home.next_greeting(now), tz=now.tzinfo)
    before = end - dt.timedelta(seconds=1)
    assert home.day_part(before.hour) == home.day_part(now.hour)
    assert before.date() == now.date()
    assert (home.day_part(end.hour), end.date()) != (home.day_part(now.hour), now.date())


def test_page_is_made_anew_when_its_first_card_is_too_old_and_not_before(client, user, offered):
    """Else a thousand pages are made anew each minute of which nothing has changed."""
    made = []
    for name, lasts in (("long", 300), ("short", 120)):

        def facts(_user, name=name):
            made.append(name)
            return {}

        offered(device_block(name, facts, 1, lasts=lasts))
    enter(client, user)
    rendered, real = [], home._filled

    def counted(*given):
        rendered.append(1)
        return real(*given)

    with (
        pytest.MonkeyPatch.context() as patch,
        time_machine.travel(NEARLY_NOON + dt.timedelta(hours=1), tick=False) as clock,
    ):
        patch.setattr(home, "_filled", counted)
        client.get(HOME)
        for seconds, pages, cards in (
            (119, 1, ["long", "short"]),
            (2, 2, ["long", "short", "short"]),
            (118, 2, ["long", "short", "short"]),
            (3, 3, ["long", "short", "short", "short"]),
        ):
            clock.shift(seconds)
            # Redis has a clock of its own: to it, who made the page anew does so still.
            evictable.client.delete(f"lk:{home_key(user.pk, 'id')}")
            client.get(HOME)
            assert (len(rendered), made) == (pages, cards)
