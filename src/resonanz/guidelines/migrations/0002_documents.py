import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# What was said to colleagues about the four rules that every installation had so far.
WORDS = {
    "starter.nothing_said": ("Ohne Text gibt es keine Antwort.", "Without a text there is no answer."),
    "starter.too_long": (
        "Eine Antwort ist so kurz, wie das Netzwerk es verlangt.",
        "An answer is as short as the network demands.",
    ),
    "starter.analysts_listen": (
        "Wer die Rolle Auswertung hat, liest Beiträge und beantwortet sie nicht.",
        "With the role Analysis, posts are read, not answered.",
    ),
    "starter.colleagues_answer": ("Kolleginnen und Kollegen dürfen antworten.", "Colleagues may answer."),
}
CONDITIONS = ("roles", "networks", "visibilities", "intents", "only_blank", "only_longer_than_network")


def write_documents(apps, schema_editor):
    Guideline = apps.get_model("guidelines", "Guideline")
    for row in Guideline.objects.order_by("pk"):
        row.document = as_document(row.rules)
        row.is_starter = all(rule["clause"] in WORDS for rule in row.rules)
        row.changed_at = row.published_at = row.created_at
        row.save(update_fields=["document", "is_starter", "changed_at", "published_at"])


def as_document(rules):
    clauses = []
    for number, rule in enumerate(rules, start=1):
        german, english = WORDS.get(rule["clause"], (rule["clause"], rule["clause"]))
        conditions = {name: rule[name] for name in CONDITIONS if rule.get(name)}
        clauses.append(
            {
                "number": f"1.{number}",
                "text": {"de": german, "en": english},
                "conduct": False,
                "rule": {"outcome": rule["outcome"], **conditions},
            }
        )
    heading = {"de": "Personen und Rollen", "en": "Persons and roles"}
    section = {"key": "roles", "heading": heading, "text": {"de": "", "en": ""}, "clauses": clauses}
    return {"format": 1, "address": "", "sections": [section]}


class Migration(migrations.Migration):
    dependencies = [
        ("guidelines", "0001_initial"),
        ("accounts", "0003_brands"),
    ]

    operations = [
        migrations.AlterField("guideline", "version", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AlterField("guideline", "effective_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("guideline", "series", models.PositiveBigIntegerField(default=0)),
        migrations.AddField(
            "guideline",
            "brand",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="guidelines",
                to="accounts.brand",
            ),
        ),
        migrations.AddField(
            "guideline",
            "part",
            models.CharField(
                choices=[("OFFICIAL", "Official"), ("EMPLOYEES", "Employees")], default="OFFICIAL", max_length=9
            ),
        ),
        migrations.AddField(
            "guideline",
            "state",
            models.CharField(
                choices=[("DRAFT", "Draft"), ("SIGNED", "Signed"), ("PUBLISHED", "Published")],
                default="PUBLISHED",
                max_length=9,
            ),
        ),
        migrations.AddField("guideline", "document", models.JSONField(default=dict), preserve_default=False),
        migrations.AddField("guideline", "revision", models.PositiveIntegerField(default=1)),
        migrations.AddField("guideline", "earlier", models.JSONField(blank=True, default=list)),
        migrations.AddField(
            "guideline",
            "based_on",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="guidelines.guideline",
            ),
        ),
        migrations.AddField("guideline", "is_emergency", models.BooleanField(default=False)),
        migrations.AddField("guideline", "is_starter", models.BooleanField(default=False)),
        migrations.AddField(
            "guideline",
            "council",
            models.CharField(
                choices=[
                    ("NOT_CONCERNED", "Not Concerned"),
                    ("CONSENTED", "Consented"),
                    ("NO_COUNCIL", "No Council"),
                    ("NOT_YET", "Not Yet"),
                ],
                default="NOT_CONCERNED",
                max_length=13,
            ),
        ),
        migrations.AddField("guideline", "council_date", models.DateField(blank=True, null=True)),
        *[
            migrations.AddField(
                "guideline",
                f"{act}_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            )
            for act in ("created", "changed", "signed")
        ],
        migrations.AddField(
            "guideline", "changed_at", models.DateTimeField(default=django.utils.timezone.now), preserve_default=False
        ),
        migrations.AddField("guideline", "signed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("guideline", "published_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(write_documents, migrations.RunPython.noop),
        migrations.RemoveField("guideline", "rules"),
    ]
