import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0004_media"),
        ("triage", "0002_learning"),
    ]

    operations = [
        migrations.CreateModel(
            name="Likeness",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="likeness",
                        serialize=False,
                        to="listening.post",
                    ),
                ),
                ("digest", models.BigIntegerField()),
                (
                    "bands",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("alike", models.BigIntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["digest", "post"], name="triage_likeness_same"),
                    django.contrib.postgres.indexes.GinIndex(fields=["bands"], name="triage_likeness_near"),
                    models.Index(
                        condition=models.Q(("alike__isnull", False)),
                        fields=["alike", "post"],
                        name="triage_likeness_alike",
                    ),
                ],
            },
        ),
    ]
