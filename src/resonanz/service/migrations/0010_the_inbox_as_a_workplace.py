import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_brands"),
        ("listening", "0003_words_of_the_history"),
        ("networks", "0003_brands"),
        ("people", "0002_index_of_names"),
        ("service", "0009_words_of_the_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="CaseTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                (
                    "audience",
                    models.CharField(
                        choices=[("OWN", "Own"), ("TEAM", "Team"), ("EVERYBODY", "Everybody")],
                        default="OWN",
                        max_length=9,
                    ),
                ),
                ("listed", models.CharField(max_length=16)),
                ("asked", models.CharField(blank=True, default="", max_length=200)),
                ("narrowed", models.JSONField(default=dict)),
                ("position", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("PLAIN", "Plain"),
                            ("ACCENT", "Accent"),
                            ("GOOD", "Good"),
                            ("SOON", "Soon"),
                            ("LATE", "Late"),
                        ],
                        default="PLAIN",
                        max_length=6,
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="service_case_open_once",
        ),
        migrations.AddField(
            model_name="case",
            name="claimed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="claimed_cases",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="claimed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
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
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="is_snoozed",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="private_with",
            field=models.CharField(blank=True, default="", max_length=512),
        ),
        migrations.AddField(
            model_name="case",
            name="returned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="snoozed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(
            "UPDATE service_case c SET private_with = (SELECT post.author_native_id FROM service_casepost place"
            " JOIN listening_post post ON post.id = place.post_id WHERE place.case_id = c.id"
            " AND post.speaker = 'OUTSIDER' ORDER BY post.posted_at, post.id LIMIT 1)"
            " WHERE c.visibility = 'PRIVATE' AND EXISTS (SELECT 1 FROM service_casepost place"
            " JOIN listening_post post ON post.id = place.post_id WHERE place.case_id = c.id"
            " AND post.speaker = 'OUTSIDER')",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "OPEN")),
                fields=("channel", "origin", "root_native_id", "visibility", "private_with"),
                name="service_case_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("claimed_by__isnull", True), ("claimed_until__isnull", False), _connector="OR"),
                name="service_case_claim_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_snoozed", True), ("state", "OPEN")),
                    models.Q(("is_snoozed", False), ("snoozed_until__isnull", True)),
                    _connector="OR",
                ),
                name="service_case_snoozed_open",
            ),
        ),
        migrations.AddField(
            model_name="caselink",
            name="one",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="service.case"
            ),
        ),
        migrations.AddField(
            model_name="caselink",
            name="other",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="service.case"),
        ),
        migrations.AddField(
            model_name="casetag",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="case_tags", to="service.case"
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="saved_views",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to="accounts.team",
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="service_tag_name_once"
            ),
        ),
        migrations.AddField(
            model_name="casetag",
            name="tag",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="case_tags", to="service.tag"
            ),
        ),
        migrations.AddConstraint(
            model_name="caselink",
            constraint=models.UniqueConstraint(fields=("one", "other"), name="service_case_link_once"),
        ),
        migrations.AddConstraint(
            model_name="caselink",
            constraint=models.CheckConstraint(
                condition=models.Q(("one__lt", models.F("other"))), name="service_case_link_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("audience", "TEAM"), ("team__isnull", False)),
                    models.Q(models.Q(("audience", "TEAM"), _negated=True), ("team__isnull", True)),
                    _connector="OR",
                ),
                name="service_saved_view_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetag",
            constraint=models.UniqueConstraint(fields=("tag", "case"), name="service_case_tag_once"),
        ),
    ]
