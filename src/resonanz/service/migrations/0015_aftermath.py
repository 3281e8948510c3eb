import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0003_words_of_the_history"),
        ("service", "0014_enquiries"),
    ]

    operations = [
        migrations.CreateModel(
            name="Aftermath",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="aftermath",
                        serialize=False,
                        to="service.case",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("THANKED", "Thanked"), ("TURNED", "Turned"), ("SILENT", "Silent"), ("LEFT", "Left")],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="listening.post",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at", "outcome"], name="service_aftermath_when")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "SILENT"), ("post__isnull", True)),
                            models.Q(models.Q(("outcome", "SILENT"), _negated=True), ("post__isnull", False)),
                            _connector="OR",
                        ),
                        name="service_aftermath_decided_by",
                    )
                ],
            },
        ),
    ]
