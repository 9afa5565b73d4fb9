"""Passwords for many by mail: one link a person, its result shown, good once and for three days."""

import re
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from accounts.errors import NotAllowed
from accounts.models import LinkBatch, LinkDelivery, MailedLink, User
from accounts.services import mailed_links, password_links
from accounts.services.accounts import change_account
from isme.lib import jobs
from isme.lib.audit import Origin
from isme.lib.models import Job
from tests.accounts.door import LOGIN
from tests.conftest import PASSWORD, enter, make_user

ORDER = "/accounts/sheets/new/"
NEW = "tujuh kuda makan rumput"
LINK = re.compile(r"https://isme\.example\.ac\.id(/accounts/password/reset/\S+/)")
pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    return enter(client, make_user("ratna", role="office"))


def person(username: str = "tiara", *, email: bool = True, **fields) -> User:
    made = make_user(username, **fields)
    if email:
        made.identifiers.create(kind="email", value=f"{username}@isme.example")
    return made


def order(client: Client, *people: User, **changes: str):
    facts = {"pk": [one.pk for one in people], "how": "mail", "idempotency_key": "k" * 30}
    return client.post(ORDER, {**facts, **changes})


def work() -> None:
    """What the workers do, until nothing is due any more."""
    while pks := list(Job.objects.filter(state="pending", due_at__lte=timezone.now())):
        for row in pks:
            jobs.run(row.pk)


def ordered(client: Client, *people: User, **changes: str) -> LinkBatch:
    order(client, *people, **changes)
    work()
    return LinkBatch.objects.latest("pk")


def results(batch: LinkBatch) -> dict[str, str]:
    return dict(batch.deliveries.values_list("user__username", "state"))


def link(index: int = -1) -> str:
    found = LINK.search(mail.outbox[index].body)
    assert found
    return found[1]


def choose(path: str, client: Client | None = None):
    return (client or Client()).post(path, {"new": NEW, "again": NEW})


def again(client: Client, batch: LinkBatch, **facts):
    response = client.post(f"/accounts/links/{batch.pk}/again/", {"idempotency_key": "a", **facts})
    work()
    return response


def verbs() -> list[str]:
    rows = Job.objects.filter(kind="accounts.audit_append").order_by("pk")
    found = [row.payload["verb"] for row in rows]
    return [verb for verb in found if not verb.startswith("sign_in")]


@pytest.mark.smoke
def test_everybody_chosen_gets_a_link_that_opens_their_own_account(office):
    people = [person("tiara"), person("bagas", role="lecturer")]
    address = order(office, *people)["Location"]
    assert "0 dari 2" in office.get(address).text
    work()
    assert results(LinkBatch.objects.get()) == {"tiara": "sent", "bagas": "sent"}
    assert sorted(one.to[0] for one in mail.outbox) == ["bagas@isme.example", "tiara@isme.example"]
    assert verbs() == ["passwords.links_ordered", "password.link_mailed", "password.link_mailed"]

    path = next(LINK.search(one.body)[1] for one in mail.outbox if "tiara@" in one.to[0])
    assert "tiara" in Client().get(path).text, "the name to sign in with"
    assert choose(path)["Location"] == LOGIN
    assert Client().post(LOGIN, {"login": "tiara", "password": NEW}).status_code == 302
    assert results(LinkBatch.objects.get()) == {"tiara": "used", "bagas": "sent"}
    assert choose(path).status_code == 410, "once"


def test_old_password_works_until_the_link_is_used(office):
    """Else a mail that never arrives locks somebody out."""
    tiara = person()
    theirs = enter(Client(), tiara)
    ordered(office, tiara)
    assert theirs.get("/dashboard/").status_code == 200
    choose(link())
    assert theirs.get("/dashboard/").status_code == 302
    assert Client().post(LOGIN, {"login": "tiara", "password": PASSWORD}).status_code == 200


def test_using_it_proves_the_address(office):
    """Whoever opened it reads that mailbox: next time they help themselves."""
    tiara = person()
    ordered(office, tiara)
    choose(link())
    tiara.refresh_from_db()
    assert tiara.proved_email == "tiara@isme.example"
    Client().post("/accounts/password/reset/", {"login": "tiara"})
    work()
    assert mail.outbox[-1].subject.startswith("Kata sandi baru")


def test_result_of_each_is_shown(office, monkeypatch):
    real = EmailBackend.send_messages

    def refuses_bagas(self, messages):
        if "bagas@isme.example" in messages[0].to:
            raise SMTPServerDisconnected
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuses_bagas)
    batch = ordered(office, person("tiara"), person("bagas"), person("citra", email=False))
    assert results(batch) == {"tiara": "sent", "bagas": "failed", "citra": "no_address"}
    page = office.get(f"/accounts/links/{batch.pk}/")
    for text in ("tiara@<wbr>isme.<wbr>example", "Terkirim", "Gagal", "Tanpa alamat surel"):
        assert text in page.text
    assert page.context["missed"] == 2
    assert 'hx-trigger="every 2s"' not in page.text, "it is over"
    only = office.get(f"/accounts/links/{batch.pk}/?state=failed", headers={"HX-Request": "true"})
    assert "<html" not in only.text
    assert [row.user.username for row, _may in only.context["rows"]] == ["bagas"]

    monkeypatch.undo()
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=1)):
        work()
    assert results(batch)["bagas"] == "sent", "the job tries again by itself"


def test_sent_again_to_those_whom_none_reached(office):
    tiara, citra = person("tiara"), person("citra", email=False)
    batch = ordered(office, tiara, citra)
    citra.identifiers.create(kind="email", value="citra@isme.example")
    again(office, batch)
    assert results(batch) == {"tiara": "sent", "citra": "sent"}
    assert [one.to for one in mail.outbox] == [["tiara@isme.example"], ["citra@isme.example"]]
    assert verbs().count("passwords.links_repeated") == 1
    again(office, batch, idempotency_key="b")
    assert len(mail.outbox) == 2
    assert verbs().count("passwords.links_repeated") == 1, "nobody to mail to leaves no trace"


