import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_brands'),
        ('networks', '0002_registration'),
    ]

    operations = [
        migrations.AddField(
            model_name='channel',
            name='brand',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='channels', to='accounts.brand'),
        ),
    ]
