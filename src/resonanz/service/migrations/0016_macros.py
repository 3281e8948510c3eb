import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0003_words_of_the_history"),
        ("service", "0015_aftermath"),
    ]

    operations = [
        migrations.CreateModel(
            name="Macro",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("german", models.TextField(blank=True, default="")),
                ("english", models.TextField(blank=True, default="")),
                (
                    "intent",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("COMPLAINT", "Complaint"),
                            ("QUESTION", "Question"),
                            ("PRAISE", "Praise"),
                            ("OTHER", "Other"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("network", models.CharField(blank=True, default="", max_length=32)),
                ("changed_at", models.DateTimeField()),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="listening.topic",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="outgoing",
            name="macro",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="outgoings",
                to="service.macro",
            ),
        ),
        migrations.AddConstraint(
            model_name="macro",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="service_macro_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="macro",
            constraint=models.CheckConstraint(
                condition=models.Q(("english", ""), ("german", ""), _negated=True), name="service_macro_says_something"
            ),
        ),
    ]
