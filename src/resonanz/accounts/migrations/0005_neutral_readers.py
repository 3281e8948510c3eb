from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_notifications"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="reads_employee_names",
            field=models.BooleanField(default=False),
        ),
    ]
