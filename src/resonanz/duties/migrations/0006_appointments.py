import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0005_rows_for_target_groups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("charge", models.CharField(choices=[("DECLARATIONS", "Declarations")], max_length=16, unique=True)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[("ADMIN", "Admin"), ("LEAD", "Lead"), ("AGENT", "Agent"), ("ANALYST", "Analyst")],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", ""), ("user__isnull", False)),
                            models.Q(("user__isnull", True), models.Q(("role", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="duties_appointment_person_or_role",
                    )
                ],
            },
        ),
    ]
