"""A mail that the server refuses for good: somebody sees it with the reason, and no job is dead."""

from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from accounts.models import MailedLink, User
from accounts.services import notices
from isme.lib.models import Job
from tests.accounts.test_password_links import order, person, work
from tests.accounts.test_view_password_reset import ask, with_email
from tests.conftest import PASSWORD, enter, make_user
from tests.queries import page_queries

PAGE = "/accounts/links/refused/"
SAID = "550 5.1.1 No such user here"
pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    return enter(client, make_user("ratna", role="office"))


@pytest.fixture
def refusing(monkeypatch):
    def refuse(error: Exception) -> None:
        def send_messages(self, messages):
            raise error

        monkeypatch.setattr(EmailBackend, "send_messages", send_messages)

    refuse(SMTPRecipientsRefused({"x": (550, b"5.1.1 No such\r\n user here")}))
    return refuse


def jobs_of_mails() -> set[tuple[str, str]]:
    rows = Job.objects.filter(kind__startswith="accounts.mail")
    return set(rows.values_list("kind", "state"))


def wish_reset(office: Client, owner: User) -> None:
    ask(Client(), owner.username)


def wish_proof(office: Client, owner: User) -> None:
    form = {"address": "nadia@isme.example", "password": PASSWORD}
    enter(Client(), owner).post("/accounts/email/", form)


def wish_password(office: Client, owner: User) -> None:
    order(office, owner)


@pytest.mark.parametrize("wish", [wish_reset, wish_proof, wish_password])
def test_refused_link_is_done_and_seen_by_the_office(office, refusing, user, wish):
    """Else the person waits for a mail that never comes, and only the operator sees a dead job."""
    wish(office, with_email(user))
    work()
    assert {state for _kind, state in jobs_of_mails()} == {"done"}
    link = MailedLink.objects.get()
    assert (link.refusal, link.sent_at) == (SAID, None)
    page = office.get(PAGE)
    assert list(page.context["links"].page) == [link]
    for shown in (page, office.get(f"/accounts/users/{user.pk}/")):
        assert "No such user here" in shown.text


def test_refused_address_is_told_to_whom_it_belongs(refusing, user):
    """Else somebody who mistyped their address asks for links for ever."""
    own = enter(Client(), with_email(user, proved=False))
    own.post("/accounts/email/prove/")
    work()
    assert SAID in own.get("/accounts/email/").text
    other = enter(Client(), make_user("tiara"))
    assert SAID not in other.get("/accounts/email/").text


def test_batch_says_why_beside_the_person(office, refusing):
    batch = order(office, person("bagas"))["Location"]
    work()
    page = office.get(batch).text
    assert "Gagal" in page
    assert "No such user here" in page


def test_refused_in_the_end_is_refused_too(office, refusing, user):
    """A server may take the address and refuse the mail: never is never."""
    refusing(SMTPDataError(554, b"Message rejected"))
    wish_reset(office, with_email(user))
    work()
    assert MailedLink.objects.get().refusal == "554 Message rejected"


@pytest.mark.parametrize(
    "error",
    [
        SMTPRecipientsRefused({"x": (451, b"Try again later")}),
        SMTPDataError(452, b"Mailbox full"),
        SMTPServerDisconnected(),
    ],
    ids=["greylisted", "full", "away"],
)
def test_server_that_may_take_it_later_is_asked_again(office, refusing, user, error):
    refusing(error)
    wish_reset(office, with_email(user))
    work()
    assert jobs_of_mails() == {("accounts.mail_reset_link", "pending")}
    assert MailedLink.objects.get().refused_at is None


def test_refused_notice_is_no_dead_job(refusing, user, caplog):
    notices.tell(with_email(user), notices.Notice.PASSWORD_CHANGED)
    work()
    assert jobs_of_mails() == {("accounts.mail_notice", "done")}
    assert "No such user here" in caplog.text


@pytest.mark.parametrize("rows", [1, 3])
def test_list_is_searched_sorted_and_cheap(office, refusing, rows):
    for number in range(rows):
        ask(Client(), with_email(make_user(f"p{number}"), f"p{number}@isme.example").username)
    work()
    office.get("/dashboard/")  # warm
    with page_queries(1):
        assert len(office.get(PAGE).context["links"].page) == rows
    found = office.get(PAGE, {"q": "p0@", "sort": "-name"}, headers={"HX-Request": "true"})
    assert [link.address for link in found.context["links"].page] == ["p0@isme.example"]
    assert "<html" not in found.text
    assert "Tampilkan semua" in office.get(PAGE, {"q": "nobody"}).text
