import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_index_of_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=16, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("network", models.CharField(blank=True, default="", max_length=32)),
                ("origin", models.CharField(blank=True, default="", max_length=255)),
                ("native_id", models.CharField(blank=True, default="", max_length=512)),
                ("handle", models.CharField(blank=True, default="", max_length=255)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", False)),
                        fields=("network", "origin", "native_id"),
                        name="people_staff_account_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("native_id", "")),
                            models.Q(("confirmed_at__isnull", False), models.Q(("native_id", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="people_staff_account_confirmed",
                    ),
                ],
            },
        ),
    ]
