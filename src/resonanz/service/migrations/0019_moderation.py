import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0003_words_of_the_history"),
        ("networks", "0004_waiting_channels"),
        ("service", "0018_naming_and_mentions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoing",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Moderation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("LIKE", "Like"),
                            ("UNLIKE", "Unlike"),
                            ("HIDE", "Hide"),
                            ("UNHIDE", "Unhide"),
                            ("DELETE", "Delete"),
                            ("BLOCK", "Block"),
                            ("UNBLOCK", "Unblock"),
                            ("REPORT", "Report"),
                            ("CORRECT", "Correct"),
                            ("WITHDRAW", "Withdraw"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("AWAITING", "Awaiting"),
                            ("QUEUED", "Queued"),
                            ("SENDING", "Sending"),
                            ("DONE", "Done"),
                            ("FAILED", "Failed"),
                            ("UNKNOWN", "Unknown"),
                            ("REFUSED", "Refused"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        max_length=9,
                    ),
                ),
                ("origin", models.CharField(blank=True, default="", max_length=255)),
                ("target_native_id", models.CharField(max_length=512)),
                ("author_native_id", models.CharField(blank=True, default="", max_length=512)),
                ("visibility", models.CharField(choices=[("PUBLIC", "Public"), ("PRIVATE", "Private")], max_length=8)),
                ("excerpt", models.CharField(blank=True, default="", max_length=300)),
                ("url", models.CharField(blank=True, default="", max_length=2000)),
                ("rule", models.CharField(blank=True, default="", max_length=20)),
                ("words", models.CharField(blank=True, default="", max_length=500)),
                ("text", models.TextField(blank=True, default="")),
                ("text_before", models.TextField(blank=True, default="")),
                ("ruling", models.JSONField(default=dict)),
                ("by_hand", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("comment", models.CharField(blank=True, default="", max_length=500)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("attempted_at", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("failure_code", models.CharField(blank=True, default="", max_length=80)),
                ("failure_words", models.CharField(blank=True, default="", max_length=500)),
                ("delete_on", models.DateField()),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="moderations",
                        to="service.case",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.channel"
                    ),
                ),
                (
                    "outgoing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="moderations",
                        to="service.outgoing",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="moderations",
                        to="listening.post",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["QUEUED", "SENDING", "UNKNOWN"])),
                        fields=["due_at"],
                        name="service_moderation_due",
                    ),
                    models.Index(fields=["-created_at", "-id"], name="service_moderation_newest"),
                    models.Index(
                        condition=models.Q(("state", "AWAITING")),
                        fields=["created_at", "id"],
                        name="service_moderation_waiting",
                    ),
                    models.Index(fields=["author_native_id"], name="service_moderation_author"),
                    models.Index(fields=["delete_on"], name="service_moderation_delete_on"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "SENDING"), _negated=True),
                            ("lease_until__isnull", False),
                            _connector="OR",
                        ),
                        name="service_moderation_sending_leased",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "DONE"), _negated=True), ("done_at__isnull", False), _connector="OR"
                        ),
                        name="service_moderation_done_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("act__in", ["HIDE", "DELETE", "BLOCK", "REPORT"]), _negated=True),
                            models.Q(("rule", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="service_moderation_has_its_rule",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("act", "CORRECT"), _negated=True),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="service_moderation_corrects",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["AWAITING", "QUEUED", "SENDING", "UNKNOWN"])),
                        fields=("channel", "target_native_id", "act"),
                        name="service_moderation_under_way_once",
                    ),
                ],
            },
        ),
    ]
