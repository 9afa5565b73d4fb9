from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from isme.lib import jobs
from isme.lib.models import Job
from isme.lib.models.job import JobState

MOST_SHOWN = 200
BATCH_ROWS = 500


class Command(BaseCommand):
    help = "List failed background jobs with their errors, or try them again."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--retry", nargs="+", type=int, metavar="ID", help="try these again")
        which.add_argument("--all", action="store_true", help="try all of them again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            self._retry(list(_dead().values_list("pk", flat=True)))
        elif options["retry"]:
            ids = set(options["retry"])
            missing = ids - set(_dead().filter(pk__in=ids).values_list("pk", flat=True))
            if missing:
                listed = ", ".join(str(pk) for pk in sorted(missing))
                raise CommandError(f"Not among the failed jobs: {listed}. None was tried again.")
            self._retry(sorted(ids))
        else:
            self._list()

    def _retry(self, ids: list[int]) -> None:
        batches = (ids[start : start + BATCH_ROWS] for start in range(0, len(ids), BATCH_ROWS))
        self.stdout.write(f"{sum(jobs.retry(batch) for batch in batches)} jobs are tried again.")

    def _list(self) -> None:
        count = _dead().count()
        if not count:
            self.stdout.write("No failed jobs.")
            return
        for row in _dead()[:MOST_SHOWN]:
            assert row.finished_at is not None, "the constraint job_ended_has_time"  # noqa: S101
            ended = timezone.localtime(row.finished_at)
            reason = (row.last_error.strip().splitlines() or ["no error was kept"])[-1]
            self.stdout.write(f"{row.pk}  {ended:%Y-%m-%d %H:%M:%S}  {row.kind}  {row.key}")
            self.stdout.write(f"    {row.attempts} attempts; {reason}")
        shown = min(count, MOST_SHOWN)
        self.stdout.write(f"{shown} of {count} failed jobs. --retry ID... or --all tries again.")


def _dead() -> Any:
    return Job.objects.filter(state=JobState.DEAD).order_by("-finished_at", "-pk")
