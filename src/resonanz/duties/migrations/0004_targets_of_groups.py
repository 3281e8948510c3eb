import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0003_matrix_and_presence"),
        ("people", "0004_target_groups"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="responsetarget",
            name="duties_target_once",
        ),
        migrations.AddField(
            model_name="responsetarget",
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
            model_name="responsetarget",
            constraint=models.UniqueConstraint(
                fields=("kind", "network", "intent", "urgency", "group"),
                name="duties_target_once",
                nulls_distinct=False,
            ),
        ),
    ]
