"""What the guideline says must be done: by whom, within what time, and whether it was.

A must binds beside the response targets: due is whatever comes sooner. The team or person it names gets the case; where
the matrix says otherwise the must wins, and the history of the case says so. A post that was not answered within its
must is a breach: recorded once, with the clause, for the case, the list of late work and the guideline's page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from resonanz.accounts.models import Membership, User
from resonanz.core import clock
from resonanz.duties.targets import Calendar, NoBusinessHours, after
from resonanz.guidelines import in_force
from resonanz.guidelines.compiling import Must
from resonanz.networks.models import Channel
from resonanz.service.models import Case, CaseEvent, CasePost, CasePostState, CaseState, Outgoing, OutgoingState
from resonanz.service.notices import notify

BREACHED = "must.breached"
ASSIGNED = "must.assigned"
_LOOK_BACK = timedelta(minutes=15)
"""Answers that were too late are looked for so far back; the minute that finds them comes sooner."""
MOST = 500


@dataclass(frozen=True, slots=True)
class Bound:
    """A must that speaks of a post, and by when it is to be kept."""

    must: Must
    guideline_id: int | None
    due_at: datetime

    def as_record(self) -> dict[str, Any]:
        """As stored with the due time of the post."""
        return {
            "must": self.must.clause,
            "must_minutes": self.must.within_minutes,
            "must_due": self.due_at.astimezone(UTC).isoformat(),
            "guideline": self.guideline_id,
        }


@dataclass(frozen=True, slots=True)
class Breach:
    """That a must was not kept."""

    case_id: int
    post_id: int
    clause: str
    guideline_id: int | None
    due_at: datetime
    at: datetime


class Musts:
    """The musts in force for the cases of one channel, read once for a batch."""

    def __init__(self, *, channel: Channel) -> None:
        compiled = in_force.compiled(brand_id=channel.brand_id)
        self._musts = compiled.musts if compiled else ()
        self._guideline_id = compiled.guideline_id if compiled else None
        self._network = channel.network

    @property
    def name_topics(self) -> bool:
        """Whether any of them depends on topics."""
        return any(must.topics for must in self._musts)

    @property
    def name_groups(self) -> bool:
        """Whether any of them depends on target groups."""
        return any(must.groups for must in self._musts)

    def on(
        self, *, visibility: str, intent: str, topic_ids: Collection[int], group_ids: Collection[int] = ()
    ) -> Must | None:
        """The strictest that speaks of it."""
        speaking = [
            must
            for must in self._musts
            if must.covers(
                network=self._network, visibility=visibility, intent=intent, topic_ids=frozenset(topic_ids),
                group_ids=frozenset(group_ids),
            )
        ]  # fmt: skip
        return min(speaking, key=lambda must: must.within_minutes, default=None)

    def bind(self, must: Must, *, since: datetime, calendar: Calendar) -> Bound:
        """By when it is to be kept: in business time, or by the clock where there is none."""
        length = timedelta(minutes=must.within_minutes)
        try:
            due_at = after(since=since, length=length, calendar=calendar)
        except NoBusinessHours:
            due_at = since.astimezone(UTC) + length
        return Bound(must, self._guideline_id, due_at)

    def give(self, *, case: Case, must: Must) -> dict[str, Any] | None:
        """Give a new case, not stored yet, to whom the must names; the details of the event, None without change."""
        before = (case.team_id, case.assignee_id)
        team_id, person = _named(must, case)
        if before == (team_id, person):
            return None
        case.team_id, case.assignee_id = team_id, person
        return {
            "clause": must.clause, "guideline": self._guideline_id, "team": team_id, "assignee": person,
            "instead_of_team": before[0], "instead_of": before[1],
        }  # fmt: skip


def _named(must: Must, case: Case) -> tuple[int | None, int | None]:
    """Team and person that the must names; a person of the matrix stays where they belong to it."""
    team_id = must.teams[0] if must.teams else case.team_id
    here = User.objects.filter(pk__in=must.people, is_active=True).order_by("pk").values_list("pk", flat=True)
    if must.people and (people := list(here)):
        return team_id, case.assignee_id if case.assignee_id in people else people[0]
    if not must.teams or case.assignee_id is None:
        return team_id, case.assignee_id
    stays = Membership.objects.filter(team_id__in=must.teams, user_id=case.assignee_id).exists()
    return team_id, case.assignee_id if stays else None


def note_breaches() -> int:
    """Record what was not kept, each once; how many are new."""
    now = clock.now()
    found = [*_unanswered(now), *_answered_late(now)]
    for place in found:
        _record(place, now)
    return len(found)


def breaches(*, since: datetime, guideline_ids: Collection[int] | None = None) -> list[Breach]:
    """What was not kept since a moment, newest first; of these versions of the guideline alone, if named."""
    rows = CaseEvent.objects.filter(act=BREACHED, actor__isnull=True, at__gte=since)
    if guideline_ids is not None:
        rows = rows.filter(details__guideline__in=list(guideline_ids))
    return [_breach(row) for row in rows.order_by("-at", "-id")[:MOST]]


def breached_among(*, case_ids: Collection[int]) -> dict[int, str]:
    """Those of the cases in which a must was not kept, with the clause."""
    rows = CaseEvent.objects.filter(case__in=case_ids, act=BREACHED).order_by("id")
    return {case: str(details["clause"]) for case, details in rows.values_list("case_id", "details")}


def _unanswered(now: datetime) -> Iterator[CasePost]:
    rows = CasePost.objects.filter(
        state=CasePostState.OPEN, case__state=CaseState.OPEN, case__answer_due_at__lte=now,
        due_because__has_key="must",
    )  # fmt: skip
    for place in rows.exclude(due_because__has_key="breached").order_by("id")[:MOST]:
        if _must_due(place.due_because) <= now:
            yield place


def _answered_late(now: datetime) -> Iterator[CasePost]:
    sent = Outgoing.objects.filter(
        state=OutgoingState.SENT, sent_at__gt=now - _LOOK_BACK, in_reply_to__case_posts__case=F("case"),
        in_reply_to__case_posts__due_because__has_key="must",
    )  # fmt: skip
    for case_id, post_id, sent_at in sent.values_list("case_id", "in_reply_to_id", "sent_at"):
        place = CasePost.objects.filter(case=case_id, post=post_id).exclude(due_because__has_key="breached").first()
        if place is not None and sent_at is not None and _must_due(place.due_because) < sent_at:
            yield place


def _record(place: CasePost, now: datetime) -> None:
    with transaction.atomic():
        Case.objects.select_for_update(of=("self",)).filter(pk=place.case_id).first()
        fresh = CasePost.objects.filter(pk=place.pk).exclude(due_because__has_key="breached").first()
        if fresh is None:
            return
        because = fresh.due_because
        fresh.due_because = {**because, "breached": True}
        fresh.save(update_fields=["due_because"])
        details = {
            "post": fresh.post_id, "clause": because["must"], "guideline": because.get("guideline"),
            "due_at": because["must_due"], "minutes": because.get("must_minutes", 0),
        }  # fmt: skip
        CaseEvent.objects.create(case_id=fresh.case_id, at=now, act=BREACHED, actor=None, details=details)
        Case.objects.filter(pk=fresh.case_id).update(breached_clause=because["must"][:40])
        notify(case_ids=[fresh.case_id])


def _must_due(because: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(because["must_due"])


def _breach(row: CaseEvent) -> Breach:
    details = row.details
    return Breach(
        row.case_id, details["post"], details["clause"], details["guideline"],
        datetime.fromisoformat(details["due_at"]), row.at,
    )  # fmt: skip
