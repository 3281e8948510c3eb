from __future__ import annotations

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "resonanz.networks"
    label = "networks"

    def ready(self) -> None:
        """Enter in the registers of privacy what this room holds of people, and how long networks let it be kept."""
        from resonanz.networks import personal_data  # noqa: PLC0415
        from resonanz.networks.connections import hanging, spending, terms  # noqa: PLC0415
        from resonanz.privacy import retention  # noqa: PLC0415

        personal_data.declare()
        terms.declare()
        retention.register(name="who connected a channel and is gone", delete_due=hanging.forget_gone)
        retention.register(name="counts of what was spent", delete_due=spending.delete_due)
