import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_notifications"),
        ("listening", "0003_words_of_the_history"),
        ("networks", "0004_waiting_channels"),
        ("people", "0002_index_of_names"),
        ("service", "0012_indexes_of_the_workplace"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "matter",
                    models.CharField(
                        choices=[
                            ("ANSWER", "Answer"),
                            ("RESOLUTION", "Resolution"),
                            ("APPROVAL", "Approval"),
                            ("ALARM", "Alarm"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("OWNER", "Owner"), ("DEPUTY", "Deputy"), ("LEAD", "Lead")], max_length=6
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("rung_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Recomputation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("RUNNING", "Running"), ("DONE", "Done"), ("CANCELLED", "Cancelled")],
                        default="RUNNING",
                        max_length=9,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("last_case_id", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="resolution_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="resolution_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="resolution_used_seconds",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="casepost",
            name="alarm_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="casepost",
            name="due_because",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("resolution_due_at__isnull", False), ("state", "OPEN")),
                fields=["resolution_due_at"],
                name="service_case_resolution_due",
            ),
        ),
        migrations.AddIndex(
            model_name="casepost",
            index=models.Index(
                condition=models.Q(("alarm_at__isnull", False), ("state", "OPEN")),
                fields=["alarm_at"],
                name="service_case_post_alarm",
            ),
        ),
        migrations.AddField(
            model_name="casewarning",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="warnings", to="service.case"
            ),
        ),
        migrations.AddField(
            model_name="casewarning",
            name="outgoing",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="service.outgoing",
            ),
        ),
        migrations.AddField(
            model_name="casewarning",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="recomputation",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="casewarning",
            index=models.Index(
                condition=models.Q(("seen_at__isnull", True)),
                fields=["user", "due_at"],
                name="service_case_warning_unseen",
            ),
        ),
        migrations.AddConstraint(
            model_name="casewarning",
            constraint=models.UniqueConstraint(
                fields=("case", "outgoing", "user", "matter", "stage", "due_at"),
                name="service_case_warning_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="recomputation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "RUNNING")), fields=("state",), name="service_recomputation_one_runs"
            ),
        ),
    ]
