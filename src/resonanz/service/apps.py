from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ServiceConfig(AppConfig):
    name = "resonanz.service"
    label = "service"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy, and what is there from the first minute."""
        from resonanz.listening import erasure as posts  # noqa: PLC0415
        from resonanz.privacy import erasure, retention  # noqa: PLC0415
        from resonanz.service import erasure as part  # noqa: PLC0415
        from resonanz.service import personal_data  # noqa: PLC0415
        from resonanz.service import retention as due  # noqa: PLC0415
        from resonanz.service.calendars import ensure_defaults  # noqa: PLC0415

        personal_data.declare()
        posts.keep_while(name="being answered", needed=part.BEING_ANSWERED)
        erasure.register(part.PART)
        retention.register(name="earlier wordings", delete_due=due.delete_unneeded_wordings)
        retention.register(name="answers", delete_due=due.delete_due_answers)
        retention.register(name="notes", delete_due=due.delete_due_notes)
        retention.register(name="posts in cases", delete_due=due.delete_due_posts)
        post_migrate.connect(
            lambda **_: ensure_defaults(), sender=self, weak=False, dispatch_uid="service.ensure_defaults"
        )
