"""Everything that runs by itself, and when (UTC). Work in the background is only ever woken from here or by a row."""

from __future__ import annotations

from datetime import timedelta

from resonanz.accounts.tasks import sweep_notifications
from resonanz.core import jobs
from resonanz.duties import alarms
from resonanz.networks.connections import bringing, renewing
from resonanz.privacy import retention
from resonanz.service import aftermath
from resonanz.service.answers import planning, signers_gone, snippets
from resonanz.service.answers.telling_tasks import revive_tellings
from resonanz.service.tasks import look_for_posted, revive_recomputations, sweep_inbox, sweep_outbox
from resonanz.service.times import musts, warnings
from resonanz.service.work import escalating, handing, parting
from resonanz.triage.learning import counting, runs
from resonanz.triage.learning.forgetting import forget, relearn_outdated

STALLED_AFTER = timedelta(minutes=2)


@jobs.every("* * * * *", name="ops.sweep_outbox", queue=jobs.OUTBOX_QUEUE)
def sweep() -> None:
    """Waiting rows whose job was lost, and replies whose sender died."""
    sweep_outbox()


@jobs.every("* * * * *", name="ops.renew_tokens")
def renew_tokens() -> None:
    """Tokens of channels that end soon."""
    renewing.renew_due()


@jobs.every("* * * * *", name="ops.renew_leases")
def renew_leases() -> None:
    """Networks that bring for a time only."""
    bringing.ask_again()


@jobs.every("* * * * *", name="ops.look_for_posted")
def look_for_answers_posted_by_hand() -> None:
    """Whether they stand on their networks by now."""
    look_for_posted()


@jobs.every("* * * * *", name="ops.sweep_inbox")
def bring_back() -> None:
    """Claims that ended, cases that were put aside until now, and answers whose conversation went on without them."""
    sweep_inbox()
    planning.stop_moved_on()


@jobs.every("*/5 * * * *", name="ops.revive_stalled_jobs")
def revive() -> None:
    """Jobs of workers that were killed."""
    jobs.revive_stalled(older_than=STALLED_AFTER)


@jobs.every("30 1 * * *", name="ops.delete_what_is_due")
def delete_what_is_due() -> None:
    """What has reached its day goes."""
    retention.delete_everything_due()


@jobs.every("10 2 * * *", name="ops.read_how_cases_ended")
def read_how_cases_ended() -> None:
    """Whoever said nothing for a week after our answer is silent."""
    aftermath.read_due()


@jobs.every("40 5 * * *", name="ops.tell_of_old_snippets")
def tell_of_old_snippets() -> None:
    """Whoever keeps a piece of knowledge right hears that its day is over."""
    snippets.tell_owners()


@jobs.every("* * * * *", name="ops.warn_of_what_is_due")
def warn_of_what_is_due() -> None:
    """Musts that were not kept are recorded, who is on duty hears of what comes due, and what failed is tried again."""
    musts.note_breaches()
    warnings.warn()
    alarms.alarm()
    sweep_notifications()


@jobs.every("*/5 * * * *", name="ops.revive_recomputations")
def revive_due_times() -> None:
    """Due times that are reckoned anew, and messages to many, whose job was lost."""
    revive_recomputations()
    revive_tellings()


@jobs.every("* * * * *", name="ops.bring_cases_on")
def bring_cases_on() -> None:
    """Nothing stays with somebody who is gone, and what nobody takes goes a step further."""
    handing.pass_on_from_the_gone()
    signers_gone.let_leads_sign()
    escalating.escalate()


@jobs.every("*/5 * * * *", name="ops.learn_what_is_new")
def learn_what_is_new() -> None:
    """Labels of which people checked much since a head was learnt, and what an upgrade or a killed worker left."""
    runs.revive()
    relearn_outdated()
    runs.begin_where_much_is_new()


@jobs.every("50 1 * * *", name="ops.unlearn_what_is_gone")
def unlearn_what_is_gone() -> None:
    """What heads learnt from texts that reached their day, or may teach no longer."""
    forget()


@jobs.every("20 * * * *", name="ops.count_label_weeks")
def count_label_weeks() -> None:
    """How labels were judged this week."""
    counting.count_weeks()


@jobs.every("50 2 * * *", name="ops.part_private_cases")
def part_private_cases() -> None:
    """What is private belongs to one person; older cases may still hold several."""
    parting.part_all()
