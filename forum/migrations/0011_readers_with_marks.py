from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Exists, OuterRef

ROWS = 1000


def note(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Who liked or saved something before the column was there."""
    marks = apps.get_model("forum", "PostMark").objects.order_by()
    model = apps.get_model("forum", "ThreadReader")
    pairs = list(marks.values_list("post__thread_id", "user_id").distinct())
    for start in range(0, len(pairs), ROWS):
        some = [model(thread_id=thread, user_id=user) for thread, user in pairs[start:][:ROWS]]
        model.objects.bulk_create(some, ignore_conflicts=True)
    theirs = marks.filter(post__thread_id=OuterRef("thread_id"), user_id=OuterRef("user_id"))
    model.objects.filter(Exists(theirs)).update(has_marks=True)


class Migration(migrations.Migration):
    dependencies = [("forum", "0010_threadreader_has_marks")]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
