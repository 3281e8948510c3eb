import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("listening", "0002_index_of_what_was_said"),
        ("networks", "0003_brands"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(fields=["-posted_at", "-id"], name="listening_post_newest_first"),
        ),
        AddIndexConcurrently(
            model_name="post",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.Func(
                        models.F("language"),
                        template="CASE WHEN %(expressions)s = 'en' THEN 'english'::regconfig ELSE 'german' END",
                    ),
                    models.F("text"),
                    function="to_tsvector",
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
                name="listening_post_words",
            ),
        ),
    ]
