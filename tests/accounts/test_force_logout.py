"""An operator ends sessions at once: a stolen phone, a wrong role, a sick server."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, SecondFactor, SignInEvent, SignInSession
from accounts.services import people
from accounts.services.passwords import issue_one_time_password
from accounts.services.second_factor import reset_second_factor
from isme.lib import jobs
from isme.lib.audit import Origin
from isme.lib.models import Job
from tests.conftest import enter, make_user

HOME = "/dashboard/"
pytestmark = pytest.mark.django_db(transaction=True)


def test_old_cookie_is_dead_at_once(capsys):
    """Else who stole a phone goes on reading until the snapshot runs out."""
    client = enter(Client(), make_user("tiara"))
    assert client.get(HOME).status_code == 200  # the snapshot is warm
    call_command("force_logout", "tiara")
    assert client.get(HOME).status_code == 302
    assert "1 sessions ended" in capsys.readouterr().out


ENDED = "dikeluarkan dari perangkat ini oleh bagian akademik"


def test_who_was_thrown_out_learns_why_until_they_are_in_again():
    """Else they think that the system lost them, and ask nobody."""
    user = make_user("tiara")
    client, stranger = enter(Client(), user), Client()
    call_command("force_logout", "tiara")
    answer = client.get(HOME, follow=True)
    assert ENDED in answer.text
    assert 'value="tiara"' in answer.text
    assert ENDED not in stranger.get(HOME, follow=True).text
    enter(Client(), user)
    assert ENDED not in client.get(HOME, follow=True).text


@pytest.mark.parametrize("act", [issue_one_time_password, reset_second_factor])
def test_what_staff_does_to_the_way_in_says_so_too(act):
    """Else the old password is refused at a bare door, and people think that they forgot it."""
    user = make_user("tiara")
    client = enter(Client(), user)
    SecondFactor.objects.create(user=user, secret="x", confirmed_at=timezone.now())
    act(user_id=user.pk, by=None)
    assert ENDED in client.get(HOME, follow=True).text


def test_new_role_says_so_at_the_door_and_ones_own_way_out_does_not():
    """Else who got new rights takes the end of their session for a fault."""
    admin, user = make_user("boss", role="super_admin"), make_user("bagas", role="office")
    client = enter(Client(), user)
    facts = people.PersonFacts(name="Bagas", role="super_admin", identifiers={"username": "bagas"})
    origin = Origin(address="192.0.2.7", device="Firefox, Linux")
    people.edit_person(user_id=user.pk, version=1, facts=facts, actor=admin, origin=origin)
    assert ENDED in client.get(HOME, follow=True).text
    enter(client, user)
    client.post("/accounts/logout/")
    assert ENDED not in client.get(HOME, follow=True).text


def test_everybody(capsys):
    clients = [enter(Client(), make_user(name)) for name in ("tiara", "bagas")]
    make_user("never")
    call_command("force_logout", "--all")
    assert [client.get(HOME).status_code for client in clients] == [302, 302]
    assert "2 sessions ended" in capsys.readouterr().out


def test_other_people_stay(capsys):
    enter(Client(), make_user("tiara"))
    other = enter(Client(), make_user("bagas"))
    call_command("force_logout", "tiara")
    assert other.get(HOME).status_code == 200


def test_unknown_login_ends_nothing():
    """Else a typing mistake in the third name leaves it unclear who is out."""
    client = enter(Client(), make_user("tiara"))
    with pytest.raises(CommandError, match="nobody"):
        call_command("force_logout", "tiara", "nobody")
    assert client.get(HOME).status_code == 200


@pytest.mark.parametrize("arguments", [[], ["tiara", "--all"]])
def test_unclear_wish_is_refused(arguments):
    with pytest.raises(CommandError, match="--all"):
        call_command("force_logout", *arguments)


def test_it_is_on_the_record_once():
    enter(Client(), make_user("tiara"))
    call_command("force_logout", "tiara")
    call_command("force_logout", "tiara", "tiara")
    for pk in Job.objects.values_list("pk", flat=True):
        jobs.run(pk)
    assert AuditEvent.objects.filter(verb="session.ended").count() == 1
    assert SignInEvent.objects.filter(kind="ended").count() == 1
    assert not SignInSession.objects.exclude(secret_hash="").exists()
