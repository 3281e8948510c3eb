from __future__ import annotations

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "resonanz.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy."""
        from resonanz.privacy import audit, housekeeping, personal_data, retention  # noqa: PLC0415

        personal_data.declare()
        retention.register(name="erased again", delete_due=housekeeping.erase_again)
        retention.register(name="audit", delete_due=lambda _day, limit: audit.delete_old(limit=limit))
        retention.register(name="jobs", delete_due=housekeeping.delete_finished_jobs)
