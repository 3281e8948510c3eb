import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("listening", "0003_words_of_the_history"),
        ("networks", "0003_brands"),
        ("service", "0008_duties_move_out"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="casenote",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector("text", config="german"),
                    "||",
                    django.contrib.postgres.search.SearchVector("text", config="english"),
                    django.contrib.postgres.search.SearchConfig("german"),
                ),
                name="service_case_note_words",
            ),
        ),
        AddIndexConcurrently(
            model_name="outgoing",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector("text", config="german"),
                    "||",
                    django.contrib.postgres.search.SearchVector("text", config="english"),
                    django.contrib.postgres.search.SearchConfig("german"),
                ),
                condition=models.Q(("state", "SENT")),
                name="service_outgoing_words",
            ),
        ),
    ]
