from collections.abc import Mapping


class AcademicsError(Exception):
    """Base of this app's refusals; the text is safe to show."""


class FieldError(AcademicsError):
    """What was typed can't be kept; ``errors`` says so for each field (name -> text)."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class Outdated(AcademicsError):
    """Somebody else changed the row since it was read."""


class InUse(AcademicsError):
    """Something else hangs on the row, so it stays."""


class MembershipRefused(AcademicsError):
    """The person can't be put there."""


class ImportRefused(AcademicsError):
    """The import is not in a state in which this can be done."""
