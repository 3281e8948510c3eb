"""By when posts are to be answered and matters ended, and how that came about.

A reply is due from the moment the person wrote; once we have answered, their next post begins anew, as NEXT. The time
for a resolution runs while a post of theirs is open, and stands still while it is their turn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from resonanz.duties.calendars import network_alarm, promises, urgency_of
from resonanz.duties.models import TargetKind
from resonanz.duties.targets import (
    LATEST_BY_THE_CLOCK,
    Asked,
    Because,
    Due,
    NoBusinessHours,
    Skipped,
    after,
    between,
)
from resonanz.guidelines.compiling import Must
from resonanz.networks.models import Channel
from resonanz.people.groups import groups_of, groups_of_many
from resonanz.service.models import Case
from resonanz.service.times.musts import Musts


class Deadlines:
    """Hours and targets as they are now, for the cases of one channel; read once for a batch.

    `identity_ids` are those of the batch, so that their target groups are looked up together, where any matter.
    """

    def __init__(self, *, channel: Channel, identity_ids: Collection[int] = ()) -> None:
        self._promises = promises()
        self._network = channel.network
        self._alarm = network_alarm(network=channel.network)
        self.musts = Musts(channel=channel)
        self._groups_matter = self._promises.name_groups or self.musts.name_groups
        self._groups: dict[int, frozenset[int]] = {}
        if self._groups_matter and identity_ids:
            known = groups_of_many(identity_ids=identity_ids)
            self._groups = {identity: known.get(identity, frozenset()) for identity in identity_ids}

    def of_post(self, *, case: Case, posted_at: datetime, urgency: float, topic_ids: Collection[int] = ()) -> Due:
        """By when a post in a case is to be answered: as targets and musts say, whichever is sooner."""
        replied = case.first_reply_at is not None and posted_at > case.first_reply_at
        kind = TargetKind.NEXT if replied else TargetKind.FIRST
        asked = self._asked(kind, case, max(urgency, case.urgency))
        found = self._promises.due(asked=asked, since=posted_at, team_id=case.team_id)
        return self._with_must(found or _without_target(kind, posted_at), case, posted_at, topic_ids)

    def _with_must(self, due: Due, case: Case, since: datetime, topic_ids: Collection[int]) -> Due:
        must = self.must_on(case=case, topic_ids=topic_ids)
        if must is None:
            return due
        bound = self.musts.bind(must, since=since, calendar=self._promises.calendar(team_id=case.team_id))
        because = replace(due.because, extra=bound.as_record())
        if bound.due_at >= due.at:
            return Due(due.at, because, due.alarm_at)
        sooner = replace(because, minutes=must.within_minutes, clause=must.clause, by_alarm=False)
        return Due(bound.due_at, sooner, due.alarm_at)

    def must_on(self, *, case: Case, topic_ids: Collection[int]) -> Must | None:
        """The strictest must that speaks of a post in a case."""
        return self.musts.on(
            visibility=case.visibility, intent=case.intent, topic_ids=topic_ids, group_ids=self._groups_of(case)
        )

    def begin_turn(self, *, case: Case, since: datetime) -> None:
        """It is our turn: the time for a resolution runs on, if any is promised. Does not save."""
        if case.resolution_since is None:
            case.resolution_since = since
            case.resolution_due_at = self.of_resolution(case=case)
            if case.resolution_due_at is None:
                case.resolution_since = None

    def end_turn(self, *, case: Case, at: datetime) -> None:
        """It is the person's turn, or nobody's: what we used of the time stays used. Does not save."""
        if case.resolution_since is not None:
            calendar = self._promises.calendar(team_id=case.team_id)
            used = between(begin=case.resolution_since, end=at, calendar=calendar)
            case.resolution_used_seconds += int(used.total_seconds())
            case.resolution_since = case.resolution_due_at = None

    def of_resolution(self, *, case: Case) -> datetime | None:
        """When the matter is to end, with what earlier turns of ours used up; None where nothing is promised."""
        if case.resolution_since is None:
            return None
        asked = self._asked(TargetKind.RESOLUTION, case, case.urgency)
        found = self._promises.due(asked=asked, since=case.resolution_since, team_id=case.team_id)
        if found is None:
            return None
        if not case.resolution_used_seconds:
            return found.at
        left = timedelta(minutes=found.because.minutes, seconds=-case.resolution_used_seconds)
        calendar = self._promises.calendar(team_id=case.team_id)
        try:
            at = after(since=case.resolution_since, length=max(left, timedelta()), calendar=calendar)
        except NoBusinessHours:
            return found.at
        return min(at, found.alarm_at) if found.alarm_at else at

    @property
    def promise_resolutions(self) -> bool:
        """Whether any target says when a matter is to end."""
        return any(target.kind == TargetKind.RESOLUTION for target in self._promises.targets)

    def _groups_of(self, case: Case) -> frozenset[int]:
        """To which target groups whoever opened the case belongs; looked up only where it matters."""
        if not self._groups_matter or case.identity_id is None:
            return frozenset()
        if case.identity_id not in self._groups:
            self._groups[case.identity_id] = groups_of(identity_id=case.identity_id)
        return self._groups[case.identity_id]

    def _asked(self, kind: str, case: Case, urgency: float) -> Asked:
        return Asked(
            kind=kind,
            network=self._network,
            intent=case.intent,
            urgency=urgency_of(score=urgency),
            group_ids=self._groups_of(case),
            network_alarm=self._alarm,
        )


def _without_target(kind: str, since: datetime) -> Due:
    """Whoever removed every target still answers within a day."""
    minutes = int(LATEST_BY_THE_CLOCK.total_seconds() // 60)
    at = since.astimezone(UTC) + LATEST_BY_THE_CLOCK
    return Due(at, Because(kind=kind, minutes=0, alarm_minutes=minutes, by_alarm=True), at)


def as_record(because: Because) -> dict[str, Any]:
    """As stored with the due time; what is empty is left out."""
    record = {
        "kind": str(because.kind),
        "minutes": because.minutes,
        "calendar": because.calendar,
        "land": because.land,
        "skipped": [[one.day.isoformat(), one.name] for one in because.skipped],
        "alarm": because.alarm_minutes,
        "by_alarm": because.by_alarm,
        "clause": because.clause,
        **because.extra,
    }
    return {name: value for name, value in record.items() if value not in ("", [], False, 0)}


def from_record(record: Mapping[str, Any]) -> Because | None:
    """How a stored due time came about; None where nobody wrote it down."""
    if "kind" not in record:
        return None
    return Because(
        kind=record["kind"],
        minutes=record.get("minutes", 0),
        calendar=record.get("calendar", ""),
        land=record.get("land", ""),
        skipped=tuple(Skipped(date.fromisoformat(day), name) for day, name in record.get("skipped", [])),
        alarm_minutes=record.get("alarm", 0),
        by_alarm=record.get("by_alarm", False),
        clause=record.get("clause", ""),
    )
