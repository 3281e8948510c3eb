"""The holes of the matrix as it is stored or would be: of a week, and of the absences of the next two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import Membership, User
from resonanz.core import clock
from resonanz.duties import calendars, responsibilities, weekly
from resonanz.duties.business_time import next_open, zone
from resonanz.duties.holes import Asked, Hole, Lack, Place, Slot, find
from resonanz.duties.matrix import Matrix, Question, Row
from resonanz.duties.models import Shift
from resonanz.duties.presence import Capacities, Presence, There
from resonanz.duties.targets import LATEST_BY_THE_CLOCK, NO_HOLIDAYS, Calendar
from resonanz.duties.weekly import Weekly
from resonanz.listening.models import Intent, Post, Speaker
from resonanz.networks import registry
from resonanz.networks.connections import channels
from resonanz.networks.contract import Network
from resonanz.networks.models import Channel

LOOKED_AT_POSTS = 2000
"""Of so many of the newest posts the languages count as being in use."""
_FEWEST_POSTS = 5
_AHEAD_DAYS = 14
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class AbsenceHole:
    """Days, both included, on which an owner is away and nobody of the rows named stands in."""

    owner: User
    first: date
    last: date
    rows: tuple[Row, ...]


def weekly_holes(*, rows: Sequence[Row] | None = None) -> list[Hole]:
    """What could be said to us in a week and would find nobody; `rows` are a matrix that is not stored yet."""
    matrix = Matrix(responsibilities.rows() if rows is None else rows)
    places = [
        Place(channel.pk, channel.network)
        for channel in Channel.objects.order_by("name", "id")
        if not channels.is_practice(channel)
    ]
    staff = _Staff(matrix.rows)
    asked = Asked(
        places=places,
        topic_ids=topics_asked(matrix.rows),
        intents=list(Intent.values),
        languages=["", *languages_asked(matrix.rows)],
        slots=weekly.slots([*(row.times for row in matrix.rows), *staff.edges]),
    )
    return find(matrix=matrix, asked=asked, covers=staff.lack)


def topics_asked(rows: Sequence[Row]) -> list[int]:
    """The topics between which the holes of a matrix may differ: those that rows name."""
    return sorted({row.topic_id for row in rows if row.topic_id is not None})


def languages_asked(rows: Sequence[Row]) -> list[str]:
    """The languages between which they may differ: those that rows name, and those that people write in."""
    return sorted({row.language for row in rows if row.language} | _languages_in_use())


def absence_holes(*, rows: Sequence[Row] | None = None) -> list[AbsenceHole]:
    """From today on: days on which an owner is away, and with them everybody who would stand in."""
    matrix = Matrix(responsibilities.rows() if rows is None else rows)
    staff = _Staff(matrix.rows)
    today = clock.now().astimezone(staff.zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(_AHEAD_DAYS)]
    away: dict[int, dict[date, list[Row]]] = {}
    for row in matrix.rows:
        for day in days:
            if row.owner_id in staff.users and staff.is_empty(row, day):
                away.setdefault(row.owner_id, {}).setdefault(day, []).append(row)
    return [
        AbsenceHole(staff.users[owner_id], first, last, tuple(lacking[first]))
        for owner_id, lacking in away.items()
        for first, last in _runs(sorted(lacking))
    ]


def _runs(days: Sequence[date]) -> list[tuple[date, date]]:
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _languages_in_use() -> set[str]:
    """Languages that people write in, if more than a few do."""
    said = Post.objects.filter(speaker=Speaker.OUTSIDER).order_by("-posted_at", "-id")
    languages = list(said.values_list("language", flat=True)[:LOOKED_AT_POSTS])
    return {language for language in set(languages) if language and languages.count(language) >= _FEWEST_POSTS}


class _Staff:
    """The people whom rows name, and when they work in an ordinary week."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.zone = zone()
        self._now = clock.now()
        self._monday = _monday(self._now.astimezone(self.zone))
        self._promises = calendars.promises()
        named = {user for row in rows for user in (row.owner_id, row.deputy_id, row.on_call_id) if user is not None}
        teams = {row.team_id for row in rows if row.team_id is not None}
        self._members: dict[int, list[int]] = {}
        for place in Membership.objects.filter(team_id__in=teams).select_related("user").order_by("user_id"):
            if may(place.user, Act.ANSWER):
                self._members.setdefault(place.team_id, []).append(place.user_id)
                named.add(place.user_id)
        self.users = {user.pk: user for user in User.objects.filter(pk__in=named, is_active=True).order_by("pk")}
        self._capacities = Capacities(user_ids=list(self.users))
        self._presence = Presence(user_ids=list(self.users), since=self._now, until=self._now + 2 * _WEEK)
        self._shifts = list(
            Shift.objects.filter(user_id__in=self.users, ends_at__gt=self._now, starts_at__lt=self._now + _WEEK)
        )

    @property
    def edges(self) -> list[Weekly]:
        """When business hours begin and end."""
        return [
            Weekly(tuple((day * weekly.DAY_MINUTES + start, day * weekly.DAY_MINUTES + end)
                         for day, periods in enumerate(calendar.periods) for start, end in periods))
            for calendar in self._promises.calendars.values()
        ]  # fmt: skip

    def lack(self, row: Row, question: Question, slot: Slot) -> Lack | None:
        """What is lacking of a row's people."""
        people = self._people(row)
        if not people:
            return Lack.GONE
        if not any(self._capacities.speaks(user, question.language) for user in people):
            return Lack.LANGUAGE
        connector: Network = registry.connector(question.network)
        if connector.limits.by_the_minute and row.on_call_id not in self.users and self._is_too_late(row, people, slot):
            return Lack.TOO_LATE
        return None

    def is_empty(self, row: Row, day: date) -> bool:
        """Whether the owner is away on a day, and everybody else of the row as well."""
        noon = datetime.combine(day, time(12), tzinfo=self.zone)
        return all(self._presence.of(user, noon) is There.AWAY for user in self._people(row))

    def _people(self, row: Row) -> list[int]:
        named = [row.owner_id, row.deputy_id, row.on_call_id, *self._members.get(row.team_id or 0, ())]
        return [user for user in dict.fromkeys(named) if user in self.users and user is not None]

    def _is_too_late(self, row: Row, people: Sequence[int], slot: Slot) -> bool:
        """Whether nobody works within the time in which a network that lives by the minute wants an answer."""
        begins = self._monday + timedelta(minutes=slot[0])
        begins = begins if begins >= self._now else begins + _WEEK
        latest = begins + LATEST_BY_THE_CLOCK
        calendar = _ordinary(self._promises.calendar(team_id=row.team_id))
        opens = next_open(at=begins, calendar=calendar)
        closed = opens > latest or not any(calendar.periods)
        return closed and not any(
            shift.user_id in people and shift.starts_at < latest and shift.ends_at > begins for shift in self._shifts
        )


def _ordinary(calendar: Calendar) -> Calendar:
    """A week without holidays and company days."""
    return replace(calendar, land=NO_HOLIDAYS, special=())


def _monday(local: datetime) -> datetime:
    return datetime.combine(local.date() - timedelta(days=local.weekday()), time(), tzinfo=local.tzinfo)
