import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='identity',
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(
                    *(
                        models.Func(
                            models.F(field),
                            models.Value('@._-'),
                            models.Value('    '),
                            function='translate',
                            output_field=models.TextField(),
                        )
                        for field in ('name', 'handle')
                    ),
                    config='simple',
                ),
                name='people_identity_words',
            ),
        ),
        # Samples of names in the statistics would outlive the names when the table becomes empty; nothing plans by them.
        migrations.RunSQL(
            'ALTER INDEX people_identity_words ALTER COLUMN 1 SET STATISTICS 0',
            migrations.RunSQL.noop,
        ),
    ]
