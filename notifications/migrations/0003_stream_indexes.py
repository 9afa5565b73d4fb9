"""What one person did, and what happened in a course, newest first: one index each."""

from django.db import migrations


def index(name: str, column: str) -> migrations.RunSQL:
    columns = f"{column}_content_type_id, {column}_object_id, timestamp"
    return migrations.RunSQL(
        f"CREATE INDEX {name} ON actstream_action ({columns})",
        f"DROP INDEX {name} ON actstream_action",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_ways_and_broadcasts"),
        ("actstream", "0003_add_follow_flag"),
    ]

    operations = [
        index("activity_of_actor", "actor"),
        index("activity_of_target", "target"),
    ]
