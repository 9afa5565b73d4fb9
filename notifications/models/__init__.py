from notifications.models.delivery import Delivery
from notifications.models.notice import Notice
from notifications.models.notification import Notification

__all__ = ["Delivery", "Notice", "Notification"]
