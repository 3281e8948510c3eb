from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GuidelinesConfig(AppConfig):
    name = "resonanz.guidelines"
    label = "guidelines"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy, and what is there from the first minute."""
        from resonanz.guidelines import personal_data  # noqa: PLC0415
        from resonanz.guidelines import retention as due  # noqa: PLC0415
        from resonanz.guidelines.in_force import ensure_starter  # noqa: PLC0415
        from resonanz.privacy import retention  # noqa: PLC0415

        personal_data.declare()
        retention.register(name="readings of the guideline", delete_due=due.delete_due_readings)
        retention.register(name="links to the guideline", delete_due=due.delete_ended_links)
        retention.register(name="acknowledgements", delete_due=due.delete_old_acknowledgements)
        post_migrate.connect(
            lambda **_: ensure_starter(), sender=self, weak=False, dispatch_uid="guidelines.ensure_starter"
        )
