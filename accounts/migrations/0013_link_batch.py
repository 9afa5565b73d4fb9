import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = ['waiting', 'sent', 'used', 'no_address', 'failed', 'left_out']


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_mailed_link_issued'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(blank=True, max_length=5)),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'batch of mailed links',
                'verbose_name_plural': 'batches of mailed links',
                'indexes': [models.Index(fields=['maker', '-id'], name='link_batch_of_maker')],
            },
        ),
        migrations.CreateModel(
            name='LinkDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('used', 'Password chosen'), ('no_address', 'No e-mail address'), ('failed', 'Failed'), ('left_out', 'Account closed meanwhile')], default='waiting', max_length=10, verbose_name='state')),
                ('attempt', models.PositiveSmallIntegerField(default=1)),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='accounts.linkbatch')),
                ('link', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='delivery', to='accounts.mailedlink')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'mailed password link',
                'verbose_name_plural': 'mailed password links',
                'indexes': [models.Index(fields=['batch', 'state'], name='link_delivery_of_batch')],
                'constraints': [
                    models.UniqueConstraint(fields=('batch', 'user'), name='link_delivery_once'),
                    models.CheckConstraint(condition=models.Q(('state__in', STATES)), name='link_delivery_known_state'),
                    models.CheckConstraint(condition=models.Q(models.Q(('sent_at', None), models.Q(('state__in', ('sent', 'used')), _negated=True)), models.Q(('sent_at__isnull', False), ('state__in', ('sent', 'used'))), _connector='OR'), name='link_delivery_sent_has_time'),
                ],
            },
        ),
    ]
