"""Taking a person's name out of what others were told."""

from accounts.models import User
from notifications.models import Notice, Notification
from notifications.selectors import badge

BATCH = 500


def forget_name(user_id: int) -> None:
    """Blank the name where notices by the person carry it, also in inboxes that are kept.

    Two queries, and two for each batch.
    """
    name = User.objects.values_list("name", flat=True).get(pk=user_id)
    changed = []
    for notice in Notice.objects.filter(by_id=user_id).only("values").iterator(chunk_size=1000):
        values = {key: "–" if value == name else value for key, value in notice.values.items()}
        if values != notice.values:
            notice.values = values
            changed.append(notice)
    Notice.objects.bulk_update(changed, ["values"], batch_size=BATCH)
    for start in range(0, len(changed), BATCH):
        told = Notification.objects.filter(notice__in=changed[start : start + BATCH])
        people = told.order_by().values_list("person_id", flat=True).distinct()
        badge.forget_after_commit(people.iterator(chunk_size=BATCH))
