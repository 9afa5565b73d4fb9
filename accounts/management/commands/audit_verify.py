from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.audit import verify


class Command(BaseCommand):
    help = "Check the audit trail and name the first altered, deleted or cut row (exit 1)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verdict = verify()
        except ValueError as error:
            raise CommandError(f"The file audit-head can't be read: {error}") from error
        if verdict.first_bad is not None:
            raise CommandError(
                f"Row {verdict.first_bad} is bad ({verdict.why}); "
                f"the {verdict.rows} rows before it are right."
            )
        self.stdout.write(f"{verdict.rows} rows, each of them right.")
