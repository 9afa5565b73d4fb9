from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_last_visit'),
    ]

    operations = [
        migrations.AddField(
            model_name='mailedlink',
            name='refused_at',
            field=models.DateTimeField(db_index=True, null=True, verbose_name='refused'),
        ),
        migrations.AddField(
            model_name='mailedlink',
            name='refusal',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='reason'),
        ),
    ]
