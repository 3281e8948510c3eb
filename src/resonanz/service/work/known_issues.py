"""Known issues: what many cases are about, who looks after it, and what may be said of it while it lasts.

A wording is released once the guideline lets it be said, signed where it must; changed, it is released anew. Each
message that bears it is judged again for its own case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.db import transaction
from django.db.models import Case as CaseOf
from django.db.models import QuerySet, When

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import Brand, User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.guidelines.ruling import LEADS, Approvers, Outcome, Ruling
from resonanz.listening.models import Intent, Topic, Visible
from resonanz.networks.connections import channels
from resonanz.networks.models import Channel
from resonanz.privacy import audit, retention
from resonanz.service import naming
from resonanz.service.answers import signing
from resonanz.service.answers.approvals import MayNotSign, NotAllowed
from resonanz.service.answers.judging import judge
from resonanz.service.lists import search
from resonanz.service.models import (
    BoundState,
    Case,
    CaseState,
    IssueCase,
    IssueState,
    IssueWording,
    KnownIssue,
    Occasion,
    WordingState,
)
from resonanz.service.work.acting import CaseAct, Done

MOST_TITLE = 120
MOST_TEXT = 5_000
MOST_SUGGESTED = 50
KEPT_DAYS = 730
_MOST_JUDGED = 20


class NoTitle(ResonanzError):
    """An issue has a name."""

    code = "issue.no_title"


class OtherBrand(ResonanzError):
    """The issue belongs to another brand than the case."""

    code = "issue.other_brand"


class IsSolved(ResonanzError):
    """The issue is solved already."""

    code = "issue.is_solved"


class NotWaiting(ResonanzError):
    """Nobody waits for a signature under this wording."""

    code = "issue.not_waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is written down of an issue."""

    title: str
    brand: Brand | None
    owner: User | None
    topic: Topic | None
    words: str


class Bind(CaseAct):
    """Say that cases are about a known issue."""

    name: ClassVar[str] = "case.issue_bound"

    def __init__(self, *, issue_id: int, actor: User) -> None:
        self._issue_id, self._actor = issue_id, actor
        self._issue: KnownIssue | None = None
        self._bound: set[int] = set()

    def prepare(self, cases: Sequence[Case]) -> None:
        """Which of them are about it already."""
        locked = KnownIssue.objects.select_for_update(of=("self",), no_key=True)  # nobody solves it meanwhile
        self._issue = locked.filter(pk=self._issue_id).first()
        rows = IssueCase.objects.filter(issue=self._issue_id, case__in=cases)
        self._bound = set(rows.values_list("case_id", flat=True))

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Raises IsSolved, OtherBrand; nothing where it is so already."""
        if self._issue is None or self._issue.state != IssueState.OPEN:
            raise IsSolved
        if self._issue.brand_id != case.channel.brand_id:
            raise OtherBrand
        return None if case.pk in self._bound else {"issue": self._issue_id}

    def finish(self, done: Sequence[Done]) -> None:
        """One statement for all."""
        now = clock.now()
        IssueCase.objects.bulk_create(
            [IssueCase(issue_id=self._issue_id, case=each.case, bound_by=self._actor, bound_at=now) for each in done],
            ignore_conflicts=True,
        )


class Unbind(CaseAct):
    """Say that cases are not about it after all; what was told stays told."""

    name: ClassVar[str] = "case.issue_unbound"

    def __init__(self, *, issue_id: int) -> None:
        self._issue_id = issue_id
        self._bound: set[int] = set()

    def prepare(self, cases: Sequence[Case]) -> None:
        """Which of them are about it."""
        rows = IssueCase.objects.filter(issue=self._issue_id, case__in=cases).exclude(state=BoundState.TOLD)
        self._bound = set(rows.values_list("case_id", flat=True))

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Nothing where it is not bound."""
        return {"issue": self._issue_id} if case.pk in self._bound else None

    def finish(self, done: Sequence[Done]) -> None:
        """One statement for all."""
        gone = IssueCase.objects.filter(issue=self._issue_id, case__in=[each.case for each in done])
        gone.exclude(state=BoundState.TOLD).delete()


def bind_again(*, pairs: Collection[tuple[Case, int]], actor_id: int | None, bound: bool) -> None:
    """As it was before `Bind` or `Unbind`."""
    for case, issue_id in pairs:
        if bound and KnownIssue.objects.filter(pk=issue_id).exists():
            fresh = {"bound_by_id": actor_id, "bound_at": clock.now()}
            IssueCase.objects.get_or_create(issue_id=issue_id, case=case, defaults=fresh)
        elif not bound:
            IssueCase.objects.filter(issue=issue_id, case=case, state=BoundState.BOUND).delete()


