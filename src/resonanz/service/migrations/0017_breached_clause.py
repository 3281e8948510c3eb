from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("service", "0016_macros"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="breached_clause",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
    ]
