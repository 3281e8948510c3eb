import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='identity',
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector('name', 'handle', config='simple'),
                name='people_identity_words',
            ),
        ),
    ]
