from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forum", "0009_moved_threads")]

    operations = [
        migrations.AddField(
            model_name="threadreader",
            name="has_marks",
            field=models.BooleanField(db_default=False, default=False),
        )
    ]
