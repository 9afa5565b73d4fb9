from typing import Any

from django.core.management.base import BaseCommand, CommandError

from isme.lib.redis import RedisAway, evictable


class Command(BaseCommand):
    help = "Empty the evictable cache. Nobody is signed out: sessions live in the database."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            entries = evictable.ask(lambda client: client.dbsize())
            # In the background of the server: a big cache must not stop it for our 0.15 s.
            evictable.ask(lambda client: client.flushdb(asynchronous=True))
        except RedisAway as error:
            raise CommandError(f"The cache does not answer: {error}") from error
        self.stdout.write(f"The cache is empty ({entries} entries gone).")
