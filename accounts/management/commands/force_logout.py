from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.force_logout import find_account, force_logout, signed_in_accounts


class Command(BaseCommand):
    help = "End the sessions of the people with these logins (or of everybody) at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", nargs="*", help="username, e-mail, NIM, NIP or NID")
        parser.add_argument("--all", action="store_true", help="everybody who is signed in")

    def handle(self, *args: Any, **options: Any) -> None:
        logins: list[str] = options["login"]
        if options["all"] == bool(logins):
            raise CommandError("Name the logins, or give --all.")
        if options["all"]:
            wanted = list(signed_in_accounts())
        else:
            found = {login: find_account(login) for login in logins}
            unknown = [login for login, user_id in found.items() if user_id is None]
            if unknown:
                raise CommandError(f"Nobody has: {', '.join(unknown)}. No session was ended.")
            wanted = [user_id for user_id in found.values() if user_id is not None]
        ended = sum(force_logout(user_id=user_id) for user_id in dict.fromkeys(wanted))
        self.stdout.write(f"{ended} sessions ended.")
