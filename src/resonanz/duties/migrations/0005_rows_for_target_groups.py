import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_neutral_readers"),
        ("duties", "0004_targets_of_groups"),
        ("listening", "0003_words_of_the_history"),
        ("networks", "0004_waiting_channels"),
        ("people", "0004_target_groups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="responsibility",
            name="duties_responsibility_once",
        ),
        migrations.AddField(
            model_name="responsibility",
            name="group",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="people.targetgroup",
            ),
        ),
        migrations.AddConstraint(
            model_name="responsibility",
            constraint=models.UniqueConstraint(
                fields=("channel", "network", "topic", "group", "intent", "language", "times"),
                name="duties_responsibility_once",
                nulls_distinct=False,
            ),
        ),
    ]
