"""Answers that leave at a later moment: until then their author changes or withdraws them, and they stop by themselves
once somebody outside writes in the case. At their moment the outbox judges them like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.duties.targets import Calendar
from resonanz.listening.models import Post
from resonanz.networks.models import Channel
from resonanz.service.answers import addressing, guarding, outbox
from resonanz.service.cases import locked_with_case
from resonanz.service.models import CasePost, Outgoing, OutgoingState
from resonanz.service.times.telling import tell
from resonanz.service.work import snoozing
from resonanz.service.work.snoozing import Choice

LONGEST = timedelta(days=90)
STOPPED = "planned.stopped"


class NotAhead(ResonanzError):
    """The moment is over already."""

    code = "planned.not_ahead"


class TooFar(ResonanzError):
    """The moment is further away than anybody remembers what they wrote."""

    code = "planned.too_far"


class ByHand(ResonanzError):
    """The network takes no answer to this post from here, so a person is needed at that moment."""

    code = "planned.by_hand"


class AfterWindow(ResonanzError):
    """The network takes an answer from here now, but not at that moment any more."""

    code = "planned.after_window"


REFUSALS = (NotAhead, TooFar, ByHand, AfterWindow)


def check(*, planned_for: datetime, channel: Channel, post: Post, visibility: str) -> None:
    """Whether an answer to this post may be planned so; raises NotAhead, TooFar, ByHand, AfterWindow."""
    now = clock.now()
    if planned_for <= now:
        raise NotAhead
    if planned_for > now + LONGEST:
        raise TooFar(days=LONGEST.days)
    if not addressing.takes_answer(channel=channel, post=post, visibility=visibility):
        raise ByHand
    window = addressing.window(channel=channel, post=post, visibility=visibility)
    if window is not None and window.until <= planned_for:
        raise AfterWindow


def choices(*, calendar: Calendar) -> Sequence[Choice]:
    """Moments at which somebody works: in some hours, when the next working day opens, next week."""
    offered = snoozing.choices(now=clock.now(), calendar=calendar, due_at=None)
    return [choice for choice in offered if choice.until is not None]


def planned() -> QuerySet[Outgoing]:
    """What waits for its moment."""
    waiting = [OutgoingState.AWAITING, OutgoingState.QUEUED]
    return Outgoing.objects.filter(planned_for__isnull=False, state__in=waiting)


def stop_moved_on() -> int:
    """Stop what was planned before somebody wrote again, and tell its authors; how many.

    The outbox would refuse it anyway; so they hear of it now, and not when it is too late to answer.
    """
    said = CasePost.objects.filter(case=OuterRef("case"), post__speaker="OUTSIDER", pk__gt=OuterRef("newest_place"))
    overtaken = planned().filter(Exists(said), state=OutgoingState.QUEUED)
    return sum(_stop(outgoing_id) for outgoing_id in list(overtaken.order_by("pk").values_list("pk", flat=True)))


def _stop(outgoing_id: int) -> bool:
    with transaction.atomic():
        outgoing = locked_with_case(outgoing_id=outgoing_id)
        if outgoing is None or outgoing.state != OutgoingState.QUEUED or outgoing.attempt:
            return False
        if not guarding.has_moved_on(outgoing=outgoing):
            return False
        outbox.stop(outgoing=outgoing, stopped=guarding.Obstacle(guarding.MOVED_ON))
        if outgoing.case_id is not None and outgoing.author_id is not None:
            path = f"/inbox/{outgoing.case_id}/"
            tell(user_ids=[outgoing.author_id], code=STOPPED, params={"case": outgoing.case_id}, path=path)
    return True
