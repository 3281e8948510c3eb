from __future__ import annotations

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "resonanz.pipeline"
    label = "pipeline"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy, and what it tells of channels."""
        from resonanz.duties import alarms  # noqa: PLC0415
        from resonanz.pipeline import erasure as part  # noqa: PLC0415
        from resonanz.pipeline import personal_data, silence  # noqa: PLC0415
        from resonanz.pipeline import retention as due  # noqa: PLC0415
        from resonanz.privacy import erasure, retention  # noqa: PLC0415

        personal_data.declare()
        alarms.watch(name="providers", due=silence.due)
        erasure.register(part.PART)
        retention.register(name="rejected files", delete_due=due.delete_due_files)
        retention.register(name="deliveries of webhooks", delete_due=due.delete_due_arrivals)
        retention.register(name="notes of batches", delete_due=due.delete_due_batches)
        retention.register(name="shapes of unknown events", delete_due=due.delete_due_shapes)
        retention.register(name="deliveries put aside", delete_due=due.delete_due_deliveries)
