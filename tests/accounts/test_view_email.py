"""One's own e-mail address: only what was proved gets mail, and a thief can't take it over."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AuditEvent, User
from accounts.selectors.logins import proved_email_of
from tests.accounts.test_view_password_reset import link, run_jobs, with_email
from tests.conftest import PASSWORD, enter, make_user

EMAIL = "/accounts/email/"
NEW = "baru@isme.example"
pytestmark = pytest.mark.django_db


def ask(client: Client, address=NEW, password=PASSWORD):
    return client.post(EMAIL, {"address": address, "password": password})


def address_of(user: User) -> str:
    return user.identifiers.filter(kind="email").values_list("value", flat=True).first() or ""


def test_new_address_takes_effect_when_its_link_is_used(user: User):
    client = enter(Client(), with_email(user))
    assert ask(client).status_code == 302
    run_jobs()
    assert mail.outbox[0].to == [NEW]
    assert address_of(user) == "nadia@isme.example"
    path = link()
    assert NEW in client.get(path).text
    assert address_of(user) == "nadia@isme.example"  # looking changes nothing

    assert client.post(path)["Location"] == EMAIL

    user.refresh_from_db()
    assert proved_email_of(user) == NEW
    run_jobs()
    assert mail.outbox[-1].to == ["nadia@isme.example"]  # the old one is told
    assert "alamat surel lain" in mail.outbox[-1].body
    assert AuditEvent.objects.filter(verb="email.proved").exists()
    assert client.post(path).status_code == 410  # once
    assert (
        Client().post("/accounts/login/", {"login": NEW, "password": PASSWORD}).status_code == 302
    )


def test_address_in_use_is_proved(user: User):
    client = enter(Client(), with_email(user, proved=False))
    assert "Belum dikonfirmasi" in client.get(EMAIL).text
    client.post(EMAIL + "prove/")
    run_jobs()
    client.post(link())
    page = client.get(EMAIL).text
    assert "Terkonfirmasi" in page
    assert "Belum dikonfirmasi" not in page
    run_jobs()
    assert len(mail.outbox) == 1  # nothing changed for anybody else


def test_only_its_person_may_confirm(user: User):
    """Else a mistyped address gives the account to whoever reads that mailbox."""
    ask(enter(Client(), user))
    run_jobs()
    stranger = enter(Client(), make_user("tiara"))
    assert stranger.post(link()).status_code == 404
    assert Client().post(link())["Location"].startswith("/accounts/login/")
    assert address_of(user) == ""


def test_address_of_somebody_else_is_refused_only_to_who_reads_its_mail(user: User):
    """Else the form tells which addresses have accounts."""
    with_email(make_user("tiara"), NEW)
    client = enter(Client(), user)
    assert ask(client).status_code == 302
    run_jobs()
    response = client.post(link())
    assert response.status_code == 410
    assert "sudah dipakai akun lain" in response.text
    assert address_of(user) == ""


def test_wrong_password_mails_nothing(signed_in: Client):
    response = ask(signed_in, password="guess")
    assert response.status_code == 422
    assert response.context["form"].errors["password"]
    assert f'value="{NEW}"' in response.text  # nothing typed is lost
    run_jobs()
    assert mail.outbox == []


def test_old_reset_link_dies_with_the_old_address(user: User):
    client = enter(Client(), with_email(user))
    Client().post("/accounts/password/reset/", {"login": "nadia"})
    run_jobs()
    old = link()
    ask(client)
    run_jobs()
    client.post(link())
    assert Client().get(old).status_code == 410


def test_nobody_is_flooded(signed_in: Client):
    answers = [ask(signed_in).status_code for _number in range(6)]
    assert answers == [302] * 5 + [429]


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"address": "", "password": PASSWORD},
        {"address": "nobody", "password": PASSWORD},
        {"address": "a@b", "password": PASSWORD},
        {"address": "a b@c.d", "password": PASSWORD},
        {"address": "a@b.c\nBcc: x@evil.example", "password": PASSWORD},
        {"address": "x" * 150 + "@isme.example", "password": PASSWORD},
        {"address": "a\x00@isme.example", "password": PASSWORD},
        {"address": NEW, "password": ""},
        {"address": NEW, "password": "x" * 1025},
    ],
)
def test_bad_input_is_said_at_the_form(signed_in: Client, typed):
    response = signed_in.post(EMAIL, typed)
    assert response.status_code == 422
    assert response.context["form"].errors
    run_jobs()
    assert mail.outbox == []


def test_without_an_address_there_is_nothing_to_prove(signed_in: Client):
    response = signed_in.post(EMAIL + "prove/", follow=True)
    assert "belum punya alamat surel" in response.text


@pytest.mark.parametrize("token", ["x", "a.b", "%00", "a" * 300])
def test_junk_links_are_dead_links(signed_in: Client, token):
    assert signed_in.get(f"{EMAIL}confirm/{token}/").status_code == 410


def test_page_costs_two_queries(client: Client, user: User, django_assert_num_queries):
    enter(client, with_email(user))
    client.get("/dashboard/")
    with django_assert_num_queries(2):  # the address, and whether mail to it was refused
        client.get(EMAIL)
