"""The end of the audit trail leaves the machine each hour, and shows later what was rewritten."""

import re

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent, AuditHead
from accounts.services import audit as trail
from accounts.services import audit_post
from isme.lib import audit, jobs, tasks
from isme.lib.models import Heartbeat, Job
from tests.accounts.test_audit import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def posted(settings, mailoutbox):
    settings.AUDIT_HEAD_TO = "arsip@kampus.example"
    return mailoutbox


def work() -> None:
    for pk in Job.objects.filter(kind=audit_post.SHIP).values_list("pk", flat=True):
        jobs.run(pk)


def head_of(mail) -> str:
    """What the mail tells to give to the command."""
    return re.search(r"--head (\S+)", mail.body)[1]


def test_head_is_mailed_once_an_hour(posted):
    """Else one who owns the machine rewrites the trail and the file beside it, and nobody knows."""
    add(3)
    for _beat in range(2):
        tasks.housekeeping()
    work()
    (mail,) = posted
    assert mail.to == ["arsip@kampus.example"]
    assert mail.body.startswith("3 ")
    assert Heartbeat.objects.filter(name=audit.SHIPPED).exists()
    call_command("audit_verify", head=[audit_post.head()])


def test_rewritten_trail_is_told_from_the_mailed_one(posted, capsys):
    add(3)
    audit_post.ship(hour="2026-11-29T10")
    known = head_of(posted[0])
    call_command("audit_verify", "--head", known)
    trail.head_path().unlink(missing_ok=True)
    AuditEvent.objects.all().delete()
    AuditHead.objects.all().delete()
    add(5)
    call_command("audit_verify")  # the new trail fits the file that was written with it
    with pytest.raises(CommandError, match="Row 3 is bad"):
        call_command("audit_verify", "--head", known)


def test_cut_trail_is_told_from_the_mailed_one(posted):
    add(3)
    audit_post.ship(hour="2026-11-29T10")
    trail.head_path().unlink(missing_ok=True)
    AuditEvent.objects.filter(number=3).delete()
    AuditHead.objects.update(number=2, mac=AuditEvent.objects.get(number=2).mac)
    call_command("audit_verify")
    with pytest.raises(CommandError, match="cut: there were 3"):
        call_command("audit_verify", "--head", head_of(posted[0]))


def test_without_a_mailbox_or_a_trail_nothing_is_sent(posted, settings):
    audit_post.ship(hour="2026-11-29T10")
    settings.AUDIT_HEAD_TO = ""
    tasks.housekeeping()
    assert not Job.objects.filter(kind=audit_post.SHIP).exists()
    add(1)
    audit_post.ship(hour="2026-11-29T10")
    assert posted == []


@pytest.mark.parametrize("text", ["", "3", "3:abc", "x:" + "a" * 64, "3 " + "a" * 64])
def test_mistyped_head_is_refused(text):
    with pytest.raises(CommandError, match="NUMBER:CODE"):
        call_command("audit_verify", "--head", text)
