from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0006_addresses_of_posts"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="rating",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating__isnull", True), ("rating__range", (1, 5)), _connector="OR"),
                name="listening_post_rating_of_five",
            ),
        ),
    ]
