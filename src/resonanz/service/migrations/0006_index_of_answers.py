from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [('service', '0005_indexes_of_lists')]

    operations = [
        AddIndexConcurrently(
            model_name='outgoing',
            index=models.Index(condition=models.Q(('state', 'SENT')), fields=['sent_at'], name='service_outgoing_sent'),
        ),
    ]