def open_issue(*, about: About, actor: User) -> KnownIssue:
    """Begin one; raises NoTitle."""
    issue = KnownIssue(opened_by=actor, opened_at=clock.now())
    return _save(issue, about, "issue.opened", actor)


def change_issue(*, issue_id: int, about: About, actor: User) -> KnownIssue:
    """Write down something else of it; the brand stays once cases are bound. Raises NoTitle."""
    issue = KnownIssue.objects.get(pk=issue_id)
    if issue.bound.exists():
        about = About(title=about.title, brand=issue.brand, owner=about.owner, topic=about.topic, words=about.words)
    return _save(issue, about, "issue.changed", actor)


def _save(issue: KnownIssue, about: About, act: str, actor: User) -> KnownIssue:
    issue.title = clean(about.title, most=MOST_TITLE)
    if not issue.title:
        raise NoTitle
    issue.brand, issue.owner, issue.topic = about.brand, about.owner, about.topic
    issue.words = clean(about.words, most=300)
    with transaction.atomic():
        issue.save()
        audit.record(act=act, actor=actor_of(actor), thing="known_issue", thing_id=issue.pk)
    return issue


def solve(*, issue_id: int, actor: User) -> KnownIssue:
    """The cause is gone; from now on nothing more is bound, and everybody may be told."""
    with transaction.atomic():
        issue = KnownIssue.objects.select_for_update(of=("self",)).get(pk=issue_id)
        if issue.state == IssueState.OPEN:
            now = clock.now()
            issue.state, issue.solved_at = IssueState.SOLVED, now
            issue.delete_on = retention.today() + timedelta(days=KEPT_DAYS)
            issue.save(update_fields=["state", "solved_at", "delete_on"])
            audit.record(act="issue.solved", actor=actor_of(actor), thing="known_issue", thing_id=issue.pk)
    return issue


def set_wording(*, issue_id: int, occasion: Occasion, language: str, text: str, actor: User) -> IssueWording | None:
    """What is said of it in this language; other words than before are released anew. Empty, it is removed."""
    text = clean(text, most=MOST_TEXT)
    with transaction.atomic():
        KnownIssue.objects.select_for_update(of=("self",)).get(pk=issue_id)
        standing = IssueWording.objects.filter(issue=issue_id, occasion=occasion, language=language).first()
        if not text:
            if standing is not None:
                standing.delete()
            return None
        if standing is not None and standing.text == text:
            return standing
        wording = standing or IssueWording(issue_id=issue_id, occasion=occasion, language=language)
        wording.text, wording.author, wording.changed_at = text, actor, clock.now()
        wording.state, wording.released_at, wording.signed_by = WordingState.DRAFT, None, None
        wording.clause, wording.approvers, wording.text_hash = "", {}, ""
        wording.save()
    return wording


def release_wording(*, wording_id: int, actor: User) -> IssueWording:
    """Let it be said, where the guideline does; else it awaits a signature. Raises NotAllowed."""
    with transaction.atomic():
        wording = IssueWording.objects.select_for_update(of=("self",)).select_related("issue").get(pk=wording_id)
        if wording.state == WordingState.RELEASED:
            return wording
        ruling = _strictest(wording, actor)
        if ruling.outcome is Outcome.FORBIDDEN:
            raise NotAllowed(clause=ruling.clause, outcome=ruling.outcome.value, **ruling.params)
        wording.author = wording.author or actor  # whoever wrote it does not sign it, whoever asks for the signature
        wording.clause = ruling.clause
        wording.text_hash = signing.hash_of(wording.text)
        if ruling.outcome is Outcome.NEEDS_APPROVAL:
            wording.state, wording.approvers = WordingState.AWAITING, (ruling.approvers or LEADS).as_record()
        else:
            wording.state, wording.released_at = WordingState.RELEASED, clock.now()
        wording.save()
        _record(wording, actor)
    return wording


def sign_wording(*, wording_id: int, actor: User) -> IssueWording:
    """Sign just these words, for every case of the issue; raises NotWaiting, MayNotSign."""
    with transaction.atomic():
        wording = IssueWording.objects.select_for_update(of=("self",)).get(pk=wording_id)
        if wording.state != WordingState.AWAITING or wording.text_hash != signing.hash_of(wording.text):
            raise NotWaiting
        if not may_sign_wording(wording=wording, user=actor):
            raise MayNotSign
        wording.state, wording.released_at, wording.signed_by = WordingState.RELEASED, clock.now(), actor
        wording.save(update_fields=["state", "released_at", "signed_by"])
        _record(wording, actor)
    return wording


