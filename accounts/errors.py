from collections.abc import Mapping
from http import HTTPStatus


class AccountsError(Exception):
    """Base of this app's refusals; the text is safe to show."""


class IdentifierTaken(AccountsError):
    """The value belongs to another account already."""


class SignInRefused(AccountsError):
    """Unknown name, wrong password or inactive account: the same for all three."""


class SignInDelayed(AccountsError):
    """Not now; ``seconds`` until it is worth another try. Nothing was looked at."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: int, ticket: str = "") -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds
        self.ticket = ticket


class SignInHeld(SignInDelayed):
    """Too many failures: the same whether the name exists or not."""


class SignInCrowded(SignInDelayed):
    """Too many different names failed here: ``ticket`` is good for one attempt, later."""


class DoorBusy(SignInDelayed):
    """The hash gate is full."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class FieldRefused(AccountsError):
    """Values that can't be kept: ``fields`` says of each that is to be mended why."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(next(iter(fields.values())))
        self.fields = dict(fields)


class EditedMeanwhile(AccountsError):
    """Somebody else changed the account since the form was opened."""


class NotAllowed(AccountsError):
    """The rules don't let this person do that (any more)."""


class PasswordWrong(AccountsError):
    """The password that should prove who is there doesn't."""


class PasswordRefused(AccountsError):
    """The new password is too short or too easy to guess."""


class LinkDead(AccountsError):
    """A mailed link that is used, too old or wrong."""


class EmailRefused(AccountsError):
    """An address that can't be used: it is none, or somebody else's."""


class UnknownHash(AccountsError):
    """A password hash of a kind that can't be checked here."""


class SecondFactorDue(AccountsError):
    """The password fits and the account asks for a code: ``stage`` carries the person there."""

    def __init__(self, stage: str) -> None:
        super().__init__("a code is due")
        self.stage = stage


class StageOver(AccountsError):
    """The time between password and code is over, or the account changed meanwhile."""


class CodeWrong(AccountsError):
    """A code that doesn't fit, or was used already."""


class SecondFactorOn(AccountsError):
    """There is nothing to confirm: the second factor is on, or was never begun."""
