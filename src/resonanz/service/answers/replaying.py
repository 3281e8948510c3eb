"""Replay: which cases of the last month would have gone to somebody else under another matrix. Changes nothing.

Both matrices are asked as if everybody named were there: who was ill last month is not what is compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Left

from resonanz.accounts.models import Team, User
from resonanz.core import clock
from resonanz.duties import weekly
from resonanz.duties.business_time import zone
from resonanz.duties.matrix import Matrix, Question, Row
from resonanz.listening.models import Post, PostTopic
from resonanz.people.groups import groups_of_many
from resonanz.service.models import Case, CasePost, NoneNeeded

SPAN = timedelta(days=30)
MOST_CASES = 5000
MOST_SHOWN = 100
_SHOWN_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a matrix gives a case to; neither person nor team: nobody. `later`: from the next business day on."""

    person: User | None = None
    team: Team | None = None
    later: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """A case that would have gone to somebody else, and how its first post begins."""

    case: Case
    text: str
    language: str
    before: Receiver
    after: Receiver


@dataclass(frozen=True, slots=True)
class Replay:
    """`moved` are the newest of `count`; `shares` say from whom to whom how many went."""

    looked_at: int
    count: int
    moved: Sequence[Moved]
    shares: Sequence[tuple[Receiver, Receiver, int]]


def replay(*, before: Sequence[Row], after: Sequence[Row]) -> Replay:
    """Compare two matrices on the cases of the last month, at most MOST_CASES, newest first."""
    recent = Case.objects.filter(opened_at__gte=clock.now() - SPAN).order_by("-opened_at", "-pk")
    cases = list(recent.select_related("channel")[:MOST_CASES])
    openings = _openings(cases)
    topics = _topics([post_id for post_id, _ in openings.values()])
    heeded = any(row.group_id is not None for row in [*before, *after])
    groups = groups_of_many(identity_ids={case.identity_id for case in cases if case.identity_id}) if heeded else {}
    here, old, new, names = zone(), Matrix(before), Matrix(after), _Names([*before, *after])
    moved: list[tuple[Case, int, str, Receiver, Receiver]] = []
    shares: Counter[tuple[Receiver, Receiver]] = Counter()
    for case in cases:
        post_id, language = openings.get(case.pk, (0, ""))
        question = Question(
            channel_id=case.channel_id, network=case.channel.network, topic_ids=topics.get(post_id, frozenset()),
            intent=case.intent, language=language, group_ids=groups.get(case.identity_id or 0, frozenset()),
            minute=weekly.minute_of_week(case.opened_at.astimezone(here)),
        )  # fmt: skip
        then, now = names.receiver(old, question), names.receiver(new, question)
        if then != now:
            shares[then, now] += 1
            moved.append((case, post_id, language, then, now))
    ordered = [(*pair, count) for pair, count in shares.most_common()]
    texts = _texts([post_id for _, post_id, *_ in moved[:MOST_SHOWN]])
    shown = [
        Moved(case, texts.get(post_id, ""), language, then, now)
        for case, post_id, language, then, now in moved[:MOST_SHOWN]
    ]
    return Replay(len(cases), len(moved), shown, ordered)


def _openings(cases: Sequence[Case]) -> dict[int, tuple[int, str]]:
    """The post that opened each case: its id and language."""
    wanted = CasePost.objects.filter(case__in=[case.pk for case in cases]).exclude(reason=NoneNeeded.CONTEXT)
    first = wanted.order_by("case_id", "post__posted_at", "pk").distinct("case_id")
    rows = first.values_list("case_id", "post_id", "post__language")
    return {case_id: (post_id, language) for case_id, post_id, language in rows}


def _texts(post_ids: Sequence[int]) -> dict[int, str]:
    """How posts begin."""
    begins = Left("text", 2 * _SHOWN_CHARACTERS)  # the page cuts it, after it hid the names in it
    return dict(Post.objects.filter(pk__in=post_ids).annotate(begins=begins).values_list("pk", "begins"))


def _topics(post_ids: Sequence[int]) -> Mapping[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for post_id, topic_id in PostTopic.objects.filter(post_id__in=post_ids).values_list("post_id", "topic_id"):
        found[post_id].add(topic_id)
    return {post_id: frozenset(topics) for post_id, topics in found.items()}


class _Names:
    """The people and teams that rows name."""

    def __init__(self, rows: Sequence[Row]) -> None:
        people = {user for row in rows for user in (row.owner_id, row.deputy_id) if user is not None}
        self._users = {user.pk: user for user in User.objects.filter(pk__in=people, is_active=True)}
        self._teams = Team.objects.in_bulk({row.team_id for row in rows if row.team_id is not None})

    def receiver(self, matrix: Matrix, question: Question) -> Receiver:
        """Owner, else deputy, else the team."""
        row = matrix.answer(question)
        later = row is not None and row.nobody
        row = matrix.named(question) if later else row
        if row is None:
            return Receiver(later=later)
        named = (self._users.get(user) for user in (row.owner_id, row.deputy_id) if user is not None)
        person = next((user for user in named if user is not None), None)
        return Receiver(person, None if person else self._teams.get(row.team_id or 0), later)