def test_new_link_makes_the_old_one_void(office):
    tiara = person()
    batch = ordered(office, tiara)
    old = link()
    again(office, batch, person=str(tiara.pk))
    assert choose(old).status_code == 410
    assert choose(link()).status_code == 302
    again(office, batch, person=str(tiara.pk), idempotency_key="b")
    mailed = [one for one in mail.outbox if LINK.search(one.body)]
    assert len(mailed) == 2, "who chose a password is left alone"
    assert results(batch) == {"tiara": "used"}


def test_pressed_twice_or_run_twice_is_one_mail(office):
    tiara = person()
    assert order(office, tiara)["Location"] == order(office, tiara)["Location"]
    work()
    for kind in (password_links.SPREAD, password_links.MAIL):
        (row,) = Job.objects.filter(kind=kind)
        jobs.kind_named(kind).handler(**row.payload)
    work()
    assert len(mail.outbox) == 1
    assert MailedLink.objects.count() == 1


def test_worker_that_died_after_sending_sends_the_same_mail(office):
    batch = ordered(office, person())
    path = link()
    batch.deliveries.update(state="waiting", sent_at=None, link=None)
    MailedLink.objects.update(sent_at=None)
    password_links.mail_link(delivery_id=LinkDelivery.objects.get().pk, attempt=1)
    assert link() == path
    ids = {one.message()["Message-ID"] for one in mail.outbox}
    assert len(ids) == 1, "so a mailbox keeps one"


def test_link_lives_for_three_days(office):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ordered(office, person())
        path = link()
        clock.shift(72 * 3600 - 1)
        assert Client().get(path).status_code == 200
        clock.shift(2)
        assert choose(path).status_code == 410


@pytest.mark.parametrize("change", ["closed", "address", "rights", "password"])
def test_link_dies_with_what_it_was_mailed_for(office, change):
    tiara = person()
    ordered(office, tiara)
    path = link()
    if change == "closed":
        change_account(user_id=tiara.pk, changes={"is_active": False})
    elif change == "address":
        tiara.identifiers.filter(kind="email").update(value="other@isme.example")
    elif change == "password":
        mailed_links.void(tiara.pk, *mailed_links.OPENING)
    else:
        path = path.replace("password/reset", "email/confirm")
        assert enter(Client(), tiara).get(path).status_code == 410
        return
    assert choose(path).status_code == 410


def test_rights_lost_meanwhile_mail_nothing(office):
    tiara, citra = person(), person("citra")
    order(office, tiara, citra)
    User.objects.filter(pk=citra.pk).update(is_active=False)
    work()
    assert results(LinkBatch.objects.get()) == {"tiara": "sent", "citra": "left_out"}
    order(office, tiara, idempotency_key="z")
    User.objects.filter(username="ratna").update(role="student")
    work()
    assert results(LinkBatch.objects.latest("pk")) == {"tiara": "left_out"}
    assert len(mail.outbox) == 1


def test_nobody_gets_what_the_maker_may_not_give(office):
    boss, ratna = person("boss", role="super_admin"), User.objects.get(username="ratna")
    assert order(office, boss, ratna).status_code == 422
    assert not LinkBatch.objects.exists()
    with pytest.raises(NotAllowed):
        password_links.order_links(people=[1], maker=person(), language="", origin=Origin())


def test_batch_is_its_makers_alone(office):
    batch = ordered(office, tiara := person())
    other = enter(Client(), make_user("dewi", role="office"))
    assert other.get(f"/accounts/links/{batch.pk}/").status_code == 404
    assert again(other, batch, person=str(tiara.pk)).status_code == 404
    assert list(other.get("/accounts/sheets/").context["batches"]) == []
    (mine,) = office.get("/accounts/sheets/").context["batches"]
    assert (mine.total, mine.waiting, mine.arrived) == (1, 0, 1)
    assert len(mail.outbox) == 1


def test_mailbox_is_not_flooded(office):
    tiara = person()
    batch = ordered(office, tiara)
    for number in range(mailed_links.MOST_AN_HOUR):
        again(office, batch, person=str(tiara.pk), idempotency_key=str(number))
    assert len(mail.outbox) == mailed_links.MOST_AN_HOUR
    assert results(batch) == {"tiara": "failed"}


def test_neither_table_nor_job_opens_anything(office):
    """A copy of the database, or of the queue, holds no link."""
    ordered(office, person())
    proof = link().strip("/").rpartition(".")[2]
    stored = [list(rows.objects.values()) for rows in (Job, MailedLink, LinkDelivery)]
    assert proof not in str(stored)


@pytest.mark.parametrize(
    ("language", "subject"), [("id", "Akun ISME Anda"), ("en", "Your ISME account")]
)
def test_mail_speaks_the_persons_language_or_the_makers(office, language, subject):
    ordered(office, person(language=language))
    assert mail.outbox[-1].subject == subject
    assert "<b>tiara</b>" in mail.outbox[-1].alternatives[0].content


@pytest.mark.parametrize("people", [1, 3])
def test_page_costs_the_same_for_any_number(office, django_assert_num_queries, people):
    batch = ordered(office, *(person(f"p{number}") for number in range(people)))
    office.get("/dashboard/")
    with django_assert_num_queries(3):  # the batch, the counts, the people
        office.get(f"/accounts/links/{batch.pk}/")
    with django_assert_num_queries(3):  # sheets, batches, refused mails
        office.get("/accounts/sheets/")
