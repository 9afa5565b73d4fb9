"""A forgotten password: nobody learns whose name it was, and only the owner's mailbox opens it."""

import io
import logging
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.errors import LinkDead, SignInHeld
from accounts.models import AuditEvent, MailedLink, User
from accounts.services import mailed_links, throttle
from accounts.services.accounts import change_account
from accounts.services.passwords import issue_one_time_password
from isme.lib import jobs, limit_fallback
from isme.lib.models import Job
from isme.lib.redis import durable
from tests.accounts.door import visit
from tests.conftest import PASSWORD, enter, make_user

RESET = "/accounts/password/reset/"
LOGIN = "/accounts/login/"
NEW = "tujuh kuda makan rumput"
LINK = re.compile(r"https://isme\.example\.ac\.id(/accounts/\S+/)")
pytestmark = pytest.mark.django_db


def run_jobs() -> None:
    for pk in Job.objects.filter(state="pending").order_by("pk").values_list("pk", flat=True):
        jobs.run(pk)


def with_email(user: User, address="nadia@isme.example", *, proved=True) -> User:
    user.identifiers.create(kind="email", value=address)
    if proved:
        user.proved_email, user.email_proved_at = address, timezone.now()
        user.save()
    return user


@pytest.fixture
def owner(user: User) -> User:
    return with_email(user)


def ask(client: Client, login="nadia", **extra):
    return client.post(RESET, {"login": login}, **extra)


def link(index=-1) -> str:
    found = LINK.search(mail.outbox[index].body)
    assert found
    return found[1]


def mailed(login="nadia") -> str:
    ask(Client(), login)
    run_jobs()
    return link()


def choose(path: str, new=NEW, client: Client | None = None):
    return (client or Client()).post(path, {"new": new, "again": new})


