from django.db import migrations

# The three tables belong to the room `duties`; duties 0001 takes them up under their new names, with their rows.
_TABLES = ["businesscalendar", "responsetarget", "responsibility"]


class Migration(migrations.Migration):
    dependencies = [("service", "0007_due_when_it_began_to_wait")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                *[
                    migrations.RunSQL(
                        f"ALTER TABLE service_{table} RENAME TO duties_{table}",
                        f"ALTER TABLE duties_{table} RENAME TO service_{table}",
                    )
                    for table in _TABLES
                ],
                migrations.RunSQL(
                    "ALTER INDEX service_responsibility_once RENAME TO duties_responsibility_once",
                    "ALTER INDEX duties_responsibility_once RENAME TO service_responsibility_once",
                ),
            ],
            state_operations=[
                migrations.DeleteModel("Responsibility"),
                migrations.DeleteModel("ResponseTarget"),
                migrations.DeleteModel("BusinessCalendar"),
            ],
        )
    ]
