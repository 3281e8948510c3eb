import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0004_media"),
        ("triage", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CompanyLabel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("description", models.CharField(blank=True, default="", max_length=500)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LabelExample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("value", models.BooleanField()),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LabelWeek",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=32)),
                ("monday", models.DateField()),
                ("posts", models.PositiveIntegerField(default=0)),
                ("yes", models.PositiveIntegerField(default=0)),
                ("unsure", models.PositiveIntegerField(default=0)),
                ("mean", models.FloatField(default=0.0)),
                ("checked", models.PositiveIntegerField(default=0)),
                ("corrected", models.PositiveIntegerField(default=0)),
                ("people", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="LearningChoices",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("learns_from_private", models.BooleanField(default=False)),
                ("takes_by_itself", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="LearningRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("REFIT", "Refit"), ("REEVALUATE", "Reevaluate")], max_length=10)),
                ("label", models.CharField(blank=True, default="", max_length=32)),
                ("days", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting"),
                            ("RUNNING", "Running"),
                            ("DONE", "Done"),
                            ("CANCELLED", "Cancelled"),
                            ("FAILED", "Failed"),
                        ],
                        default="WAITING",
                        max_length=9,
                    ),
                ),
                ("step", models.CharField(blank=True, default="", max_length=10)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("last_post_id", models.BigIntegerField(null=True)),
                ("forgets", models.BooleanField(default=False)),
                ("failure", models.CharField(blank=True, default="", max_length=64)),
                ("begun_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LearntHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=32)),
                (
                    "place",
                    models.CharField(
                        choices=[("CHAMPION", "Champion"), ("CHALLENGER", "Challenger"), ("EARLIER", "Earlier")],
                        max_length=10,
                    ),
                ),
                ("version", models.CharField(max_length=64)),
                ("code", models.CharField(max_length=32)),
                ("weights", models.BinaryField()),
                ("learnt_from", models.JSONField(default=list)),
                ("texts", models.PositiveIntegerField()),
                ("figures", models.JSONField(default=dict)),
                ("base", models.JSONField(default=dict)),
                ("trained_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="evaluation",
            name="chances",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="feedback",
            name="agreed",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="feedback",
            name="in_clean_sample",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="feedback",
            name="how",
            field=models.CharField(
                choices=[
                    ("OWN", "Own"),
                    ("UNSURE", "Unsure"),
                    ("RANDOM", "Random"),
                    ("AGAIN", "Again"),
                    ("EXAMPLE", "Example"),
                ],
                default="OWN",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="second_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="feedback",
            name="judged_probability",
            field=models.FloatField(null=True),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["label", "at"], name="triage_feedback_of_label"),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(("by__isnull", False), ("second_by__isnull", False), _connector="OR"),
                fields=["at"],
                name="triage_feedback_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="companylabel",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="triage_company_label_once"
            ),
        ),
        migrations.AddField(
            model_name="labelexample",
            name="label",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="examples", to="triage.companylabel"
            ),
        ),
        migrations.AddConstraint(
            model_name="labelweek",
            constraint=models.UniqueConstraint(fields=("label", "monday"), name="triage_label_week_once"),
        ),
        migrations.AddConstraint(
            model_name="learningchoices",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="triage_learning_choices_once"),
        ),
        migrations.AddConstraint(
            model_name="learningrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["WAITING", "RUNNING"])),
                fields=("kind", "label"),
                name="triage_run_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="learnthead",
            constraint=models.UniqueConstraint(
                condition=models.Q(("place__in", ["CHAMPION", "CHALLENGER"])),
                fields=("label", "place"),
                name="triage_head_one_of_each",
            ),
        ),
    ]
