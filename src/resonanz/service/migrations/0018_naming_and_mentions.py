import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_neutral_readers"),
        ("listening", "0003_words_of_the_history"),
        ("networks", "0004_waiting_channels"),
        ("people", "0004_target_groups"),
        ("service", "0017_breached_clause"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NoteMention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="names_employees",
            field=models.BooleanField(default=False),
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
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="casepost",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("CONTEXT", "Context"),
                    ("PRAISE", "Praise"),
                    ("SPAM", "Spam"),
                    ("TROLL", "Troll"),
                    ("NOT_OURS", "Not Ours"),
                    ("ANSWERED_ELSEWHERE", "Answered Elsewhere"),
                    ("REMOVED", "Removed"),
                    ("IN_PRIVATE", "In Private"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("names_employees", True), ("state", "RESOLVED")),
                fields=["resolved_at"],
                name="service_case_naming",
            ),
        ),
        migrations.AddField(
            model_name="notemention",
            name="note",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to="service.casenote",
            ),
        ),
        migrations.AddField(
            model_name="notemention",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="notemention",
            constraint=models.UniqueConstraint(fields=("note", "user"), name="service_note_mention_once"),
        ),
    ]
