"""What was answered lately, as drafts that a guideline can be asked about again: for the simulator. Changes nothing.

Each answer is asked about as it was then: its writer, its case, its hour. What the checks would find in its words is
looked at where it matters; they know less here than while somebody writes (not what was sent just before).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from resonanz.accounts.models import Role
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.targets import Calendar, is_open
from resonanz.guidelines.checks import counting
from resonanz.guidelines.checks.contract import Context
from resonanz.guidelines.checks.running import look
from resonanz.guidelines.compiling import Compiled
from resonanz.guidelines.ruling import Draft, Found, Outcome
from resonanz.guidelines.simulator import Replay, Replayed, replay
from resonanz.listening.models import PostTopic
from resonanz.networks import registry
from resonanz.people import groups
from resonanz.service.answers.judging import colleagues
from resonanz.service.models import Case, Outgoing, OutgoingState

SPAN = timedelta(days=30)
MOST_ANSWERS = 2000
_NOBODY: frozenset[int] = frozenset()
_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Past:
    """An answer of the past: its case, how it begins, when it was sent. Who wrote it is not told."""

    outgoing_id: int
    case_id: int
    text: str
    sent_at: datetime


_Asked = tuple[Past, Draft, str]


def replay_answers(*, before: Compiled, after: Compiled, brands: Collection[int | None]) -> Replay[Past]:
    """What both versions say of the answers of the last month, at most MOST_ANSWERS, the newest first.

    `brands` are those whose channels count, None for channels of none.
    """
    asked = _asked(_answers(brands))
    plain = replay([(past, draft) for past, draft, _ in asked], before=before, after=after)
    same_checks = before.checks == after.checks
    names, domains = colleagues() if asked else ((), ())
    items = []
    for one, (_, draft, initials) in zip(plain.items, asked, strict=True):
        if same_checks and not one.moved:
            items.append(one)
            continue
        context = _context(draft, initials, names, domains)
        old, new = (_with_findings(draft, context, version) for version in (before, after))
        items.append(Replayed(key=one.key, before=before.ruling(old), after=after.ruling(new)))
    return _counted(items)


def draft_of_case(*, case: Case) -> Draft:
    """A short answer in this case now, by nobody in particular."""
    return _draft(case, "", Role.AGENT, None, clock.now(), _topics([case.pk]), _groups([case]), _Calendars())


def _answers(brands: Collection[int | None]) -> Sequence[Outgoing]:
    named = [brand for brand in brands if brand is not None]
    rows = Outgoing.objects.filter(state=OutgoingState.SENT, sent_at__gte=clock.now() - SPAN, case__isnull=False)
    ours = rows.filter(channel__brand__in=named)
    if None in brands:
        ours = ours | rows.filter(channel__brand__isnull=True)
    return list(ours.select_related("case__channel", "author").order_by("-sent_at", "-pk")[:MOST_ANSWERS])


def _asked(answers: Sequence[Outgoing]) -> list[_Asked]:
    cases = [answer.case for answer in answers if answer.case is not None]
    topics, known, hours = _topics([case.pk for case in cases]), _groups(cases), _Calendars()
    found = []
    for answer in answers:
        if answer.case is None or answer.sent_at is None:
            continue
        role = answer.author.role if answer.author else Role.AGENT
        draft = _draft(answer.case, answer.text, role, answer.author_id, answer.sent_at, topics, known, hours)
        past = Past(answer.pk, answer.case.pk, answer.text[:_SHOWN_CHARACTERS], answer.sent_at)
        found.append((past, draft, answer.author.initials if answer.author else ""))
    return found


def _draft(
    case: Case,
    text: str,
    role: str,
    user_id: int | None,
    at: datetime,
    topics: Mapping[int, frozenset[int]],
    known: Mapping[int, frozenset[int]],
    hours: _Calendars,
) -> Draft:
    limits = registry.connector(case.channel.network).limits
    return Draft(
        text=text,
        role=role,
        user_id=user_id,
        network=case.channel.network,
        visibility=case.visibility,
        intent=case.intent,
        topic_ids=topics.get(case.pk, _NOBODY) | ({case.topic_id} if case.topic_id else _NOBODY),
        group_ids=known.get(case.identity_id or 0, _NOBODY),
        in_hours=is_open(at=at, calendar=hours.of(case.team_id)),
        text_length_limit=limits.length_in(case.visibility),
        length=counting.length_of(text, counting=limits.counting),
    )


def _with_findings(draft: Draft, context: Context, version: Compiled) -> Draft:
    found = look(text=draft.text, context=replace(context, address=version.address, checks=version.checks))
    # Where the product itself decides, whatever the guideline says, the finding names its own clause.
    weighed = [Found(one.check, one.severity, one.clause if one.clause.startswith("checks.") else "") for one in found]
    return replace(draft, findings=tuple(weighed))


def _context(draft: Draft, initials: str, names: tuple[str, ...], domains: tuple[str, ...]) -> Context:
    return Context(
        visibility=draft.visibility,
        network=draft.network,
        text_length_limit=draft.text_length_limit,
        counts_length=registry.connector(draft.network).limits.counting,
        initials=(initials,) if initials else (),
        own_domains=domains,
        employee_names=names,
    )


def _counted(items: Sequence[Replayed[Past]]) -> Replay[Past]:
    counts: dict[tuple[Outcome, Outcome], int] = defaultdict(int)
    for item in items:
        counts[item.before.outcome, item.after.outcome] += 1
    return Replay(items=tuple(items), counts=dict(counts))


def _topics(case_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = PostTopic.objects.filter(post__case_posts__case__in=case_ids)
    for case_id, topic_id in rows.values_list("post__case_posts__case_id", "topic_id"):
        found[case_id].add(topic_id)
    return {case_id: frozenset(topics) for case_id, topics in found.items()}


def _groups(cases: Sequence[Case]) -> Mapping[int, frozenset[int]]:
    return groups.groups_of_many(identity_ids={case.identity_id for case in cases if case.identity_id})


class _Calendars:
    """The calendar of each team, read once."""

    def __init__(self) -> None:
        self._known: dict[int | None, Calendar] = {}

    def of(self, team_id: int | None) -> Calendar:
        """The calendar of a team, or of those without one."""
        if team_id not in self._known:
            self._known[team_id] = calendars.calendar_of(team_id=team_id)
        return self._known[team_id]
