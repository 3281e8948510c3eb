import django.db.models.deletion
from django.db import migrations, models


def _name_the_default(apps, schema_editor):
    """The oldest calendar held for everybody so far."""
    calendars = apps.get_model("duties", "BusinessCalendar")
    oldest = calendars.objects.order_by("id").values_list("id", flat=True).first()
    calendars.objects.filter(id=oldest).update(is_default=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_brands"),
        ("duties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CompanyDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("first_date", models.DateField()),
                ("last_date", models.DateField()),
                ("periods", models.JSONField(blank=True, default=list)),
            ],
        ),
        migrations.CreateModel(
            name="TeamCalendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.AddField(
            model_name="businesscalendar",
            name="is_default",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="responsetarget",
            name="alarm_minutes",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="responsetarget",
            name="intent",
            field=models.CharField(
                blank=True,
                choices=[
                    ("COMPLAINT", "Complaint"),
                    ("QUESTION", "Question"),
                    ("PRAISE", "Praise"),
                    ("OTHER", "Other"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="responsetarget",
            name="kind",
            field=models.CharField(
                choices=[("FIRST", "First"), ("NEXT", "Next"), ("RESOLUTION", "Resolution")],
                default="FIRST",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="responsetarget",
            name="urgency",
            field=models.CharField(blank=True, choices=[("HIGH", "High")], default="", max_length=4),
        ),
        migrations.AlterField(
            model_name="responsetarget",
            name="network",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddConstraint(
            model_name="businesscalendar",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)), fields=("is_default",), name="duties_calendar_one_default"
            ),
        ),
        migrations.AddConstraint(
            model_name="responsetarget",
            constraint=models.UniqueConstraint(
                fields=("kind", "network", "intent", "urgency"), name="duties_target_once"
            ),
        ),
        migrations.AddField(
            model_name="companyday",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="company_days",
                to="duties.businesscalendar",
            ),
        ),
        migrations.AddField(
            model_name="teamcalendar",
            name="calendar",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="team_calendars", to="duties.businesscalendar"
            ),
        ),
        migrations.AddField(
            model_name="teamcalendar",
            name="team",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.team"
            ),
        ),
        migrations.AddConstraint(
            model_name="companyday",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_date__gte", models.F("first_date"))), name="duties_company_day_in_order"
            ),
        ),
        migrations.RunPython(_name_the_default, migrations.RunPython.noop),
    ]
