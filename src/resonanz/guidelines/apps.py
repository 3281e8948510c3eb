from __future__ import annotations

from django.apps import AppConfig


class GuidelinesConfig(AppConfig):
    name = "resonanz.guidelines"
    label = "guidelines"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy."""
        from resonanz.guidelines import personal_data  # noqa: PLC0415

        personal_data.declare()
