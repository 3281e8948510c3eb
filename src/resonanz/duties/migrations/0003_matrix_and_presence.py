import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_brands"),
        ("duties", "0002_hours_and_targets"),
        ("listening", "0003_words_of_the_history"),
        ("networks", "0003_brands"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_date", models.DateField()),
                ("last_date", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="Capacity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("most_open", models.PositiveIntegerField(blank=True, null=True)),
                ("languages", models.JSONField(blank=True, default=list)),
            ],
        ),
        migrations.CreateModel(
            name="EscalationStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("after_minutes", models.PositiveIntegerField()),
                (
                    "to",
                    models.CharField(
                        choices=[("DEPUTY", "Deputy"), ("ON_CALL", "On Call"), ("TEAM", "Team"), ("LEAD", "Lead")],
                        max_length=8,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("on_call", models.BooleanField(default=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="responsibility",
            name="duties_responsibility_once",
        ),
        migrations.AddField(
            model_name="responsibility",
            name="language",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="network",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="nobody",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="on_call",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="times",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name="responsibility",
            name="channel",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="responsibilities",
                to="networks.channel",
            ),
        ),
        migrations.AlterField(
            model_name="responsibility",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="responsibility",
            constraint=models.UniqueConstraint(
                fields=("channel", "network", "topic", "intent", "language", "times"),
                name="duties_responsibility_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="responsibility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("deputy__isnull", True), ("nobody", True), ("on_call__isnull", True), ("owner__isnull", True)
                    ),
                    models.Q(
                        ("nobody", False), models.Q(("owner__isnull", False), ("team__isnull", False), _connector="OR")
                    ),
                    _connector="OR",
                ),
                name="duties_responsibility_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="responsibility",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__isnull", True), ("network", ""), _connector="OR"),
                name="duties_responsibility_channel_or_network",
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="absences", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="capacity",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="capacity", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="escalationstep",
            name="team",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.team"
            ),
        ),
        migrations.AddField(
            model_name="shift",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="shifts", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="absence",
            index=models.Index(fields=["last_date"], name="duties_absence_until"),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_date__gte", models.F("first_date"))), name="duties_absence_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.UniqueConstraint(fields=("user", "first_date", "last_date"), name="duties_absence_once"),
        ),
        migrations.AddConstraint(
            model_name="escalationstep",
            constraint=models.UniqueConstraint(
                fields=("team", "after_minutes"), name="duties_escalation_step_once", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="shift",
            index=models.Index(fields=["ends_at"], name="duties_shift_until"),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="duties_shift_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.UniqueConstraint(fields=("user", "starts_at", "on_call"), name="duties_shift_once"),
        ),
    ]
