from __future__ import annotations

from django.apps import AppConfig


class ListeningConfig(AppConfig):
    name = "resonanz.listening"
    label = "listening"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy."""
        from resonanz.listening import erasure as part  # noqa: PLC0415
        from resonanz.listening import personal_data  # noqa: PLC0415
        from resonanz.listening import retention as due  # noqa: PLC0415
        from resonanz.privacy import erasure, retention  # noqa: PLC0415

        personal_data.declare()
        erasure.register(part.PART)
        retention.register(name="posts", delete_due=due.delete_due)
