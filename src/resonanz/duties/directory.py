"""Asking who answers: the matrix, and who is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import Membership, User
from resonanz.core import clock
from resonanz.duties import calendars, weekly
from resonanz.duties.business_time import next_open, zone
from resonanz.duties.matrix import Matrix, Question, Row
from resonanz.duties.models import Responsibility
from resonanz.duties.presence import Capacities, Presence, There
from resonanz.duties.responsibilities import row_of
from resonanz.networks.models import Channel

CountOpen = Callable[[Collection[int]], Mapping[int, int]]
"""How many open cases each of these people has; who asks knows, this room knows no case."""
_ROWS = ("channel", "topic", "team", "owner", "deputy", "on_call")
_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers: the row, its team, and the person; without a person it waits for the team, or for anybody.

    `later`: "nobody" is in force, and this is who answers from the next business day on.
    """

    row: Responsibility | None = None
    team_id: int | None = None
    person: User | None = None
    later: bool = False


class Directory:
    """The responsibilities of one channel, read once for a batch.

    `open_cases` counts what people have already; without it, everybody has room. What it gives away it counts itself.
    """

    def __init__(self, *, channel_id: int, open_cases: CountOpen | None = None, without: Collection[int] = ()) -> None:
        self._channel = Channel.objects.only("id", "network").get(pk=channel_id)
        reaching = Q(channel_id=channel_id) | Q(channel__isnull=True, network__in=["", self._channel.network])
        stored = Responsibility.objects.filter(reaching).select_related(*_ROWS)
        self._stored = {row.pk: row for row in stored}
        self._matrix = Matrix(row_of(row) for row in self._stored.values())
        self._count_open = open_cases
        self._without = frozenset(without)
        self._given: dict[int, int] = {}
        self._read: _Read | None = None

    @property
    def heeds_groups(self) -> bool:
        """Whether any row depends on target groups, so that they have to be looked up."""
        return any(row.group_id is not None for row in self._matrix.rows)

    def who_answers(
        self,
        *,
        topic_ids: Collection[int],
        intent: str,
        language: str = "",
        group_ids: Iterable[int] = (),
        at: datetime | None = None,
    ) -> tuple[Responsibility | None, User | None]:
        """The nearest responsibility and the person, as `answer` finds them."""
        found = self.answer(topic_ids=topic_ids, intent=intent, language=language, group_ids=group_ids, at=at)
        return found.row, found.person

    def answer(
        self,
        *,
        topic_ids: Collection[int],
        intent: str,
        language: str = "",
        group_ids: Iterable[int] = (),
        at: datetime | None = None,
    ) -> Answer:
        """Who answers what comes at `at` (now). Never somebody who is absent or gone.

        Who is at work comes first: the owner, the deputy, somebody of the team who speaks the language and has room.
        Then who is on call, then owner and deputy though they are not at work now, then the team; then the same for the
        channel's catch-all. A row that names only a team leaves it to whoever of them takes the next case.
        """
        at = at or clock.now()
        read = self._reading(at)
        question = Question(
            channel_id=self._channel.pk, network=self._channel.network, topic_ids=frozenset(topic_ids),
            group_ids=frozenset(group_ids), intent=intent, language=language,
            minute=weekly.minute_of_week(at.astimezone(read.zone)),
        )  # fmt: skip
        row = self._matrix.answer(question)
        if row is None:
            return Answer()
        if row.nobody:
            return self._answer_later(row, question, at, read)
        person = self._person(row, question, at, read)
        return Answer(self._stored[row.id], row.team_id, self._user(person))

    def _answer_later(self, row: Row, question: Question, at: datetime, read: _Read) -> Answer:
        opens = next_open(at=at, calendar=read.promises.calendar(team_id=row.team_id))
        if opens > at + _AHEAD:
            opens = at
        minute = weekly.minute_of_week(opens.astimezone(read.zone))
        named = self._matrix.named(replace(question, minute=minute))
        person = self._person(named, question, opens, read) if named else None
        team_id = row.team_id or (named.team_id if named else None)
        return Answer(self._stored[row.id], team_id, self._user(person), later=True)

    def _person(self, row: Row, question: Question, at: datetime, read: _Read) -> int | None:
        if (found := self._of_row(row, question.language, at, read)) is not None or row.owner_id is None:
            return found
        catch_all = self._matrix.catch_all(channel_id=self._channel.pk, network=self._channel.network)
        if catch_all is None or catch_all.nobody or catch_all.id == row.id:
            return None
        return self._of_row(catch_all, question.language, at, read)

    def _of_row(self, row: Row, language: str, at: datetime, read: _Read) -> int | None:
        named = [user for user in (row.owner_id, row.deputy_id) if user is not None and user not in self._without]
        there = {user: read.presence.of(user, at) for user in named}
        for user in named:
            if there[user] is There.AT_WORK:
                return user
        on_call = row.on_call_id
        asks_team = row.owner_id is not None
        if asks_team and (found := self._of_team(row.team_id, language, at, read, There.AT_WORK)) is not None:
            return found
        if on_call is not None and on_call not in self._without and read.presence.is_reachable(on_call, at):
            return on_call
        for user in named:
            if there[user] is not There.AWAY:
                return user
        return self._of_team(row.team_id, language, at, read, There.OFF) if asks_team else None

    def _of_team(self, team_id: int | None, language: str, at: datetime, read: _Read, most: There) -> int | None:
        """Whoever of the team has the least to do, speaks the language and has room."""
        there = [
            user
            for user in read.members.get(team_id or 0, ())
            if user not in self._without and read.presence.of(user, at) <= most and read.speaks(user, language)
        ]
        if not there:
            return None
        open_cases = self._count_open(there) if self._count_open else {}
        load = {user: open_cases.get(user, 0) + self._given.get(user, 0) for user in there}
        with_room = [user for user in there if read.capacities.has_room(user, load[user])]
        if not with_room:
            return None
        found = min(with_room, key=lambda user: (load[user], user))
        self._given[found] = self._given.get(found, 0) + 1
        return found

    def _user(self, user_id: int | None) -> User | None:
        return self._reading(None).users.get(user_id) if user_id is not None else None

    def _reading(self, at: datetime | None) -> _Read:
        if self._read is None or (at is not None and not self._read.since <= at <= self._read.until):
            self._read = _Read(self._stored.values(), at or clock.now())
        return self._read


class _Read:
    """The people whom rows name, directly or by their team, and whether they are there from `since` until `until`."""

    def __init__(self, stored: Iterable[Responsibility], at: datetime) -> None:
        self.since, self.until = at - timedelta(hours=1), at + _AHEAD
        self.zone = zone()
        self.promises = calendars.promises()
        rows = list(stored)
        named = {user.pk: user for row in rows for user in (row.owner, row.deputy, row.on_call) if user is not None}
        self.members: dict[int, list[int]] = {}
        places = Membership.objects.filter(team_id__in={row.team_id for row in rows if row.team_id})
        self.users = dict(named)
        for place in places.select_related("user").order_by("team_id", "user_id"):
            if may(place.user, Act.ANSWER):
                self.members.setdefault(place.team_id, []).append(place.user_id)
                self.users[place.user_id] = place.user
        self.presence = Presence(user_ids=list(self.users), since=self.since, until=self.until)
        self.capacities = Capacities(user_ids=list(self.users))

    def speaks(self, user_id: int, language: str) -> bool:
        """Whether somebody answers in a language."""
        return self.capacities.speaks(user_id, language)
