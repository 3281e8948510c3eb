from django.db import migrations, models

NAME = """
UPDATE service_case c SET network = COALESCE(
    (
        SELECT said.network FROM service_casepost place JOIN listening_post said ON said.id = place.post_id
        WHERE place.case_id IN (c.id, c.merged_into_id)
        ORDER BY place.case_id = c.id DESC, said.root_native_id = c.root_native_id DESC, place.id LIMIT 1
    ),
    (SELECT network FROM networks_channel WHERE id = c.channel_id)
)
"""
"""Where its posts were said; of a case without any, the channel's."""


class Migration(migrations.Migration):
    """Some channels bring what was said on many networks, whose threads may have the same numbers."""

    dependencies = [("listening", "0007_ratings"), ("service", "0024_statistics_in_time")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="network",
            field=models.CharField(default="", max_length=32),
            preserve_default=False,
        ),
        migrations.RunSQL(NAME, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="case", name="service_case_open_once"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "OPEN")),
                fields=("channel", "network", "origin", "root_native_id", "visibility", "private_with"),
                name="service_case_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("network", ""), _negated=True), name="service_case_somewhere"
            ),
        ),
    ]
