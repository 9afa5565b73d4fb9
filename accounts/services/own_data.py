"""All that is kept about a person, as a file for them alone: a worker makes it."""

import json
import tempfile
import zipfile
from datetime import timedelta
from typing import IO

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from isme.lib import audit, files, jobs, privacy
from isme.lib.audit import Origin
from isme.lib.models import Job, StoredFile
from isme.lib.models.job import JobState
from isme.lib.transactions import retry_atomic

JOB, REMOVAL = "accounts.own_data", "accounts.own_data_removal"
KEPT = timedelta(days=7)
ZIP = files.Format("application/zip", (".zip",), lambda head: head.startswith(b"PK"))
MOST_BYTES = 1024 * 1024 * 1024


def _their_own(user: User, stored: StoredFile) -> bool:
    """Only for the person, and not for whoever looks as them."""
    return bool(stored.owner_id == user.pk and getattr(user, "acted_by", None) is None)


KIND = files.Kind(
    name="accounts.own_data", max_bytes=MOST_BYTES, formats=(ZIP,), may_read=_their_own
)


@retry_atomic
def order(*, user_id: int, origin: Origin) -> None:
    """Ask a worker for the file; once an hour, however often it is asked for.

    Locks the account, so that of two orders at once the second finds the first. Three queries.
    """
    User.objects.select_for_update().only("pk").get(pk=user_id)
    key = f"{user_id}:{timezone.now():%Y-%m-%dT%H}"
    if Job.objects.filter(kind=JOB, key=key).exists():
        return
    jobs.enqueue(JOB, key=key, user_id=user_id)
    audit.record("own_data.ordered", actor_id=user_id, subject=f"account:{user_id}", origin=origin)


def is_being_made(user_id: int) -> bool:
    """Whether a worker has still to make it: one query over the unique key."""
    undone = Job.objects.exclude(state__in=[JobState.DONE, JobState.DEAD])
    return undone.filter(kind=JOB, key__startswith=f"{user_id}:").exists()


def newest_of(user_id: int) -> StoredFile | None:
    """The file that waits for the person: one query."""
    own = StoredFile.objects.filter(kind=KIND.name, owner_id=user_id)
    return own.order_by("-pk").first()


def make(*, user_id: int) -> None:
    """Write the file and keep it for a week; an older one goes. Safe to run twice.

    Nothing is kept of somebody who is erased meanwhile: erasing locks the account too.
    """
    user = User.objects.get(pk=user_id)
    if user.is_erased:
        return
    with tempfile.TemporaryFile() as target:
        _write(user, target)
        target.seek(0)
        _keep(user, target)


def _write(user: User, target: IO[bytes]) -> None:
    """``data.json``, what it means, and the files that the person put in."""
    with (
        override(user.language or None),
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack,
    ):
        about = [
            {"name": r.name, "title": str(r.title), "why": str(r.why), "kept": str(r.kept)}
            for r in privacy.records()
        ]
        text = {"made_at": timezone.now(), "about": about, "data": privacy.export(user.pk)}
        pack.writestr(
            "data.json", json.dumps(text, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        )
        own = StoredFile.objects.filter(owner_id=user.pk).exclude(kind=KIND.name)
        for stored in own.exclude(kind="accounts.password_sheet").order_by("pk"):
            if default_storage.exists(stored.path):
                with default_storage.open(stored.path) as source:
                    pack.writestr(f"files/{stored.pk}-{stored.name}", source.read())


@retry_atomic
def _keep(user: User, content: IO[bytes]) -> None:
    # Two workers: one file. And whoever was erased while it was written gets none.
    if User.objects.select_for_update().get(pk=user.pk).is_erased:
        return
    for pk in list(
        StoredFile.objects.filter(kind=KIND.name, owner_id=user.pk).values_list("pk", flat=True)
    ):
        files.remove(pk)
    name = f"data-{user.username}-{timezone.localdate():%Y-%m-%d}.zip"
    stored = files.keep(
        files.Checked(KIND, files.clean_name(name), ZIP.content_type, content), owner_id=user.pk
    )
    jobs.enqueue(REMOVAL, key=str(stored.pk), due_at=timezone.now() + KEPT, file_id=stored.pk)


def remove(*, file_id: int) -> None:
    """Delete the file after its week; safe to repeat."""
    files.remove(file_id)
