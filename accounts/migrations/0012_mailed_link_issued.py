from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_second_factor'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='mailedlink',
            name='mailed_link_known_purpose',
        ),
        migrations.AlterField(
            model_name='mailedlink',
            name='purpose',
            field=models.CharField(choices=[('reset', 'New password'), ('email', 'Proof of an e-mail address'), ('issued', 'Password issued by mail')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='mailedlink',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['reset', 'email', 'issued'])), name='mailed_link_known_purpose'),
        ),
    ]
