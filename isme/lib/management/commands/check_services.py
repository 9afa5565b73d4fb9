import sys
from typing import Any

from django.core.management.base import BaseCommand

from isme.lib.health import check_services


class Command(BaseCommand):
    help = "Say of each part whether it works, one line each; exit 1 if any is down."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        checks = check_services()
        for check in checks:
            word = self.style.SUCCESS("ok  ") if check.ok else self.style.ERROR("DOWN")
            self.stdout.write(f"{check.name:<16} {word}  {check.text}")
        if not all(check.ok for check in checks):
            sys.exit(1)
