from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('listening', '0001_initial'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='post',
            index=models.Index(condition=models.Q(('is_context', False), ('speaker', 'OUTSIDER'), ('visibility', 'PUBLIC')), fields=['-posted_at', '-id'], name='listening_post_said'),
        ),
        RemoveIndexConcurrently(
            model_name='post',
            name='listening_post_newest',
        ),
    ]
