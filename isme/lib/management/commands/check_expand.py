from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.models import NOT_PROVIDED

# What the release that still runs would stumble over.
BREAKS = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


class Command(BaseCommand):
    help = (
        "Say whether the release that runs can stand the migrations that are not applied yet."
        " Exit 1: one takes something away that it may use (bring that in with --contract)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        found = []
        for migration, _backwards in plan:
            for operation in migration.operations:
                self.stdout.write(f"{migration}: {operation.describe()}")
                if breaks(operation):
                    found.append(f"{migration}: {operation.describe()}")
        if found:
            raise CommandError("The running release may need what goes:\n  " + "\n  ".join(found))
        self.stdout.write(f"{len(plan)} migrations, and none takes anything away.")


def breaks(operation: Any) -> bool:
    """Whether old code can fail: something goes, or a new column that it does not fill is required."""
    if isinstance(operation, BREAKS):
        return True
    if isinstance(operation, migrations.AddField):
        field = operation.field
        fills_itself = field.null or field.db_default is not NOT_PROVIDED or field.generated
        return not (fills_itself or field.many_to_many)
    return False
