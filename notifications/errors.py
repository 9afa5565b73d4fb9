class NotificationsError(Exception):
    """Base of this app's refusals; the text is safe to show."""


class UnknownKind(Exception):
    """No app has registered this kind of notice."""


class UnknownAudience(Exception):
    """No app has registered this kind of audience."""
