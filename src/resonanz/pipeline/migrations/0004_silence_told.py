from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0003_batches")]

    operations = [
        migrations.AddField(
            model_name="batch", name="silence_told_at", field=models.DateTimeField(blank=True, null=True)
        )
    ]
