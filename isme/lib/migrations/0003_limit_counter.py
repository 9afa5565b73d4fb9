from django.db import migrations, models

import isme.lib.fields


class Migration(migrations.Migration):

    dependencies = [
        ('lib', '0002_stored_file'),
    ]

    operations = [
        migrations.CreateModel(
            name='LimitCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', isme.lib.fields.ExactCharField(max_length=160)),
                ('window', models.BigIntegerField(help_text="The window's number since 1970, or a moment.")),
                ('count', models.IntegerField(default=0)),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'window'), name='limit_counter_once')],
            },
        ),
    ]
