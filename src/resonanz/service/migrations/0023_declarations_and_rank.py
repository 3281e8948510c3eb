import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_recent_attempts"),
        ("listening", "0004_media"),
        ("networks", "0004_waiting_channels"),
        ("people", "0004_target_groups"),
        ("service", "0022_help_with_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("FOUND", "Found"), ("RUNNING", "Running"), ("DONE", "Done"), ("NONE", "None")],
                        default="FOUND",
                        max_length=8,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("WITHDRAWAL", "Withdrawal"),
                            ("TERMINATION", "Termination"),
                            ("DEADLINE", "Deadline"),
                            ("DATA_REQUEST", "Data Request"),
                            ("OBJECTION", "Objection"),
                            ("ACCIDENT", "Accident"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("probability", models.FloatField()),
                ("received_at", models.DateTimeField()),
                ("by_network", models.BooleanField()),
                ("found_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("done", models.TextField(blank=True, default="")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="service_case_of_mine",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="service_case_of_team",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="service_case_of_nobody",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="service_case_claimed",
        ),
        migrations.AddField(
            model_name="case",
            name="crisis_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="rank_at",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.Func(models.F("answer_due_at"), template="(%(expressions)s AT TIME ZONE 'UTC')"),
                    models.Func(models.F("urgency"), template="make_interval(secs => %(expressions)s * 14400)"),
                    models.Func(
                        models.F("crisis_at"),
                        template="make_interval(days => CASE WHEN %(expressions)s IS NULL THEN 0 ELSE 30 END)",
                    ),
                    arg_joiner=" - ",
                    output_field=models.DateTimeField(),
                    template="((%(expressions)s) AT TIME ZONE 'UTC')",
                ),
                output_field=models.DateTimeField(),
            ),
        ),
        migrations.AlterField(
            model_name="casewarning",
            name="matter",
            field=models.CharField(
                choices=[
                    ("ANSWER", "Answer"),
                    ("RESOLUTION", "Resolution"),
                    ("APPROVAL", "Approval"),
                    ("ALARM", "Alarm"),
                    ("CRISIS", "Crisis"),
                    ("DECLARED", "Declared"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "OPEN")), fields=["rank_at", "id"], name="service_case_ranked"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_snoozed", False), ("state", "OPEN")),
                fields=["assignee", "rank_at", "id"],
                name="service_case_mine_ranked",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_snoozed", False), ("state", "OPEN")),
                fields=["team", "rank_at", "id"],
                name="service_case_team_ranked",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("is_snoozed", False), ("state", "OPEN"), ("assignee__isnull", True), ("team__isnull", True)
                ),
                fields=["rank_at", "id"],
                name="service_case_nobody_ranked",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("claimed_by__isnull", False)),
                fields=["claimed_by", "rank_at", "id"],
                name="service_case_claimed_ranked",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("crisis_at__isnull", False), ("state", "OPEN")),
                fields=["crisis_at"],
                name="service_case_crisis",
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="declarations", to="service.case"
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="post",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="declaration", to="listening.post"
            ),
        ),
        migrations.AddIndex(
            model_name="declaration",
            index=models.Index(
                condition=models.Q(("state__in", ["FOUND", "RUNNING"])),
                fields=["due_at"],
                name="service_declaration_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", ""), ("state__in", ["FOUND", "NONE"])),
                    models.Q(("state__in", ["RUNNING", "DONE"]), models.Q(("kind", ""), _negated=True)),
                    _connector="OR",
                ),
                name="service_declaration_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "DONE"), models.Q(("done", ""), _negated=True)),
                    models.Q(models.Q(("state", "DONE"), _negated=True), ("done", "")),
                    _connector="OR",
                ),
                name="service_declaration_done",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "FOUND"), ("decided_at__isnull", False), _connector="OR"),
                name="service_declaration_decided",
            ),
        ),
    ]
