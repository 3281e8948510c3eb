import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0007_ratings"),
    ]

    operations = [
        migrations.CreateModel(
            name="PostQuote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("native_id", models.CharField(blank=True, default="", max_length=512)),
                ("url", models.CharField(blank=True, default="", max_length=2000)),
                ("author_native_id", models.CharField(blank=True, default="", max_length=512)),
                ("author_handle", models.CharField(blank=True, default="", max_length=255)),
                ("author_name", models.CharField(blank=True, default="", max_length=200)),
                ("text", models.TextField(blank=True, default="")),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="quote", to="listening.post"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("native_id", ""), _negated=True),
                        fields=["native_id"],
                        name="listening_quoted_post",
                    ),
                    models.Index(
                        condition=models.Q(("author_native_id", ""), _negated=True),
                        fields=["author_native_id"],
                        name="listening_quoted_author",
                    ),
                ],
            },
        ),
    ]
