from django.db import migrations


class Migration(migrations.Migration):
    """Lists are quick as long as the database knows how many cases whom belong to.

    Of a million cases a tenth may move in one act (a team is dissolved, a world is filled). The database looks anew
    by itself only after a tenth has changed; until then it read the list of a team from end to end (12 ms instead of
    one). A hundredth is soon enough, and looking takes a fraction of a second.
    """

    dependencies = [("service", "0023_declarations_and_rank")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE service_case SET (autovacuum_analyze_scale_factor = 0.01)",
            "ALTER TABLE service_case RESET (autovacuum_analyze_scale_factor)",
        )
    ]
