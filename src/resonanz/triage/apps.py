from __future__ import annotations

from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "resonanz.triage"
    label = "triage"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy."""
        from resonanz.triage import personal_data  # noqa: PLC0415

        personal_data.declare()
