from django.db import migrations
from django.db.models import Count, F


def free_the_outgrown(apps, schema_editor):
    """A mirror's capacity was the size of its group on the day it was made: that says nothing."""
    rows = apps.get_model("academics", "Class").objects.exclude(group=None)
    full = rows.annotate(people=Count("members")).filter(people__gte=F("capacity"))
    rows.filter(pk__in=list(full.values_list("pk", flat=True))).update(capacity=None)


def count_them(apps, schema_editor):
    rows = apps.get_model("academics", "Class").objects.filter(capacity=None)
    for row in rows.annotate(people=Count("members")):
        row.capacity = max(row.people, 1)
        row.save(update_fields=["capacity"])


class Migration(migrations.Migration):

    dependencies = [
        ("academics", "0005_class_capacity_free"),
    ]

    operations = [
        migrations.RunPython(free_the_outgrown, count_them),
    ]
