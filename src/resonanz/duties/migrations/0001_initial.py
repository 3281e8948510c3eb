import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_INTENTS = [("COMPLAINT", "Complaint"), ("QUESTION", "Question"), ("PRAISE", "Praise"), ("OTHER", "Other")]
_ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_company_and_preferences"),
        ("listening", "0002_index_of_what_was_said"),
        ("networks", "0002_registration"),
        ("service", "0008_duties_move_out"),
    ]

    # The tables stand already: service 0008 gave them their names.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="BusinessCalendar",
                    fields=[
                        _ID,
                        ("name", models.CharField(max_length=120, unique=True)),
                        ("time_zone", models.CharField(max_length=64)),
                        ("land", models.CharField(blank=True, default="", max_length=2)),
                        ("periods", models.JSONField()),
                    ],
                ),
                migrations.CreateModel(
                    name="ResponseTarget",
                    fields=[
                        _ID,
                        ("network", models.CharField(blank=True, default="", max_length=32, unique=True)),
                        ("business_minutes", models.PositiveIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Responsibility",
                    fields=[
                        _ID,
                        ("intent", models.CharField(blank=True, choices=_INTENTS, default="", max_length=10)),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="responsibilities",
                                to="networks.channel",
                            ),
                        ),
                        (
                            "deputy",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="accounts.team",
                            ),
                        ),
                        (
                            "topic",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="listening.topic",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("channel", "topic", "intent"),
                                name="duties_responsibility_once",
                                nulls_distinct=False,
                            )
                        ]
                    },
                ),
            ],
        )
    ]
