import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("listening", "0005_screenshots"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="post",
            index=django.contrib.postgres.indexes.HashIndex(
                condition=models.Q(("url", ""), _negated=True), fields=["url"], name="listening_post_address"
            ),
        ),
    ]
