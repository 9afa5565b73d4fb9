"""The audit trail: nothing altered, removed or doubled without being seen (promise 16)."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent, AuditHead, User
from accounts.services import audit as trail
from accounts.services.accounts import change_account
from isme.lib import audit, jobs
from isme.lib.job_batches import run_together
from isme.lib.models import Job
from tests.conftest import enter, make_user

AUDIT = "/accounts/audit/"
PAGE_QUERIES = 4  # kinds of events, count, rows, whom they are about


def add(number: int) -> None:
    for index in range(number):
        trail.append(
            entry=f"e{index}",
            at=timezone.now(),
            verb="account.changed",
            actor_id=None,
            subject=f"account:{index}",
            details="{}",
        )


def work_off() -> None:
    for pk in Job.objects.order_by("pk").values_list("pk", flat=True):
        jobs.run(pk)


@pytest.mark.django_db(transaction=True)
class TestTrail:
    def test_untouched_trail_is_right(self):
        add(5)
        assert trail.verify() == trail.Verdict(5)

    def test_altered_row_is_named(self):
        add(5)
        AuditEvent.objects.filter(number=3).update(subject="account:99")
        assert trail.verify().first_bad == 3

    def test_deleted_row_is_named(self):
        add(5)
        AuditEvent.objects.filter(number=2).delete()
        assert trail.verify().first_bad == 2

    def test_cut_tail_is_named(self):
        """Else a database administrator takes the last rows away, and their chain still fits."""
        add(5)
        AuditEvent.objects.filter(number__gte=4).delete()
        AuditHead.objects.update(number=3, mac=AuditEvent.objects.get(number=3).mac)
        assert trail.verify().first_bad == 4

    def test_cut_and_grown_again_is_named(self):
        add(5)
        AuditEvent.objects.filter(number__gte=4).delete()
        AuditHead.objects.update(number=3, mac=AuditEvent.objects.get(number=3).mac)
        trail.append(entry="x", at=timezone.now(), verb="v", actor_id=None, subject="s")
        trail.append(entry="y", at=timezone.now(), verb="v", actor_id=None, subject="s")
        assert trail.verify().first_bad == 5

    def test_cut_and_outgrown_is_named(self):
        """Else who takes rows away needs only to wait for as many new ones."""
        add(5)
        AuditEvent.objects.filter(number__gte=4).delete()
        AuditHead.objects.update(number=3, mac=AuditEvent.objects.get(number=3).mac)
        for entry in "wxyz":
            trail.append(entry=entry, at=timezone.now(), verb="v", actor_id=None, subject="s")
        assert trail.verify().first_bad == 5

    def test_same_entry_twice_is_one_row(self):
        """Else a worker that was killed before its mark records the act twice."""
        add(2)
        add(2)
        assert AuditEvent.objects.count() == 2

    def test_racing_writers_leave_no_gap(self):
        def write(name: str) -> None:
            try:
                for index in range(5):
                    trail.append(
                        entry=f"{name}{index}",
                        at=timezone.now(),
                        verb="v",
                        actor_id=None,
                        subject="s",
                    )
            finally:
                connection.close()

        threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert trail.verify() == trail.Verdict(20)

    def test_command_names_the_first_bad_row(self, capsys):
        add(3)
        call_command("audit_verify")
        assert "3 rows" in capsys.readouterr().out
        AuditEvent.objects.filter(number=2).update(verb="nothing")
        with pytest.raises(CommandError, match="Row 2 is bad"):
            call_command("audit_verify")

    def test_unreadable_head_is_an_error_not_a_pass(self):
        add(1)
        trail.head_path().write_text("")
        with pytest.raises(CommandError, match="audit-head"):
            call_command("audit_verify")


@pytest.mark.django_db(transaction=True)
def test_act_that_is_rolled_back_leaves_no_record():
    with transaction.atomic():
        audit.record("account.changed", actor_id=1, subject="account:1")
        assert Job.objects.count() == 1
        transaction.set_rollback(True)
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_change_of_rights_is_recorded_without_secrets():
    boss, user = make_user("admin", role="super_admin"), make_user()
    origin = audit.Origin(address="192.0.2.7", device="Firefox, Linux")
    changes = {"role": "lecturer", "password": "!secret"}
    change_account(user_id=user.pk, changes=changes, by=boss.pk, origin=origin)
    work_off()
    event = AuditEvent.objects.get()
    assert (event.actor_name, event.subject) == (boss.name, f"account:{user.pk}")
    assert event.address == "192.0.2.7"
    assert '"role": ["student", "lecturer"]' in event.details
    assert "secret" not in event.details


@pytest.mark.django_db(transaction=True)
def test_own_language_is_no_matter_for_the_audit():
    change_account(user_id=make_user().pk, changes={"language": "en"})
    assert not Job.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_trail_query_budget(client, django_assert_num_queries, rows, headers):
    add(rows)
    enter(client, make_user(role="super_admin"))
    client.get("/dashboard/")  # warm
    with django_assert_num_queries(PAGE_QUERIES):
        response = client.get(AUDIT, headers=headers)
    assert len(response.context["events"].page) == rows
    assert ("<html" in response.text) is (headers == {})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?verb=account.changed", 3),
        ("?verb=none", 0),
        ("?q=account:1", 1),
        ("?q=%25", 0),
        ("?q=%00", 0),
        ("?page=0&per_page=x", 3),
        ("?q=[", 0),
    ],
)
def test_filters(client, query, shown):
    add(3)
    enter(client, make_user(role="super_admin"))
    response = client.get(AUDIT + query)
    assert response.status_code == 200
    assert len(response.context["events"].page) == shown


@pytest.mark.django_db
def test_trail_is_read_and_searched_in_words(client, user):
    """Else who looks for what happened to somebody has to know their number and our codes."""
    boss = make_user("boss", role="super_admin")
    User.objects.filter(pk=boss.pk).update(name="Boss")
    for verb in ("password.issued", "room.created"):
        subject = f"account:{user.pk}" if verb == "password.issued" else "room:7"
        facts = {"verb": verb, "subject": subject, "actor_id": boss.pk, "details": "{}"}
        trail.append(entry=verb, at=timezone.now(), **facts)
    page = enter(client, boss).get(AUDIT)
    assert f'<a href="/accounts/users/{user.pk}/">Nadia Pratama</a>' in page.text
    assert '<option value="password.issued">Kata sandi sekali pakai dibuat</option>' in page.text
    assert "Ruangan: #7" in page.text
    found = client.get(AUDIT, {"q": "nadia"}).context["rows"]
    assert [event.verb for event in found] == ["password.issued"]
    lines = b"".join(client.get(AUDIT + "export/?q=nadia").streaming_content).decode().splitlines()
    assert "Kata sandi sekali pakai dibuat,Boss,Akun: Nadia Pratama" in lines[1]
    assert lines[1].endswith(f"password.issued,account:{user.pk}")


@pytest.mark.django_db(transaction=True)
def test_events_of_a_second_are_written_with_six_queries(user, django_assert_num_queries):
    """Else a thousand people who sign in at eight keep a worker's core for themselves."""
    audit.record("account.changed", actor_id=None, subject="account:0")
    run_together(audit.APPEND)
    for number in range(1, 9):
        audit.record("account.changed", actor_id=user.pk, subject=f"account:{number}")

    with django_assert_num_queries(4 + 6 + 2):  # claimed and done, written, BEGIN and COMMIT
        assert run_together(audit.APPEND) == 8

    assert trail.verify() == trail.Verdict(9)
    assert AuditEvent.objects.filter(actor_name=user.name).count() == 8
