from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "resonanz.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy."""
        from resonanz.accounts import personal_data  # noqa: PLC0415
        from resonanz.accounts import retention as due  # noqa: PLC0415
        from resonanz.privacy import retention  # noqa: PLC0415

        personal_data.declare()
        retention.register(name="sessions", delete_due=due.delete_ended_sessions)
        retention.register(name="attempts to sign in", delete_due=due.delete_old_attempts)
        retention.register(name="sign-in links", delete_due=due.delete_spent_links)
        retention.register(name="notifications", delete_due=due.delete_old_notifications)
