from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Print the settings in effect, secrets masked, and where each comes from."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        readings = sorted(settings.ENV.readings.values(), key=lambda reading: reading.name)
        width = max((len(reading.name) for reading in readings), default=0)
        for reading in readings:
            self.stdout.write(f"{reading.name:<{width}}  {reading.source:<11}  {reading.shown}")
