"""Passwords for many at once: a worker issues them and prints a sheet of slips."""

import io
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from accounts.choices import SheetState
from accounts.errors import NotAllowed
from accounts.models import PasswordSheet, User
from accounts.services.passwords import issue_one_time_password
from accounts.slips import Slip, Words, draw
from isme.lib import audit, files, jobs
from isme.lib.audit import Origin
from isme.lib.models import StoredFile
from isme.lib.transactions import retry_atomic

JOB, REMOVAL = "accounts.password_sheet", "accounts.password_sheet_removal"
MOST_PEOPLE = 1000  # about 20 s of hashing
KEPT = timedelta(days=1)
STEP = 10  # people between two notes of how far it is


def _makers_own(user: User, stored: StoredFile) -> bool:
    """Only for its maker, and not for whoever looks as the maker."""
    return bool(stored.owner_id == user.pk and getattr(user, "acted_by", None) is None)


KIND = files.Kind(
    name="accounts.password_sheet",
    max_bytes=20 * 1024 * 1024,
    formats=(files.PDF,),
    may_read=_makers_own,
)


@retry_atomic
def order_sheet(*, people: Sequence[int], maker: User, origin: Origin) -> PasswordSheet:
    """Ask a worker for a sheet for ``people``. Raises NotAllowed. Four queries."""
    if not rules.can_list_people(maker) or not 0 < len(people) <= MOST_PEOPLE:
        raise NotAllowed(_("You can't issue these passwords."))
    sheet = PasswordSheet.objects.create(maker=maker, people=list(people))
    jobs.enqueue(JOB, key=str(sheet.pk), sheet_id=sheet.pk)
    audit.record(
        "passwords.sheet_ordered",
        actor_id=maker.pk,
        subject=f"sheet:{sheet.pk}",
        origin=origin,
        details={"people": len(people)},
    )
    return sheet


def make_sheet(*, sheet_id: int) -> None:
    """Issue the passwords and print them. Safe to run again: every password is then a new one.

    A run that died has shown its passwords to nobody. Whoever the maker may not touch any more,
    or who was deactivated meanwhile, gets no slip.
    """
    sheet = PasswordSheet.objects.select_related("maker").get(pk=sheet_id)
    if sheet.state == SheetState.DONE:
        return
    rows = PasswordSheet.objects.filter(pk=sheet_id)
    rows.update(state=SheetState.RUNNING, done=0)
    try:
        content = draw(list(_slips(sheet)), _words())
    except BaseException:
        rows.update(state=SheetState.FAILED)
        raise
    _keep(sheet, content)


def _slips(sheet: PasswordSheet) -> Iterator[Slip]:
    people = User.objects.filter(pk__in=sheet.people, is_active=True).order_by("name", "pk")
    for number, person in enumerate(people, 1):
        if sheet.maker.is_active and rules.can_issue_password(sheet.maker, person):
            password = issue_one_time_password(user_id=person.pk, by=sheet.maker_id)
            yield Slip(person.name, person.username, password)
        if number % STEP == 0:
            PasswordSheet.objects.filter(pk=sheet.pk).update(done=number)


def _words() -> Words:
    foot = _(
        "Sign in at %(address)s and choose a password of your own. This one works once, for "
        "%(days)s days. Keep it to yourself."
    )
    facts = {"address": settings.PUBLIC_URL, "days": settings.ONE_TIME_PASSWORD_DAYS}
    return Words(_("Username"), _("One-time password"), foot % facts)


@retry_atomic
def _keep(sheet: PasswordSheet, content: bytes) -> None:
    """Store the file for a day. A second worker that was as far stores nothing."""
    locked = PasswordSheet.objects.select_for_update().get(pk=sheet.pk)
    if locked.state == SheetState.DONE:
        return
    name = f"kata-sandi-{timezone.localdate():%Y-%m-%d}.pdf"
    checked = files.Checked(KIND, name, files.PDF.content_type, io.BytesIO(content))
    locked.file = files.keep(checked, owner_id=sheet.maker_id)
    locked.state, locked.done = SheetState.DONE, len(sheet.people)
    locked.save(update_fields=["file", "state", "done"])
    due = timezone.now() + KEPT
    jobs.enqueue(REMOVAL, key=str(sheet.pk), due_at=due, sheet_id=sheet.pk)


@transaction.atomic
def remove_sheet(*, sheet_id: int) -> None:
    """Delete the file after its day; safe to repeat."""
    sheet = PasswordSheet.objects.filter(pk=sheet_id).first()
    if sheet is not None and sheet.file_id is not None:
        files.remove(sheet.file_id)