@pytest.mark.smoke
@pytest.mark.parametrize("login", ["nadia", "NADIA@isme.example", "20261010001"])
def test_link_by_any_name_sets_the_password_and_ends_sessions(owner: User, login):
    owner.identifiers.create(kind="nim", value="20261010001")
    thief = enter(Client(), owner)
    path = mailed(login)
    assert mail.outbox[0].to == ["nadia@isme.example"]

    client = Client()
    page = client.get(path)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page["Cache-Control"]
    response = choose(path, client=client)

    assert response["Location"] == LOGIN
    assert thief.get("/dashboard/").status_code == 302
    assert client.get("/dashboard/").status_code == 302  # a link signs nobody in
    assert client.post(LOGIN, {"login": "nadia", "password": NEW}).status_code == 302
    assert Client().post(LOGIN, {"login": "nadia", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("kind", ["known", "unknown", "inactive", "no email", "unproved", "old"])
def test_nobody_learns_whether_there_is_an_account(user: User, kind, django_assert_num_queries):
    """Same status, text, cookies and queries: the view never looks for the name."""
    if kind in {"known", "inactive", "unproved", "old"}:
        with_email(user, proved=kind != "unproved")
    if kind == "inactive":
        User.objects.update(is_active=False)
    if kind == "old":  # proved once, but another address is in use now
        user.identifiers.filter(kind="email").update(value="other@isme.example")
    client = Client()
    with django_assert_num_queries(4):  # the job: look, savepoint, insert, release
        response = ask(client, "nobody" if kind == "unknown" else "nadia")

    assert response["Location"] == RESET + "sent/"
    assert list(response.cookies) == []
    assert client.get(RESET + "sent/").status_code == 200
    run_jobs()
    assert len(mail.outbox) == (1 if kind == "known" else 0)


@pytest.mark.parametrize("host", ["evil.example", "localhost"])
@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST"])
def test_forged_host_never_gets_into_the_mail(owner: User, header, host, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ask(Client(), **{header: host})
    run_jobs()
    assert host not in mail.outbox[0].body
    assert host not in mail.outbox[0].alternatives[0].content
    assert link().startswith(RESET)


def test_link_works_once(owner: User):
    path = mailed()
    assert choose(path).status_code == 302
    for response in (choose(path, "sembilan kuda terbang jauh"), Client().get(path)):
        assert response.status_code == 410
        assert "sudah dipakai, atau sudah terlalu lama" in response.text
    owner.refresh_from_db()
    assert owner.check_password(NEW)


def test_looking_spends_nothing(owner: User):
    """Mail servers open links before people do."""
    path = mailed()
    for _number in range(3):
        assert Client().head(path).status_code == 200
        assert Client().get(path).status_code == 200
    assert choose(path).status_code == 302


def test_refused_password_spends_nothing(owner: User):
    path = mailed()
    assert choose(path, "1234567890").status_code == 422
    assert choose(path, "short").status_code == 422
    assert choose(path).status_code == 302


def test_link_is_too_old_after_ten_minutes(owner: User):
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        path = mailed()
        clock.shift(599)
        assert Client().get(path).status_code == 200
        clock.shift(2)
        assert choose(path).status_code == 410


def test_six_wrong_tries_kill_the_link(owner: User):
    """Nobody may go on guessing at the part that proves it."""
    path = mailed()
    wrong = path[:-3] + ("00/" if path[-3:-1] != "00" else "11/")
    for _number in range(mailed_links.MOST_WRONG_TRIES):
        assert Client().get(wrong).status_code == 410
    assert Client().get(path).status_code == 410
    assert choose(path).status_code == 410


@pytest.mark.parametrize("change", ["password", "issued", "inactive", "email", "other link"])
def test_link_dies_with_what_it_was_mailed_for(owner: User, change):
    path = mailed()
    if change == "password":
        choose(mailed(), "sembilan kuda terbang jauh")
    elif change == "issued":
        issue_one_time_password(user_id=owner.pk, by=None)
    elif change == "inactive":
        change_account(user_id=owner.pk, changes={"is_active": False})
    elif change == "email":
        owner.identifiers.filter(kind="email").update(value="other@isme.example")
    else:
        path = path.replace("password/reset", "email/confirm")
        assert enter(Client(), owner).get(path).status_code == 410
        return
    assert choose(path).status_code == 410


def test_database_alone_opens_nothing(owner: User):
    """A copy of the database holds no link: only hashes, and jobs without tokens."""
    path = mailed()
    token = path.removeprefix(RESET).strip("/")
    proof = token.partition(".")[2]
    stored = str([list(MailedLink.objects.values()), list(Job.objects.values())])
    assert proof not in stored
    assert MailedLink.objects.get().token_hash != proof


@pytest.fixture
def log(monkeypatch) -> io.StringIO:
    """What the configured handler writes."""
    (console,) = [one for one in logging.getLogger().handlers if one.name == "console"]
    monkeypatch.setattr(console, "stream", io.StringIO())
    return console.stream


def test_live_link_is_in_no_log(owner: User, log):
    """Else whoever may read the log, to find out why something failed, may open accounts."""
    path = mailed()
    assert choose(path, "short").status_code == 422
    assert f"Unprocessable Entity: {RESET}<str:token>/" in log.getvalue()
    assert path.removeprefix(RESET).strip("/").partition(".")[2] not in log.getvalue()


def test_job_that_runs_twice_mails_once(owner: User):
    mailed()
    payload = Job.objects.get(kind="accounts.mail_reset_link").payload
    jobs.kind_named("accounts.mail_reset_link").handler(**payload)
    assert len(mail.outbox) == 1
    assert MailedLink.objects.count() == 1


def test_second_copy_after_a_crash_is_the_same_mail(owner: User):
    """A worker that died between sending and noting so sends the same link again."""
    path = mailed()
    MailedLink.objects.update(sent_at=None)
    payload = Job.objects.get(kind="accounts.mail_reset_link").payload
    jobs.kind_named("accounts.mail_reset_link").handler(**payload)
    assert link() == path
    assert mail.outbox[0].message()["Message-ID"] == mail.outbox[1].message()["Message-ID"]


def test_mailbox_is_not_flooded(owner: User):
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        for _number in range(3):
            assert ask(Client()).status_code == 302
        held = ask(Client())
        assert held.status_code == 429
        assert int(held["Retry-After"]) > 0
        assert held.context["form"]["login"].value() == "nadia"
        unknown = [ask(Client(), "nobody").status_code for _number in range(4)]
        assert unknown == [302, 302, 302, 429]
        clock.shift(601)
        for _number in range(3):
            ask(Client())
        run_jobs()
    assert len(mail.outbox) == mailed_links.MOST_AN_HOUR


def test_address_is_limited_but_a_campus_is_not_locked_out(db, settings):
    with time_machine.travel(1_900_000_000, tick=False):
        far = [ask(Client(), f"n{i}", REMOTE_ADDR="203.0.113.9").status_code for i in range(21)]
        assert far == [302] * 20 + [429]
        settings.CAMPUS_NETWORKS = (__import__("ipaddress").ip_network("203.0.113.0/24"),)
        near = [ask(Client(), f"m{i}", REMOTE_ADDR="203.0.113.7").status_code for i in range(40)]
        assert near == [302] * 40


def test_limits_hold_without_redis(owner: User, monkeypatch):
    for _number in range(3):
        durable.breaker.failed()
    answers = [ask(Client()).status_code for _number in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert limit_fallback.LimitCounter.objects.exists()


def test_mail_speaks_the_persons_language(owner: User):
    User.objects.update(language="en")
    mailed()
    assert mail.outbox[0].subject == "A new password for ISME"
    assert "Choose a new password" in mail.outbox[0].alternatives[0].content
    User.objects.update(language="")
    mailed()
    assert mail.outbox[1].subject == "Kata sandi baru untuk ISME"


def test_owner_is_told_and_it_is_on_the_record(owner: User):
    choose(mailed())
    run_jobs()
    run_jobs()
    assert "Akun ISME Anda diubah" in mail.outbox[-1].subject
    assert "diatur ulang" in mail.outbox[-1].body
    assert AuditEvent.objects.filter(verb="password.reset").count() == 1


def test_locked_out_owner_gets_in_by_the_link(owner: User):
    client = Client()
    for _number in range(6):
        client.post(LOGIN, {"login": "nadia", "password": "guess"})
    assert client.post(LOGIN, {"login": "nadia", "password": PASSWORD}).status_code == 429
    choose(mailed())
    assert client.post(LOGIN, {"login": "nadia", "password": NEW}).status_code == 302


def test_after_a_hundred_failures_the_link_still_lets_the_owner_in_at_once(owner: User):
    """Whoever guesses for days must not keep the owner out a minute longer than their mail."""
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        failed = 0
        while failed < 100:
            try:
                throttle.begin(owner.pk, "nadia", visit(f"198.51.100.{failed}"))
                failed += 1
            except SignInHeld as held:
                clock.shift(held.seconds)
        client = Client()
        assert client.post(LOGIN, {"login": "nadia", "password": PASSWORD}).status_code == 429
        path = mailed()
        assert client.post(LOGIN, {"login": "nadia", "password": PASSWORD}).status_code == 429
        choose(path)
        assert client.post(LOGIN, {"login": "nadia", "password": NEW}).status_code == 302


def test_link_is_spent_by_its_use_alone(owner: User):
    """Whatever else makes a link void: of two who press at the same moment one is served."""
    token = mailed().removeprefix(RESET).strip("/")
    first, second = (mailed_links.find(token, "reset") for _look in range(2))
    mailed_links.use(first)
    assert MailedLink.objects.get().used_at is not None
    with pytest.raises(LinkDead):
        mailed_links.use(second)
    with pytest.raises(LinkDead):
        mailed_links.find(token, "reset")


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "x.y",
        ".",
        "a" * 500,
        "a.b.c",
        "%00",
        "%ED%A0%80",
        "१.२",
        "..%2f",
        "' OR 1=1",
        "sent.x",
    ],
)
def test_junk_links_are_dead_links(client: Client, db: None, token):
    assert client.get(f"{RESET}{token}/").status_code in {404, 410}
    assert client.post(f"{RESET}{token}/", {"new": NEW, "again": NEW}).status_code in {404, 410}


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"login": ""},
        {"login": "n" * 151},
        {"login": "nadia\x00"},
        {"login": "   "},
    ],
)
def test_empty_or_impossible_names_are_said_at_the_field(client: Client, db: None, typed):
    response = client.post(RESET, typed)
    assert response.status_code == 422
    assert response.context["form"].errors["login"]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "ádmin",
        "ｎａｄｉａ",
        "nadia\u00ad",
        "nadia\r\nBcc: x@evil.example",
        "' OR 1=1",
        "\ud800",
        ["a", "nadia"],
    ],
)
def test_odd_names_get_the_same_answer(client: Client, user: User, typed):
    names = typed if isinstance(typed, list) else [typed]
    data = {"login": [name.encode("utf-8", "surrogatepass") for name in names]}
    assert client.post(RESET, data)["Location"] == RESET + "sent/"
    run_jobs()
    assert mail.outbox == []


@pytest.mark.parametrize("body", [b'{"login": "nadia"}', b"[]"])
def test_json_is_an_empty_form(client: Client, db: None, body):
    assert client.post(RESET, body, content_type="application/json").status_code == 422


def test_forms_need_their_token(owner: User):
    strict = Client(enforce_csrf_checks=True)
    assert ask(strict).status_code == 403
    assert choose(mailed(), client=strict).status_code == 403


@pytest.mark.parametrize(
    "typed",
    [{}, {"new": NEW}, {"new": NEW, "again": "other"}, {"new": "x" * 1025, "again": "x" * 1025}],
)
def test_bad_new_password_is_said_at_the_form(owner: User, typed):
    response = Client().post(mailed(), typed)
    assert response.status_code == 422
    assert response.context["form"].errors
    assert NEW not in response.text


def test_old_links_are_pruned(owner: User):
    mailed()
    MailedLink.objects.update(expires_at="2020-01-01T00:00Z")
    mailed_links.prune()
    assert not MailedLink.objects.exists()


def test_other_persons_stay_signed_in(owner: User):
    other = enter(Client(), make_user("tiara"))
    choose(mailed())
    assert other.get("/dashboard/").status_code == 200
