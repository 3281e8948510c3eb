import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0003_words_of_the_history"),
        ("networks", "0003_brands"),
        ("service", "0010_the_inbox_as_a_workplace"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting"),
                            ("APPROVED", "Approved"),
                            ("REFUSED", "Refused"),
                            ("WITHDRAWN", "Withdrawn"),
                            ("SUPERSEDED", "Superseded"),
                        ],
                        default="WAITING",
                        max_length=10,
                    ),
                ),
                ("clause", models.CharField(max_length=120)),
                ("approvers", models.JSONField(default=dict)),
                ("text_hash", models.CharField(max_length=64)),
                ("newest_place", models.BigIntegerField()),
                ("thread_mark", models.CharField(max_length=64)),
                ("requested_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("as_deputy", models.BooleanField(default=False)),
                ("wording_before", models.TextField(blank=True, default="")),
                ("comment", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="outgoing",
            name="service_outgoing_sent_has_receipt",
        ),
        migrations.AddField(
            model_name="outgoing",
            name="no_address",
            field=models.CharField(
                blank=True,
                choices=[
                    ("NONE_SHOWN", "None Shown"),
                    ("MEMBERS_ONLY", "Members Only"),
                    ("BEING_CHECKED", "Being Checked"),
                ],
                default="",
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="proof",
            field=models.CharField(
                blank=True,
                choices=[("READ_BACK", "Read Back"), ("PERMALINK", "Permalink"), ("CONFIRMED", "Confirmed")],
                default="",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="outgoing",
            name="state",
            field=models.CharField(
                choices=[
                    ("DRAFT", "Draft"),
                    ("AWAITING", "Awaiting"),
                    ("QUEUED", "Queued"),
                    ("SENDING", "Sending"),
                    ("SENT", "Sent"),
                    ("FAILED", "Failed"),
                    ("UNKNOWN", "Unknown"),
                    ("ASSISTED", "Assisted"),
                    ("CANCELLED", "Cancelled"),
                ],
                max_length=9,
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("state__in", ["AWAITING", "ASSISTED"])),
                fields=["case", "state"],
                name="service_outgoing_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "SENT"), _negated=True),
                    models.Q(
                        ("sent_at__isnull", False),
                        models.Q(
                            models.Q(("native_id", ""), _negated=True),
                            models.Q(("proof", "PERMALINK"), models.Q(("url", ""), _negated=True)),
                            ("proof", "CONFIRMED"),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="service_outgoing_sent_has_receipt",
            ),
        ),
        migrations.AddField(
            model_name="approval",
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
            model_name="approval",
            name="outgoing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="approvals", to="service.outgoing"
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="requested_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(
                condition=models.Q(("state", "WAITING")), fields=["requested_at", "id"], name="service_approval_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "WAITING")), fields=("outgoing",), name="service_approval_asked_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "WAITING")),
                    models.Q(models.Q(("state", "WAITING"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="service_approval_decided_when",
            ),
        ),
    ]
