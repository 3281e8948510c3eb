from __future__ import annotations

from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "resonanz.triage"
    label = "triage"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy."""
        from resonanz.privacy import erasure, retention  # noqa: PLC0415
        from resonanz.triage import erasure as part  # noqa: PLC0415
        from resonanz.triage import personal_data  # noqa: PLC0415
        from resonanz.triage.learning import agreeing  # noqa: PLC0415
        from resonanz.triage.learning import retention as due  # noqa: PLC0415

        personal_data.declare()
        erasure.register(part.PART)
        retention.register(name="names of who checked", delete_due=agreeing.forget_names)
        retention.register(name="typed examples", delete_due=due.delete_old_examples)
        retention.register(name="runs of learning", delete_due=due.delete_old_runs)
