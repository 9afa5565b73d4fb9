from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.audit import verify

CODE_CHARACTERS = 64


def _head(text: str) -> tuple[int, str]:
    number, _colon, code = text.partition(":")
    if not (number.isascii() and number.isdigit() and len(code) == CODE_CHARACTERS):
        raise ArgumentTypeError(f"{text!r} is not NUMBER:CODE, as the hourly mail has it")
    return int(number), code


class Command(BaseCommand):
    help = "Check the audit trail and name the first altered, deleted or cut row (exit 1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            metavar="NUMBER:CODE",
            type=_head,
            action="append",
            default=[],
            help="what a mail of AUDIT_HEAD_TO said; may be given more than once",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verdict = verify(options["head"])
        except ValueError as error:
            raise CommandError(f"The file audit-head can't be read: {error}") from error
        if verdict.first_bad is not None:
            raise CommandError(
                f"Row {verdict.first_bad} is bad ({verdict.why}); "
                f"the {verdict.rows} rows before it are right."
            )
        self.stdout.write(f"{verdict.rows} rows, each of them right.")
