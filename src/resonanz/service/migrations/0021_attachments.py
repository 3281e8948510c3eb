import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("service", "0020_merging_planning_known_issues"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField()),
                ("content_type", models.CharField(max_length=20)),
                ("data", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("alt", models.CharField(blank=True, default="", max_length=1500)),
                ("added_at", models.DateTimeField()),
                ("native_id", models.CharField(blank=True, default="", max_length=512)),
                ("is_ready_there", models.BooleanField(default=False)),
                ("uploaded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outgoing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="service.outgoing"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("outgoing", "place"), name="service_attachment_place_once"),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0), ("size__lte", 4194304)),
                        name="service_attachment_is_bounded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_ready_there", False), ("native_id", ""), ("uploaded_at__isnull", True)),
                            models.Q(models.Q(("native_id", ""), _negated=True), ("uploaded_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="service_attachment_uploaded_when",
                    ),
                ],
            },
        ),
    ]
