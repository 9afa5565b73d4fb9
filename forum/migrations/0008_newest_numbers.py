from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce


def count(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Threads that were there before the column."""
    posts = apps.get_model("forum", "Post").objects.filter(thread=OuterRef("pk"), state="visible")
    newest = Subquery(posts.order_by("-number").values("number")[:1])
    apps.get_model("forum", "Thread").objects.update(newest_number=Coalesce(newest, 0))


class Migration(migrations.Migration):
    dependencies = [("forum", "0007_newest_number")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
