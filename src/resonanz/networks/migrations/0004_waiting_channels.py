from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0003_brands"),
    ]

    operations = [
        migrations.AlterField(
            model_name="channel",
            name="state",
            field=models.CharField(
                choices=[("WAITING", "Waiting"), ("ACTIVE", "Active"), ("PAUSED", "Paused"), ("BROKEN", "Broken")],
                default="ACTIVE",
                max_length=8,
            ),
        ),
    ]
