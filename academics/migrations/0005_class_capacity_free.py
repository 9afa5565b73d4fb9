from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("academics", "0004_expertise_version"),
    ]

    operations = [
        migrations.AlterField(
            model_name="class",
            name="capacity",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="capacity"),
        ),
        migrations.AddConstraint(
            model_name="class",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("capacity__isnull", False), ("group__isnull", False), _connector="OR"
                ),
                name="class_of_its_own_has_capacity",
                violation_error_message="A class with members of its own needs a capacity.",
            ),
        ),
    ]
