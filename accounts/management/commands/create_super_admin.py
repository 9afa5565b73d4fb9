import argparse
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.choices import Role
from accounts.errors import AccountsError
from accounts.services.accounts import create_account
from accounts.services.passwords import issue_one_time_password


class Command(BaseCommand):
    help = (
        "Make the account of a super admin and print its one-time password: the first one on a"
        " new server, or one more when nobody else can. Exit 1: the name is taken or no name."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="as people call them")
        parser.add_argument("--email", default="", help="where links for a new password go")

    def handle(self, *args: Any, **options: Any) -> None:
        identifiers = {"email": options["email"]} if options["email"] else {}
        try:
            user = create_account(
                name=options["name"],
                role=Role.SUPER_ADMIN,
                username=options["username"],
                password=secrets.token_urlsafe(32),
                identifiers=identifiers,
            )
        except AccountsError as error:
            raise CommandError(str(error)) from error
        password = issue_one_time_password(user_id=user.pk, by=None)
        self.stdout.write(f"{user.username} signs in with this password once:")
        self.stdout.write(password)
