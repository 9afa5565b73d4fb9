from typing import Any

from django.core.management.base import BaseCommand

from accounts.services.old_hashes import wrap_all

STEP = 500


class Command(BaseCommand):
    help = "Put argon2id around every password hash that came from another system."

    def handle(self, *args: Any, **options: Any) -> None:
        wrapped = 0
        for number, was_there in enumerate(wrap_all(), start=1):
            wrapped += was_there
            if number % STEP == 0:
                self.stdout.write(f"{number} ...")
        self.stdout.write(f"{wrapped} hashes wrapped.")
