from notifications.models.broadcast import Broadcast
from notifications.models.delivery import Delivery
from notifications.models.notice import Notice
from notifications.models.notification import Notification
from notifications.models.ways import Preference, PushSubscription, Ways

__all__ = [
    "Broadcast",
    "Delivery",
    "Notice",
    "Notification",
    "Preference",
    "PushSubscription",
    "Ways",
]
