from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "resonanz.web"
    label = "web"

    def ready(self) -> None:
        """Messages that leave the house get their words here, and whoever signs out works on nothing any more."""
        from django.contrib.auth.signals import user_logged_out  # noqa: PLC0415

        from resonanz.accounts import notifications  # noqa: PLC0415
        from resonanz.accounts.models import User  # noqa: PLC0415
        from resonanz.service.work import leases  # noqa: PLC0415
        from resonanz.web.wording.warning_words import say  # noqa: PLC0415

        def let_go(user: object = None, **_: object) -> None:
            if isinstance(user, User):
                leases.leave(user=user)

        notifications.say_with(say)
        user_logged_out.connect(let_go, weak=False, dispatch_uid="web.let_go")
