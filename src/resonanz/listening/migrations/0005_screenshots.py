import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0004_media"),
    ]

    operations = [
        migrations.CreateModel(
            name="Screenshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_type", models.CharField(max_length=20)),
                ("data", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("brought_at", models.DateTimeField()),
                (
                    "media",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screenshot",
                        to="listening.postmedia",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0), ("size__lte", 4194304)),
                        name="listening_screenshot_is_bounded",
                    )
                ],
            },
        ),
    ]
