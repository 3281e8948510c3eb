"""The past fourteen days, played in the order of time by the ways that every post and every answer takes.

Strangers speak on the practice network, our channel is read, colleagues answer through the outbox; only the clocks are
moved, ours and the network's. Played again, it goes on where it stopped: every step looks at what is there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks import registry
from resonanz.networks.connections.channels import account_of
from resonanz.networks.contract import Author, Event, Posted, PostKind, Reads
from resonanz.networks.models import Channel
from resonanz.ops.demo_world import company, lines
from resonanz.ops.demo_world.lines import OUR_ANSWER, Done, Line
from resonanz.ops.demo_world.moments import moments
from resonanz.ops.demo_world.practice import Act, Practice, clock_act, say_act
from resonanz.pipeline.take_in import take_in
from resonanz.service import cases
from resonanz.service.answers import approvals, outbox, replies
from resonanz.service.models import (
    ApprovalState,
    Case,
    CasePost,
    CasePostState,
    Declaration,
    NoneNeeded,
    Outgoing,
    OutgoingState,
)
from resonanz.service.work import declarations

SETTLED_AFTER = 200
"""Minutes until somebody settles what no line says anything of."""
_SENDING = replies.TIME_TO_UNDO + timedelta(seconds=1)
_READING = timedelta(seconds=3)
_RESOLVING = timedelta(minutes=2)
_JUST_NOW = timedelta(minutes=1)
_UNSEEN = 2 / 3
"""This part of the time to an answer passes before a colleague makes a case of what no judge took for one."""
_KEYS = uuid.UUID("6f1c3c1e-6f0d-4d5e-9d7b-6f2d7e0a4b11")
_REVIEWS_FROM = "shop.nordhain.example"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens at a moment: a line is said, or one of us deals with it (`done`)."""

    at: datetime
    line: Line
    done: Done | None = None


def play(*, practice: Practice, start: datetime, said: Sequence[Line]) -> None:
    """Play all lines of the past; returns when everything stands where it should at the start."""
    past = [line for line in said if line.live is None]
    when = moments(past, start=start, zone=company.zone(), due=company.due())
    try:
        with _quick_commits():
            _Play(practice, start).through(_steps(past, when, start))
    finally:
        practice.move_clock(None)


