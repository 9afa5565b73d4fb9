"""MariaDB's full-text index over titles and texts. SQLite has none and is searched plainly."""

from django.db import migrations

NAME = "forum_post_full_text"


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "mysql":
        schema_editor.execute(f"ALTER TABLE forum_post ADD FULLTEXT INDEX {NAME} (title, body)")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "mysql":
        schema_editor.execute(f"ALTER TABLE forum_post DROP INDEX {NAME}")


def fill(apps, schema_editor):
    posts = apps.get_model("forum", "Post").objects.filter(number=0, title="")
    for post in posts.select_related("thread").only("thread__title").iterator():
        apps.get_model("forum", "Post").objects.filter(pk=post.pk).update(title=post.thread.title)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("forum", "0003_post_title")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(add, remove),
    ]
