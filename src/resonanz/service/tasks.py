"""Jobs of this room: they turn ids into one call."""

from __future__ import annotations

import logging

from resonanz.accounts.models import User
from resonanz.core.jobs import OUTBOX_QUEUE, job
from resonanz.duties import presence
from resonanz.service import aftermath
from resonanz.service.answers import assisted, outbox
from resonanz.service.assistant import drafting
from resonanz.service.moderation import sending
from resonanz.service.times import recomputing, warnings, weighing
from resonanz.service.work import edited, leases, snoozing

logger = logging.getLogger(__name__)


@job(name="service.send", queue=OUTBOX_QUEUE, attempts=1)
def send(*, outgoing_id: int, **_: object) -> None:
    """Bring an outgoing a step further. Not retried by the queue: the row says what is left, and the sweep finds it."""
    outbox.send_due(outgoing_id=outgoing_id)


@job(name="service.moderate", queue=OUTBOX_QUEUE, attempts=1)
def moderate(*, moderation_id: int, **_: object) -> None:
    """Bring an act of moderation a step further. As with answers, the row says what is left."""
    sending.send_due(moderation_id=moderation_id)


@job(name="service.sweep_outbox", queue=OUTBOX_QUEUE, attempts=1)
def sweep_outbox(**_: object) -> None:
    """Everything whose time has come and whose job was lost, or that has to be read back."""
    for outgoing_id in list(outbox.waiting()):
        try:
            outbox.send_due(outgoing_id=outgoing_id)
        except Exception:
            logger.exception("outgoing %s could not be brought further", outgoing_id)
    for moderation_id in list(sending.waiting()):
        try:
            sending.send_due(moderation_id=moderation_id)
        except Exception:
            logger.exception("moderation %s could not be brought further", moderation_id)


@job(name="service.look_for_posted", attempts=1)
def look_for_posted(**_: object) -> None:
    """Whether answers that people post by hand stand on their networks."""
    for outgoing_id in list(assisted.waiting()):
        try:
            assisted.look_for(outgoing_id=outgoing_id)
        except Exception:
            logger.exception("outgoing %s could not be looked for", outgoing_id)


@job(name="service.recompute")
def recompute(*, recomputation_id: int, **_: object) -> None:
    """A chunk of open due times, and the next one after it."""
    if recomputing.go_on(recomputation_id=recomputation_id):
        recompute.later(recomputation_id=recomputation_id)


def recompute_open(actor: User) -> None:
    """Hours or targets changed: reckon what is open anew, within the transaction of the change."""
    begun = recomputing.begin(actor=actor)
    if begun is not None:
        recompute.later(recomputation_id=begun.pk)


@job(name="service.sweep_inbox", attempts=1)
def sweep_inbox(**_: object) -> None:
    """Claims that ended make their cases free again, and what was put aside comes back."""
    held = leases.holders()
    leases.end_what_ended(off_duty=sorted(set(held) - presence.on_duty(user_ids=held)) if held else [])
    snoozing.wake_due()


def revive_recomputations() -> None:
    """Put those on the queue again whose job was lost."""
    for recomputation_id in recomputing.stalled():
        recompute.later(recomputation_id=recomputation_id)


@job(name="service.read_aftermath")
def read_aftermath(*, post_ids: str, **_: object) -> None:
    """Whether these posts, ids between commas, tell how a case ended."""
    ids = [int(post_id) for post_id in post_ids.split(",")]
    aftermath.read(case_ids=aftermath.cases_after(post_ids=ids))


@job(name="service.warn_at_once", attempts=1)
def warn_at_once(**_: object) -> None:
    """What cannot wait for the next minute; the schedule warns of it, too, should this job be lost."""
    warnings.warn()


@job(name="service.weigh")
def weigh(*, post_ids: str, **_: object) -> None:
    """Posts, ids between commas, were counted or read otherwise: how urgent their cases are now."""
    ids = [int(post_id) for post_id in post_ids.split(",")]
    weighing.weigh(case_ids=weighing.cases_with(post_ids=ids))


@job(name="service.look_for_declarations")
def look_for_declarations(*, post_ids: str, **_: object) -> None:
    """Posts, ids between commas, read otherwise now: whether they are declarations, or a crisis."""
    ids = [int(post_id) for post_id in post_ids.split(",")]
    if edited.look_again(post_ids=ids):
        warnings.warn()


@job(name="service.draft_with_machine", attempts=1)
def draft_with_machine(*, draft_id: int, **_: object) -> None:
    """Ask the language model that the operator named. Not asked again by the queue: it would cost again."""
    drafting.draft(draft_id=draft_id)
