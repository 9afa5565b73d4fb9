"""An operator ends sessions at once: a stolen phone, a wrong role, a sick server."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditEvent, SignInEvent, SignInSession
from isme.lib import jobs
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
