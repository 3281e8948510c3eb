from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "resonanz.people"
    label = "people"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy."""
        from resonanz.people import erasure as part  # noqa: PLC0415
        from resonanz.people import personal_data, staff  # noqa: PLC0415
        from resonanz.people import retention as due  # noqa: PLC0415
        from resonanz.privacy import erasure, retention  # noqa: PLC0415

        personal_data.declare()
        erasure.register(part.PART)
        retention.register(name="people", delete_due=due.delete_due)
        retention.register(name="staff_accounts", delete_due=staff.delete_due)
