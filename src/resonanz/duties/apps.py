from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DutiesConfig(AppConfig):
    name = "resonanz.duties"
    label = "duties"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy, and what is there from the first minute."""
        from resonanz.duties import personal_data  # noqa: PLC0415
        from resonanz.duties import retention as due  # noqa: PLC0415
        from resonanz.duties.calendars import ensure_defaults  # noqa: PLC0415
        from resonanz.privacy import retention  # noqa: PLC0415

        personal_data.declare()
        retention.register(name="past absences", delete_due=due.delete_past_absences)
        retention.register(name="past shifts", delete_due=due.delete_past_shifts)
        post_migrate.connect(
            lambda **_: ensure_defaults(), sender=self, weak=False, dispatch_uid="duties.ensure_defaults"
        )
