from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0006_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="stream_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="channel",
            name="stream_place",
            field=models.TextField(blank=True, default=""),
        ),
    ]
