import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_neutral_readers"),
        ("listening", "0003_words_of_the_history"),
        ("networks", "0004_waiting_channels"),
        ("people", "0004_target_groups"),
        ("service", "0019_moderation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IssueCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bound_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("BOUND", "Bound"), ("TOLD", "Told"), ("LEFT_OUT", "Left Out")],
                        default="BOUND",
                        max_length=8,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("STOP", "Stop"),
                            ("SUPPRESSED", "Suppressed"),
                            ("ANSWERED_BY_HAND", "Answered By Hand"),
                            ("TOLD_ELSEWHERE", "Told Elsewhere"),
                            ("NO_WORDING", "No Wording"),
                            ("NOBODY_TO_ANSWER", "Nobody To Answer"),
                            ("NOT_ALLOWED", "Not Allowed"),
                            ("BY_HAND_ONLY", "By Hand Only"),
                            ("TAKEN_BACK", "Taken Back"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IssueWording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("occasion", models.CharField(choices=[("OPEN", "Open"), ("SOLVED", "Solved")], max_length=6)),
                ("language", models.CharField(max_length=8)),
                ("text", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[("DRAFT", "Draft"), ("AWAITING", "Awaiting"), ("RELEASED", "Released")],
                        default="DRAFT",
                        max_length=8,
                    ),
                ),
                ("clause", models.CharField(blank=True, default="", max_length=120)),
                ("approvers", models.JSONField(blank=True, default=dict)),
                ("text_hash", models.CharField(blank=True, default="", max_length=64)),
                ("changed_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="KnownIssue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120)),
                ("words", models.CharField(blank=True, default="", max_length=300)),
                (
                    "state",
                    models.CharField(choices=[("OPEN", "Open"), ("SOLVED", "Solved")], default="OPEN", max_length=8),
                ),
                ("opened_at", models.DateTimeField()),
                ("solved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "telling",
                    models.CharField(
                        choices=[
                            ("NOT_BEGUN", "Not Begun"),
                            ("RUNNING", "Running"),
                            ("DONE", "Done"),
                            ("STOPPED", "Stopped"),
                        ],
                        default="NOT_BEGUN",
                        max_length=9,
                    ),
                ),
                ("moved_at", models.DateTimeField(blank=True, null=True)),
                ("delete_on", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="absorbed",
                to="service.case",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="split_from",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="parts",
                to="service.case",
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="newest_place",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="planned_for",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="case",
            name="closed_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ANSWERED", "Answered"),
                    ("PRAISE", "Praise"),
                    ("SPAM", "Spam"),
                    ("TROLL", "Troll"),
                    ("NOT_OURS", "Not Ours"),
                    ("ANSWERED_ELSEWHERE", "Answered Elsewhere"),
                    ("REMOVED", "Removed"),
                    ("IN_PRIVATE", "In Private"),
                    ("MERGED", "Merged"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["channel", "root_native_id"],
                name="service_case_merged",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="service_case_absorbed"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("split_from__isnull", False)), fields=["split_from"], name="service_case_parts"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("planned_for__isnull", False), ("state__in", ["AWAITING", "QUEUED"])),
                fields=["case", "planned_for"],
                name="service_outgoing_planned",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("closed_because", "MERGED"), ("state", "RESOLVED")),
                    _connector="OR",
                ),
                name="service_case_merged_is_closed",
            ),
        ),
        migrations.AddField(
            model_name="issuecase",
            name="bound_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="issuecase",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="known_issues", to="service.case"
            ),
        ),
        migrations.AddField(
            model_name="issuecase",
            name="outgoing",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="told_of_issue",
                to="service.outgoing",
            ),
        ),
        migrations.AddField(
            model_name="issuewording",
            name="author",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="issuewording",
            name="signed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="knownissue",
            name="brand",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.brand",
            ),
        ),
        migrations.AddField(
            model_name="knownissue",
            name="opened_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="knownissue",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="known_issues",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="knownissue",
            name="teller",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="knownissue",
            name="topic",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="listening.topic",
            ),
        ),
        migrations.AddField(
            model_name="issuewording",
            name="issue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="wordings", to="service.knownissue"
            ),
        ),
        migrations.AddField(
            model_name="issuecase",
            name="issue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="bound", to="service.knownissue"
            ),
        ),
        migrations.AddConstraint(
            model_name="knownissue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("solved_at__isnull", True), ("state", "OPEN"), ("telling", "NOT_BEGUN")),
                    models.Q(("solved_at__isnull", False), ("state", "SOLVED")),
                    _connector="OR",
                ),
                name="service_known_issue_solved_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuewording",
            constraint=models.UniqueConstraint(
                fields=("issue", "occasion", "language"), name="service_issue_wording_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuewording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("released_at__isnull", False), ("state", "RELEASED")),
                    models.Q(models.Q(("state", "RELEASED"), _negated=True), ("released_at__isnull", True)),
                    _connector="OR",
                ),
                name="service_issue_wording_released_when",
            ),
        ),
        migrations.AddIndex(
            model_name="issuecase",
            index=models.Index(
                condition=models.Q(("state", "BOUND")), fields=["issue", "id"], name="service_issue_case_to_tell"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuecase",
            constraint=models.UniqueConstraint(fields=("issue", "case"), name="service_issue_case_once"),
        ),
        migrations.AddConstraint(
            model_name="issuecase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "LEFT_OUT"), models.Q(("why", ""), _negated=True)),
                    models.Q(models.Q(("state", "LEFT_OUT"), _negated=True), ("why", "")),
                    _connector="OR",
                ),
                name="service_issue_case_left_out_because",
            ),
        ),
    ]
