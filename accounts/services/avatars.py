"""The picture of a person, which everybody who is signed in may see."""

from accounts.models import User
from accounts.services.accounts import change_account
from isme.lib import files
from isme.lib.models import StoredFile
from isme.lib.transactions import retry_atomic


def _anybody(user: User, stored: StoredFile) -> bool:
    return bool(user.is_authenticated)


KIND = files.Kind(
    name="accounts.avatar",
    max_bytes=2 * 1024 * 1024,
    formats=files.IMAGES,
    may_read=_anybody,
    square=256,
)


@retry_atomic
def change_avatar(*, user_id: int, picture: files.Checked | None) -> None:
    """Replace the person's picture, or remove it, at once everywhere. Locks their account.

    Raises StoreAway.
    """
    old = User.objects.select_for_update().values_list("avatar_id", flat=True).get(pk=user_id)
    new = files.keep(picture, owner_id=user_id).pk if picture else None
    change_account(user_id=user_id, changes={"avatar_id": new})
    if old is not None:
        files.remove(old)
