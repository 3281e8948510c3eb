"""Two at the same moment: each act is stopped half-way, the other one runs until it waits, then both go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks.contract import Receipt
from resonanz.service import cases, intake, retention
from resonanz.service.answers import approvals, drafts, outbox, replies
from resonanz.service.answers.replies import cancel, queue_reply
from resonanz.service.models import Approval, Case, CasePost, CaseState, NoneNeeded, Outgoing, OutgoingState
from resonanz.service.work import acting, merging, moving, undoing
from tests.service.beside import Beside
from tests.service.conftest import MovingClock
from tests.service.guideline import EVERYBODY, LEAD_SIGNS, publish

pytestmark = pytest.mark.django_db(transaction=True)
Meanwhile = Callable[..., list[Beside]]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """`work` is done beside, once, as soon as `name` of `module` was called (or, with `before`, is about to be)."""

    def arrange(module: Any, name: str, work: Callable[[], object], *, before: bool = False) -> list[Beside]:
        real = getattr(module, name)
        others: list[Beside] = []

        def begin() -> None:
            if not others:
                others.append(Beside(work))
                others[0].waits()

        def interrupted(*args: Any, **kwargs: Any) -> object:
            if before:
                begin()
            result = real(*args, **kwargs)
            begin()
            return result

        monkeypatch.setattr(module, name, interrupted)
        return others

    return arrange


@pytest.fixture
def post_id(quiet_case: Case) -> int:
    return CasePost.objects.get(case=quiet_case).post_id


def delete_posts() -> None:
    with transaction.atomic():
        retention.delete_due_posts(date(2100, 1, 1), 10)


def test_sending_and_deleting_do_not_wait_for_each_other(
    quiet_case: Case, post_id: int, agent: User, meanwhile: Meanwhile
) -> None:
    key = uuid4()
    drafts.keep(case_id=quiet_case.pk, post_id=post_id, text="Morgen", author=agent, key=key)
    others = meanwhile(drafts, "taken_for_reply", delete_posts, before=True)

    queue_reply(case_id=quiet_case.pk, post_id=post_id, text="Morgen.", author=agent, key=key)
    others[0].finished()

    assert [(one.state, one.text) for one in Outgoing.objects.all()] == [(OutgoingState.CANCELLED, "Morgen.")]


def test_answer_arrives_though_its_post_is_deleted_at_that_moment(
    quiet_case: Case, post_id: int, agent: User, moving_clock: MovingClock, meanwhile: Meanwhile
) -> None:
    sent = queue_reply(case_id=quiet_case.pk, post_id=post_id, text="Morgen.", author=agent, key=uuid4())
    Outgoing.objects.filter(pk=sent.pk).update(state=OutgoingState.SENDING, lease_until=clock.now())
    others = meanwhile(outbox, "_moved", delete_posts, before=True)

    outbox.arrived(outgoing_id=sent.pk, receipt=Receipt("answer-1", ""))
    others[0].finished()

    assert Outgoing.objects.get(pk=sent.pk).state == OutgoingState.SENT


def test_reply_is_taken_back_though_another_tab_begins_to_write(
    quiet_case: Case, post_id: int, agent: User, meanwhile: Meanwhile
) -> None:
    sent = queue_reply(case_id=quiet_case.pk, post_id=post_id, text="Erstens.", author=agent, key=uuid4())
    others = meanwhile(drafts, "begin", lambda: cancel(outgoing_id=sent.pk, actor=agent))

    drafts.keep(case_id=quiet_case.pk, post_id=post_id, text="Zweitens.", author=agent, key=uuid4())
    others[0].finished()

    draft = drafts.of(case_id=quiet_case.pk, author=agent)
    assert draft is not None
    assert draft.text == "Erstens.\n\nZweitens."
    assert not Outgoing.objects.filter(state=OutgoingState.QUEUED).exists()


def test_two_tabs_that_begin_at_once_both_keep_their_words(
    quiet_case: Case, post_id: int, agent: User, meanwhile: Meanwhile
) -> None:
    kept: list[Outgoing | None] = []

    def keep(text: str) -> None:
        kept.append(drafts.keep(case_id=quiet_case.pk, post_id=post_id, text=text, author=agent, key=uuid4()))

    others = meanwhile(drafts, "begin", lambda: keep("Aus dem zweiten"))
    keep("Aus dem ersten")
    others[0].finished()

    assert None not in kept
    draft = drafts.of(case_id=quiet_case.pk, author=agent)
    assert draft is not None
    assert draft.text == "Aus dem zweiten"


def test_reply_is_either_sent_or_taken_back(
    quiet_case: Case, post_id: int, agent: User, moving_clock: MovingClock, meanwhile: Meanwhile
) -> None:
    sent = queue_reply(case_id=quiet_case.pk, post_id=post_id, text="Morgen.", author=agent, key=uuid4())
    moving_clock.forward(seconds=11)
    others = meanwhile(drafts, "put_back", lambda: outbox._claim(sent.pk))

    cancel(outgoing_id=sent.pk, actor=agent)
    others[0].finished()

    assert (Outgoing.objects.get().state, Outgoing.objects.get().attempt) == (OutgoingState.DRAFT, 0)


def test_reply_is_too_late_to_take_back_once_it_is_claimed(
    quiet_case: Case, post_id: int, agent: User, moving_clock: MovingClock, meanwhile: Meanwhile
) -> None:
    sent = queue_reply(case_id=quiet_case.pk, post_id=post_id, text="Morgen.", author=agent, key=uuid4())
    moving_clock.forward(seconds=11)
    others = meanwhile(outbox, "_moved", lambda: cancel(outgoing_id=sent.pk, actor=agent), before=True)

    outbox._claim(sent.pk)

    with pytest.raises(replies.TooLate):
        others[0].finished()
    assert Outgoing.objects.get().state == OutgoingState.SENDING


def test_case_is_not_resolved_over_a_post_that_somebody_opens_again(
    quiet_case: Case, post_id: int, agent: User, colleague: User, meanwhile: Meanwhile
) -> None:
    cases.needs_no_answer(case_id=quiet_case.pk, post_id=post_id, reason=NoneNeeded.TROLL, actor=agent)
    event = undoing.latest(user=agent)[0]
    others = meanwhile(cases, "settle", lambda: cases.resolve(case_id=quiet_case.pk, actor=colleague))

    undoing.undo(event_id=event.pk, actor=agent)

    with pytest.raises(cases.OpenPosts):
        others[0].finished()
    quiet_case.refresh_from_db()
    assert quiet_case.state == CaseState.OPEN


@pytest.fixture
def asked(quiet_case: Case, post_id: int, agent: User) -> Approval:
    """An answer that any lead may sign."""
    publish(EVERYBODY, LEAD_SIGNS)
    sent = queue_reply(case_id=quiet_case.pk, post_id=post_id, text="Morgen.", author=agent, key=uuid4())
    return Approval.objects.get(outgoing=sent)


def lead(name: str) -> User:
    return User.objects.create_user(f"{name}@nordhain.example", name=name, role="LEAD", created_at=clock.now())


def test_of_two_who_sign_at_once_one_does(asked: Approval, meanwhile: Meanwhile) -> None:
    lena, tom = lead("lena"), lead("tom")
    others = meanwhile(approvals, "release", lambda: approvals.approve(approval_id=asked.pk, actor=tom), before=True)

    approvals.approve(approval_id=asked.pk, actor=lena)

    with pytest.raises(approvals.AlreadyDecided):
        others[0].finished()
    asked.refresh_from_db()
    assert (asked.decided_by, asked.outgoing.state) == (lena, OutgoingState.QUEUED)


def test_signed_while_it_is_refused_it_is_one_of_both(asked: Approval, meanwhile: Meanwhile) -> None:
    lena, tom = lead("lena"), lead("tom")
    others = meanwhile(approvals, "put_back", lambda: approvals.approve(approval_id=asked.pk, actor=tom), before=True)

    approvals.refuse(approval_id=asked.pk, actor=lena, comment="Nein")

    with pytest.raises(approvals.AlreadyDecided):
        others[0].finished()
    assert Outgoing.objects.get().state == OutgoingState.DRAFT


def test_signed_while_its_author_takes_it_back_it_stays_here(
    asked: Approval, agent: User, meanwhile: Meanwhile
) -> None:
    lena = lead("lena")
    others = meanwhile(drafts, "put_back", lambda: approvals.approve(approval_id=asked.pk, actor=lena))

    cancel(outgoing_id=asked.outgoing_id, actor=agent)

    with pytest.raises(approvals.AlreadyDecided):
        others[0].finished()
    assert Outgoing.objects.get().state == OutgoingState.DRAFT


def test_taken_back_while_somebody_signs_it_is_a_draft_again(
    asked: Approval, agent: User, meanwhile: Meanwhile
) -> None:
    take_back = lambda: cancel(outgoing_id=asked.outgoing_id, actor=agent)  # noqa: E731
    others = meanwhile(approvals, "release", take_back, before=True)

    approvals.approve(approval_id=asked.pk, actor=lead("lena"))
    others[0].finished()

    asked.refresh_from_db()
    assert (asked.state, asked.outgoing.state) == ("WITHDRAWN", OutgoingState.DRAFT)


def test_answer_from_elsewhere_waits_for_the_act_at_hand(
    quiet_case: Case, post_id: int, agent: User, meanwhile: Meanwhile
) -> None:
    def answer_elsewhere() -> None:
        with transaction.atomic():
            cases.answered_elsewhere(parents=[("memory", "", "1")])

    others = meanwhile(cases, "locked", answer_elsewhere)

    cases.needs_no_answer(case_id=quiet_case.pk, post_id=post_id, reason=NoneNeeded.TROLL, actor=agent)
    others[0].finished()

    assert CasePost.objects.get().reason == NoneNeeded.TROLL


def test_case_is_not_opened_again_beside_one_that_opens_right_now(quiet_case: Case, post_id: int, agent: User) -> None:
    cases.needs_no_answer(case_id=quiet_case.pk, post_id=post_id, reason=NoneNeeded.TROLL, actor=agent)
    cases.resolve(case_id=quiet_case.pk, actor=agent)
    with transaction.atomic():
        newer = Case.objects.create(
            channel=quiet_case.channel, network=quiet_case.channel.network, root_native_id="1", visibility="PUBLIC",
            intent="OTHER", opened_at=clock.now(),
            last_post_at=clock.now(),
        )  # fmt: skip
        other = Beside(lambda: cases.reopen(case_id=quiet_case.pk, actor=agent))
        other.waits()

    with pytest.raises(cases.AnotherOpen) as refused:
        other.finished()
    assert refused.value.params == {"case": newer.pk}


def test_only_one_of_two_colleagues_claims_a_case(
    quiet_case: Case, agent: User, colleague: User, meanwhile: Meanwhile
) -> None:
    others = meanwhile(acting, "notify", lambda: cases.claim(case_id=quiet_case.pk, actor=colleague), before=True)

    cases.claim(case_id=quiet_case.pk, actor=agent)

    with pytest.raises(cases.AlreadyClaimed):
        others[0].finished()
    quiet_case.refresh_from_db()
    assert quiet_case.claimed_by == agent


def test_post_that_comes_while_its_case_is_merged_lands_in_the_surviving_one(
    quiet_case: Case, post_id: int, agent: User, meanwhile: Meanwhile
) -> None:
    into = Case.objects.create(
        channel=quiet_case.channel, network=quiet_case.channel.network, root_native_id="elsewhere",
        visibility="PUBLIC", intent="OTHER",
        opened_at=clock.now(), last_post_at=clock.now(),
    )  # fmt: skip
    post = Post.objects.get(pk=post_id)
    post.pk, post.native_id = None, "later"
    post.save(force_insert=True)

    def arrives() -> None:
        with transaction.atomic():
            intake.take(channel=quiet_case.channel, arrivals=[cases.arrival_of(post=post)])

    others = meanwhile(moving, "move_all", arrives)
    merging.merge(case_id=quiet_case.pk, into_id=into.pk, actor=agent)
    others[0].finished()

    assert CasePost.objects.get(post=post).case_id == into.pk
    assert list(Case.objects.filter(state=CaseState.OPEN)) == [into]
