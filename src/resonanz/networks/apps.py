from __future__ import annotations

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "resonanz.networks"
    label = "networks"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy."""
        from resonanz.networks import personal_data  # noqa: PLC0415

        personal_data.declare()
