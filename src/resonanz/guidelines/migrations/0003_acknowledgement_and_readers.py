import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


# Answers name a clause of a version for years. What it said must not change behind them.
CREATE = """
CREATE FUNCTION guidelines_published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version of the guideline never changes';
END
$$;
CREATE TRIGGER guidelines_published_stays BEFORE UPDATE ON guidelines_guideline FOR EACH ROW
WHEN (OLD.state = 'PUBLISHED' AND (
    NEW.state <> OLD.state OR NEW.document <> OLD.document OR NEW.version <> OLD.version
    OR NEW.series <> OLD.series OR NEW.part <> OLD.part
))
EXECUTE FUNCTION guidelines_published_stays();
"""
DROP = """
DROP TRIGGER guidelines_published_stays ON guidelines_guideline;
DROP FUNCTION guidelines_published_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_notifications"),
        ("guidelines", "0002_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReaderLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.PositiveBigIntegerField(default=0)),
                ("name", models.CharField(max_length=120)),
                ("domain", models.CharField(max_length=253)),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("tried", models.PositiveIntegerField(default=0)),
                ("tried_since", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("email", models.EmailField(max_length=254)),
                ("at", models.DateTimeField()),
                ("delete_on", models.DateField()),
            ],
        ),
        migrations.AddIndex(
            model_name="guideline",
            index=models.Index(
                condition=models.Q(("state", "PUBLISHED")),
                fields=["part", "series", "-effective_at", "-version"],
                name="guidelines_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="guideline",
            constraint=models.UniqueConstraint(fields=("series", "part", "version"), name="guidelines_version_once"),
        ),
        migrations.AddConstraint(
            model_name="guideline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "PUBLISHED"), _negated=True),
                fields=("series", "part"),
                name="guidelines_one_at_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="guideline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("effective_at__isnull", False),
                        ("published_at__isnull", False),
                        ("state", "PUBLISHED"),
                        ("version__gte", 1),
                    ),
                    models.Q(
                        models.Q(("state", "PUBLISHED"), _negated=True),
                        ("effective_at__isnull", True),
                        ("published_at__isnull", True),
                        ("version__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="guidelines_published_in_full",
            ),
        ),
        migrations.AddConstraint(
            model_name="guideline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("council", "CONSENTED"), ("council_date__isnull", False)),
                    models.Q(models.Q(("council", "CONSENTED"), _negated=True), ("council_date__isnull", True)),
                    _connector="OR",
                ),
                name="guidelines_consent_has_a_day",
            ),
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="guideline",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="acknowledgements", to="guidelines.guideline"
            ),
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="readerlink",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reading",
            name="guideline",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="guidelines.guideline"
            ),
        ),
        migrations.AddField(
            model_name="reading",
            name="link",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="readings",
                to="guidelines.readerlink",
            ),
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.UniqueConstraint(fields=("guideline", "user"), name="guidelines_acknowledged_once"),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=models.Index(fields=["delete_on"], name="guidelines_reading_due"),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.UniqueConstraint(
                models.F("guideline"), django.db.models.functions.text.Lower("email"), name="guidelines_read_once"
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