@contextmanager
def _quick_commits() -> Iterator[None]:
    """Commits that wait for no disk: what a crash takes away is played again, for nothing is marked as done yet."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        try:
            yield
        finally:
            cursor.execute("SET synchronous_commit = on")


def _steps(past: Sequence[Line], when: dict[str, datetime], start: datetime) -> list[Step]:
    """In the order of time; a line is said before it is dealt with."""
    steps = [Step(when[line.id], line) for line in past]
    for line in past:
        if not line.due:
            done = line.done or _by_itself(line)
            steps.append(Step(min(when[line.id] + timedelta(minutes=done.after), start - _JUST_NOW), line, done))
    return sorted(steps, key=lambda step: (step.at, step.done is not None, step.line.id))


def _by_itself(line: Line) -> Done:
    reason = NoneNeeded.PRAISE if line.intent == "praise" else NoneNeeded.ANSWERED_ELSEWHERE
    return Done(by="", after=SETTLED_AFTER, reason=reason)


class _Play:
    """One run through the past."""

    def __init__(self, practice: Practice, start: datetime) -> None:
        self._practice = practice
        self._start = start
        self._people = lines.people()
        self._actors = company.actors()
        self._channel = Channel.objects.get(name=company.CHANNEL)
        self._reviews = Channel.objects.get(name=company.REVIEWS)
        self._native: dict[str, str] = {}

    def through(self, steps: Sequence[Step]) -> None:
        for group in _grouped(steps):
            if group[0].done is None:
                self._say(group)
            else:
                self._act(group[0])

    def _say(self, group: Sequence[Step]) -> None:
        """Strangers speak, one after the other; then our channel is read."""
        reviews = [step for step in group if step.line.is_imported]
        for step in reviews:
            with clock.moved_to(step.at + _READING):
                take_in(channel=self._reviews, events=[self._review(step)])
        spoken = [step for step in group if not step.line.is_imported]
        acts: list[Act] = []
        for step in spoken:
            line = step.line
            parent, quoted = self._number_of(line.thread), self._number_of(line.quotes)
            acts += [clock_act(step.at), say_act(line, self._people[line.by], parent=parent, quoted=quoted)]
        for step, done in zip(spoken, self._practice.play(acts)[1::2], strict=True):
            self._native[step.line.id] = done["id"]
        if spoken:
            self._read()

    def _number_of(self, named: str) -> str:
        """The network's number of a post, or of our answer to it, as lines name them."""
        if not named:
            return ""
        said = self._native[named.removesuffix(OUR_ANSWER)]
        if not named.endswith(OUR_ANSWER):
            return said
        ours = Outgoing.objects.filter(key=_key(named.removesuffix(OUR_ANSWER)), state=OutgoingState.SENT).first()
        return ours.native_id if ours else said

    def _review(self, step: Step) -> Posted:
        person = self._people[step.line.by]
        return Posted(
            network=self._reviews.network,
            origin=_REVIEWS_FROM,
            native_id=step.line.id,
            author=Author(person.handle, person.handle, person.name),
            text=step.line.text,
            posted_at=step.at,
            kind=PostKind.REVIEW,
            addressed=True,
        )

    def _read(self) -> None:
        """What the listener does, but each post a moment after it was said."""
        channel = Channel.objects.get(pk=self._channel.pk)
        reading: Reads = registry.connector(channel.network)  # type: ignore[assignment] # it declares POLL
        for batch in reading.poll(account_of(channel), channel.cursor):
            groups = list(_each_post(batch.events)) or [[]]
            for events in groups:
                cursor = batch.cursor if events is groups[-1] else None
                with clock.moved_to(_moment_of(events, self._start)):
                    take_in(channel=channel, events=events, cursor=cursor)

    def _act(self, step: Step) -> None:
        """One of us deals with a post, if it still waits."""
        if step.done is None:
            return
        post = self._post(step.line)
        if post is None:
            return
        with clock.moved_to(step.at):
            if step.done.text:
                self._answer(step, step.done, post)
            else:
                self._settle(step.done, post)

    def _post(self, line: Line) -> Post | None:
        if line.is_imported:
            return Post.objects.filter(network=self._reviews.network, origin=_REVIEWS_FROM, native_id=line.id).first()
        rows = Post.objects.filter(network=self._channel.network, native_id=self._native[line.id])
        return rows.filter(channels=self._channel.pk).first()

    def _answer(self, step: Step, done: Done, post: Post) -> None:
        author = self._actors[done.by]
        sent = Outgoing.objects.filter(key=_key(step.line.id)).first()
        case = (sent.case if sent else None) or _open_case(post) or self._made_of(post, author)
        _give(case, author)
        outgoing = replies.queue_reply(
            case_id=case.pk, post_id=post.pk, text=done.text, author=author, key=_key(step.line.id)
        )
        if outgoing.state == OutgoingState.AWAITING:
            outgoing = self._signed(outgoing)
        leaves_at = min(step.at + _SENDING, self._start)
        if outgoing.state != OutgoingState.SENT:
            self._practice.move_clock(leaves_at)
            with clock.moved_to(leaves_at):
                outbox.send_due(outgoing_id=outgoing.pk)
        with clock.moved_to(min(leaves_at + _RESOLVING, self._start)):
            _resolve_if_done(case, author)

    def _signed(self, outgoing: Outgoing) -> Outgoing:
        """What the guideline wants four eyes for, a lead has looked at."""
        nele, you = self._actors["nele"], self._actors[company.YOU]
        asked = outgoing.approvals.get(state=ApprovalState.WAITING)
        return approvals.approve(approval_id=asked.pk, actor=you if outgoing.author == nele else nele)

    def _made_of(self, post: Post, author: User) -> Case:
        """Nothing told the judges that it wants an answer; a colleague saw it, some time before the answer."""
        with clock.moved_to(post.posted_at + (clock.now() - post.posted_at) * _UNSEEN):
            return cases.open_from_post(post_id=post.pk, channel_id=self._channel.pk, actor=author)

    def _settle(self, done: Done, post: Post) -> None:
        case = _open_case(post)
        if case is None:
            return
        waits = CasePost.objects.filter(case=case, post=post, state=CasePostState.OPEN).exists()
        actor = self._actors[done.by] if done.by else case.assignee or self._actors["nele"]
        if waits:
            _give(case, actor)
            cases.needs_no_answer(case_id=case.pk, post_id=post.pk, reason=NoneNeeded(done.reason), actor=actor)
        _resolve_if_done(case, actor)


def _grouped(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """What strangers say between two acts of ours goes to the network in one request; a new thread begins a group."""
    group: list[Step] = []
    for step in steps:
        said_before = {one.line.id for one in group}
        if group and (step.done or group[0].done or said_before & {step.line.parent, step.line.quotes}):
            yield group
            group = []
        group.append(step)
    if group:
        yield group


def _each_post(events: Sequence[Event]) -> Iterator[list[Event]]:
    """Each post with what follows it, such as counts."""
    group: list[Event] = []
    for event in events:
        if group and isinstance(event, Posted):
            yield group
            group = []
        group.append(event)
    if group:
        yield group


def _moment_of(events: Sequence[Event], start: datetime) -> datetime:
    posted = next((event for event in events if isinstance(event, Posted)), None)
    return min(posted.posted_at + _READING, start) if posted else start


def _key(line_id: str) -> uuid.UUID:
    """The key of our answer to a line: the same in every run."""
    return uuid.uuid5(_KEYS, line_id)


def _open_case(post: Post) -> Case | None:
    place = CasePost.objects.filter(post=post, case__state="OPEN").select_related("case__assignee").first()
    return place.case if place else None


def _give(case: Case, colleague: User) -> None:
    if case.assignee_id != colleague.pk:
        cases.assign(case_id=case.pk, assignee_id=colleague.pk, actor=colleague)


def _resolve_if_done(case: Case, actor: User) -> None:
    if not CasePost.objects.filter(case=case, state=CasePostState.OPEN).exists():
        for declared in Declaration.objects.filter(case=case, state__in=declarations.WAITING).order_by("pk"):
            declarations.decide_none(declaration_id=declared.pk, actor=actor)
        cases.resolve(case_id=case.pk, actor=actor)
