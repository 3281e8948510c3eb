import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0004_media"),
        ("service", "0021_attachments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AssistantCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("ends_at", models.DateTimeField()),
                ("tokens", models.PositiveIntegerField()),
                ("cost", models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="AssistantMonth",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False)),
                ("asked", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("tokens_in", models.PositiveBigIntegerField(default=0)),
                ("tokens_out", models.PositiveBigIntegerField(default=0)),
                ("milliseconds", models.PositiveBigIntegerField(default=0)),
                ("cost", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="outgoing",
            name="machine_percent",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Assistant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField(default=False)),
                ("endpoint", models.CharField(max_length=500)),
                ("model", models.CharField(max_length=200)),
                ("key", models.BinaryField(blank=True, null=True)),
                ("processor", models.CharField(blank=True, default="", max_length=200)),
                (
                    "place",
                    models.CharField(
                        blank=True,
                        choices=[("HOUSE", "House"), ("EEA", "Eea"), ("ADEQUATE", "Adequate"), ("CLAUSES", "Clauses")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("address", models.CharField(blank=True, default="", max_length=300)),
                ("contract_on", models.DateField(blank=True, null=True)),
                ("with_private", models.BooleanField(default=False)),
                ("with_sensitive", models.BooleanField(default=False)),
                ("tokens_a_month", models.PositiveIntegerField(default=2000000)),
                ("cents_a_month", models.PositiveIntegerField(default=2000)),
                ("price_in", models.PositiveIntegerField(default=0)),
                ("price_out", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="service_assistant_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_on", False),
                            models.Q(
                                models.Q(("endpoint", ""), _negated=True),
                                models.Q(("model", ""), _negated=True),
                                models.Q(("processor", ""), _negated=True),
                                models.Q(("place", ""), _negated=True),
                                models.Q(("address", ""), _negated=True),
                                ("contract_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="service_assistant_on_with_contract",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MachineDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("ASKED", "Asked"), ("READY", "Ready"), ("FAILED", "Failed")],
                        default="ASKED",
                        max_length=6,
                    ),
                ),
                ("failure_code", models.CharField(blank=True, default="", max_length=80)),
                ("text", models.TextField(blank=True, default="")),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("left_out", models.PositiveSmallIntegerField(default=0)),
                (
                    "prints",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="machine_drafts", to="service.case"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="listening.post"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["asked_at"], name="service_machine_draft_asked")],
            },
        ),
        migrations.CreateModel(
            name="Snippet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120)),
                ("german", models.TextField(blank=True, default="")),
                ("english", models.TextField(blank=True, default="")),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, default="", max_length=2000)),
                ("changed_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("topics", models.ManyToManyField(blank=True, related_name="+", to="listening.topic")),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector("title", "german", config="german"),
                            "||",
                            django.contrib.postgres.search.SearchVector("title", "english", config="english"),
                            django.contrib.postgres.search.SearchConfig("german"),
                        ),
                        name="service_snippet_words",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("title"), name="service_snippet_title_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("english", ""), ("german", ""), _negated=True),
                        name="service_snippet_says_something",
                    ),
                ],
            },
        ),
    ]
