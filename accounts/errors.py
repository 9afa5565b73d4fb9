class AccountsError(Exception):
    """Base of this app's refusals; the text is safe to show."""


class IdentifierTaken(AccountsError):
    """The value belongs to another account already."""


class SignInRefused(AccountsError):
    """Unknown name, wrong password or inactive account: the same for all three."""