def may_sign_wording(*, wording: IssueWording, user: User) -> bool:
    """Whether this colleague is one of those whom the guideline names, and did not write it."""
    approvers = Approvers.from_record(wording.approvers)
    return signing.may_sign(user=user, approvers=approvers, author_id=wording.author_id, since=None)


def _record(wording: IssueWording, actor: User) -> None:
    audit.record(
        act=f"issue.wording_{wording.state.lower()}", actor=actor_of(actor), thing="issue_wording",
        thing_id=wording.pk, issue=wording.issue_id, clause=wording.clause,
    )  # fmt: skip


def _strictest(wording: IssueWording, actor: User) -> Ruling:
    """What the guideline says to it in the kinds of cases that are bound, or where none is, on each channel."""
    rulings = [judge(case=case, text=wording.text, author=actor, at_send=True).ruling for case in _kinds(wording.issue)]
    order = (Outcome.FORBIDDEN, Outcome.NEEDS_APPROVAL, Outcome.ALLOWED)
    if not rulings:
        raise NotAllowed(clause="", outcome=Outcome.FORBIDDEN.value)
    return min(rulings, key=lambda ruling: order.index(ruling.outcome))


def _kinds(issue: KnownIssue) -> list[Case]:
    """Cases that stand for all of their kind; they are in no table."""
    kinds = Case.objects.filter(known_issues__issue=issue).values_list("channel", "visibility", "intent", "topic")
    found: list[tuple[int, str, str, int | None]] = list(kinds.distinct()[:_MOST_JUDGED])
    by_id = {channel.pk: channel for channel in Channel.objects.filter(brand=issue.brand_id).order_by("pk")}
    if not found:
        real = [pk for pk, channel in by_id.items() if not channels.is_practice(channel)] or list(by_id)
        found = [(pk, Visible.PUBLIC, Intent.COMPLAINT, issue.topic_id) for pk in real[:_MOST_JUDGED]]
    return [
        Case(pk=0, channel=by_id[channel_id], visibility=visibility, intent=intent, topic_id=topic_id)
        for channel_id, visibility, intent, topic_id in found
        if channel_id in by_id
    ]


def wording_for(*, wordings: Collection[IssueWording], occasion: Occasion, language: str) -> IssueWording | None:
    """The released wording in the person's language; where that is not known, the one that was released first."""
    released = [one for one in wordings if one.occasion == occasion and one.state == WordingState.RELEASED]
    if not language:
        return min(released, key=lambda one: (one.released_at, one.pk), default=None)
    return next((one for one in released if one.language == language), None)


def said_of(*, case: Case, wording_id: int) -> str:
    """What is said while people wait, if this wording is released and the case is about its issue; else ""."""
    released = IssueWording.objects.filter(
        pk=wording_id, state=WordingState.RELEASED, issue__bound__case=case, issue__state=IssueState.OPEN
    )
    return released.values_list("text", flat=True).first() or ""


def issues_of(*, case: Case) -> list[IssueCase]:
    """What the case is about, with the wordings."""
    bound = IssueCase.objects.filter(case=case).select_related("issue__owner").prefetch_related("issue__wordings")
    return list(bound.order_by("pk"))


def fitting(*, case: Case) -> QuerySet[KnownIssue]:
    """Open issues of the case's brand; those of its topic first."""
    open_ones = KnownIssue.objects.filter(state=IssueState.OPEN, brand=case.channel.brand_id)
    same_topic = CaseOf(When(topic=case.topic_id or 0, then=0), default=1)
    return open_ones.exclude(bound__case=case).order_by(same_topic, "-opened_at", "-pk")


def suggested(*, issue: KnownIssue) -> list[Case]:
    """Open cases of the brand that seem to be about it, by topic and by words, the newest first."""
    free = Case.objects.filter(state=CaseState.OPEN, channel__brand=issue.brand_id).exclude(known_issues__issue=issue)
    wanted = {case_id for words in _words(issue) for case_id in _hits(words, free)}
    if issue.topic_id is not None:
        by_topic = free.filter(topic=issue.topic_id).order_by("-last_post_at")
        wanted |= set(by_topic.values_list("pk", flat=True)[:MOST_SUGGESTED])
    rows = Case.objects.filter(pk__in=wanted).select_related("identity", "channel", "topic")
    return list(rows.order_by("-last_post_at", "-pk")[:MOST_SUGGESTED])


def _hits(words: str, free: QuerySet[Case]) -> list[int]:
    """Words that may be an employee's name find no case in which somebody is named: the page is for everybody."""
    among = free.filter(names_employees=False) if naming.may_name(words) else free
    return [hit.case_id for hit in search.found(words=words, among=among)]


def _words(issue: KnownIssue) -> list[str]:
    return [words.strip() for words in issue.words.split(",") if words.strip()]
