from __future__ import annotations

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "resonanz.service"
    label = "service"

    def ready(self) -> None:
        """Enter what this room holds of people in the registers of privacy."""
        from resonanz.accounts import colleagues  # noqa: PLC0415
        from resonanz.duties import hours  # noqa: PLC0415
        from resonanz.listening import erasure as posts  # noqa: PLC0415
        from resonanz.people import groups  # noqa: PLC0415
        from resonanz.privacy import erasure, retention  # noqa: PLC0415
        from resonanz.service import erasure as part  # noqa: PLC0415
        from resonanz.service import personal_data  # noqa: PLC0415
        from resonanz.service import retention as due  # noqa: PLC0415
        from resonanz.service.answers import signers_gone  # noqa: PLC0415
        from resonanz.service.earlier_cases import settled_by_identity  # noqa: PLC0415
        from resonanz.service.tasks import recompute_open  # noqa: PLC0415
        from resonanz.service.work import handing  # noqa: PLC0415

        personal_data.declare()
        groups.count_cases_with(settled_by_identity)
        hours.on_change(recompute_open)
        colleagues.when_gone(handing.when_gone)
        colleagues.when_gone(signers_gone.when_gone)
        posts.keep_while(name="being answered", needed=part.BEING_ANSWERED)
        erasure.register(part.PART)
        retention.register(name="earlier wordings", delete_due=due.delete_unneeded_wordings)
        retention.register(name="answers", delete_due=due.delete_due_answers)
        retention.register(name="moderation ledger", delete_due=due.delete_due_moderations)
        retention.register(name="warnings", delete_due=due.delete_old_warnings)
        retention.register(name="known issues", delete_due=due.delete_due_issues)
        retention.register(name="drafts of a machine", delete_due=due.delete_old_machine_drafts)
        retention.register(name="notes", delete_due=due.delete_due_notes)
        retention.register(name="enquiries", delete_due=due.delete_due_enquiries)
        retention.register(name="posts in cases", delete_due=due.delete_due_posts)
        retention.register(name="cases that name employees", delete_due=due.shorten_naming)
