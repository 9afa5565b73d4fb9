"""Making a person nameless: what pointed at them stays true, and nobody can tell whom it meant."""

from django.utils.translation import gettext as _

from accounts import rules
from accounts.errors import NotAllowed
from accounts.models import StudentProfile, User
from accounts.services import own_data, sessions
from accounts.services.accounts import PEOPLE
from accounts.services.avatars import KIND as AVATAR
from accounts.session import writer
from isme.lib import audit, files, privacy, versions
from isme.lib.audit import Origin
from isme.lib.models import StoredFile
from isme.lib.transactions import retry_atomic

FACULTY_NAME = "Akun terhapus"  # the default language: it is data, and stays


@retry_atomic
def erase_person(*, user_id: int, reason: str, actor: User, origin: Origin) -> bool:
    """Erase the data of a closed account, all of it or nothing; False when that was done.

    The audit trail keeps what it has, and this act. It can't be undone, and backups that hold
    the data run out after their time. Raises NotAllowed, User.DoesNotExist. Locks the account.
    """
    with writer.changing(user_id) as session:
        person = session.user
        if person.is_erased:
            return False
        if not rules.can_erase(actor, person):
            raise NotAllowed(_("Only a closed account can be erased, and only by a super admin."))
        sessions.end(session)
        audit.record(
            "person.erased",
            actor_id=actor.pk,
            subject=f"account:{user_id}",
            origin=origin,
            details={"reason": reason},
        )
    # After the session was written: its row goes with the rest.
    privacy.erase(user_id)
    versions.bump(PEOPLE)
    return True


def erase_account(user_id: int) -> None:
    """The account without a name, a number of the faculty's, a picture or a way in."""
    own = StoredFile.objects.filter(owner_id=user_id, kind__in=[AVATAR.name, own_data.KIND.name])
    user = User.objects.select_for_update().get(pk=user_id)
    user.avatar_id = None
    user.name = f"{FACULTY_NAME} {user_id}"
    user.username = user.erased_username
    user.note = user.proved_email = user.language = user.theme = ""
    user.email_proved_at = user.password_expires_at = None
    user.must_change_password = False
    user.set_unusable_password()
    user.version += 1
    user.save()
    StudentProfile.objects.filter(pk=user_id).update(gpa=None)
    for pk in list(own.values_list("pk", flat=True)):
        files.remove(pk)
