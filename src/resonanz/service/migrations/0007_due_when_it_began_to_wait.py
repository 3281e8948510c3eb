from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('service', '0006_index_of_answers')]

    operations = [
        migrations.AddField(
            model_name='casepost',
            name='due_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(
            "UPDATE service_casepost place SET due_at = c.answer_due_at FROM service_case c"
            " WHERE c.id = place.case_id AND place.state = 'OPEN'",
            migrations.RunSQL.noop,
        ),
    ]
