import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0003_words_of_the_history"),
        ("service", "0013_due_times_and_warnings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("email", models.EmailField(max_length=254)),
                ("question", models.TextField()),
                ("excerpt", models.TextField(blank=True, default="")),
                ("language", models.CharField(blank=True, default="", max_length=5)),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("code_hash", models.BinaryField(blank=True, default=b"", max_length=32)),
                ("code_until", models.DateTimeField(blank=True, null=True)),
                ("codes", models.PositiveIntegerField(default=0)),
                ("wrong_tries", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("delete_on", models.DateField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="enquiries", to="service.case"
                    ),
                ),
                (
                    "note",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="enquiry",
                        to="service.casenote",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="listening.topic",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "enquiries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", False)),
                        fields=["topic", "-answered_at"],
                        name="service_enquiry_knew",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("answered_at__isnull", True), ("excerpt", ""), _connector="OR"),
                        name="service_enquiry_answered_shows_nothing",
                    )
                ],
            },
        ),
    ]
