"""What happens to an account and its owner should know: fills the hooks of accounts."""

from accounts.models import User
from notifications import activity, audiences, streams
from notifications.notices import NEW_DEVICE, ROLE_CHANGED
from notifications.services.notify import notify


def new_device(user_id: int, device: str, place: str) -> None:
    notify(
        NEW_DEVICE.name,
        recipients=audiences.people([user_id]),
        about=f"account:{user_id}",
        by=None,
        device=device or "?",
        place=place,
    )


def role_changed(user_id: int, role: str, by: int | None) -> None:
    """Tell the person even when they changed it themselves: their session ends."""
    if by is not None:
        changed = User.objects.get(pk=user_id)
        activity.record(by=by, verb=streams.ROLE, what=changed, title=changed.name)
    notify(
        ROLE_CHANGED.name,
        recipients=audiences.people([user_id]),
        about=f"account:{user_id}",
        by=None,
        role=role,
    )
