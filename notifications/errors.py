class NotificationsError(Exception):
    """Base of this app's refusals; the text is safe to show."""


class UnknownKind(Exception):
    """No app has registered this kind of notice."""


class UnknownAudience(Exception):
    """No app has registered this kind of audience."""


class NoAddress(Exception):
    """The person can't be told by this channel: nothing to try again."""


class Refused(Exception):
    """The other side took this one message for wrong: trying again won't help."""


class Away(Exception):
    """The other side can't be reached now: the whole channel waits."""
