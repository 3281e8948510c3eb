from __future__ import annotations

from uuid import uuid4

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.service import cases
from resonanz.service.answers import approvals, drafts, guarding, outbox, signing
from resonanz.service.answers.replies import queue_reply
from resonanz.service.models import Approval, ApprovalState, Case, CasePost, Outgoing, OutgoingState
from tests.networks.memory_process import MemoryProcess
from tests.service.conftest import MovingClock
from tests.service.guideline import EVERYBODY, LEAD_SIGNS, publish, signed_by

pytestmark = pytest.mark.django_db
ANSWER = "Morgen früh, versprochen. ^MK"


@pytest.fixture
def lead(agent: User) -> User:
    return User.objects.create_user("lena@nordhain.example", name="Lena", role=Role.LEAD, created_at=clock.now())


def answer(case: Case, author: User, text: str = ANSWER) -> Outgoing:
    post = CasePost.objects.filter(case=case, post__speaker="OUTSIDER").order_by("pk")[0].post
    return queue_reply(case_id=case.pk, post_id=post.pk, text=text, author=author, key=uuid4())


def sent(outgoing: Outgoing) -> tuple[str, str]:
    outbox.send_due(outgoing_id=outgoing.pk)
    return Outgoing.objects.values_list("state", "failure_code").get(pk=outgoing.pk)


def test_author_who_may_not_answer_any_more_is_stopped_though_no_rule_speaks_of_roles(
    quiet_case: Case, agent: User, moving_clock: MovingClock
) -> None:
    publish({"outcome": "ALLOWED"})
    queued = answer(quiet_case, agent)
    User.objects.filter(pk=agent.pk).update(role=Role.ANALYST)
    moving_clock.forward(seconds=20)

    assert sent(queued) == (OutgoingState.FAILED, guarding.AUTHOR_MAY_NOT)


def test_signature_of_somebody_named_who_may_not_answer_any_more_does_not_hold(
    quiet_case: Case, agent: User, lead: User, moving_clock: MovingClock
) -> None:
    publish(EVERYBODY, signed_by(people=[lead.pk]))
    queued = answer(quiet_case, agent)
    asked = Approval.objects.get(outgoing=queued)
    approvals.approve(approval_id=asked.pk, actor=lead, seen=signing.thread_mark(case=quiet_case))
    User.objects.filter(pk=lead.pk).update(role=Role.ANALYST)
    moving_clock.forward(seconds=20)

    assert sent(queued) == (OutgoingState.FAILED, guarding.NEEDS_APPROVAL)


def test_nobody_is_asked_to_sign_who_may_not_answer(quiet_case: Case, agent: User, lead: User) -> None:
    publish(EVERYBODY, signed_by(people=[lead.pk]))
    answer(quiet_case, agent)
    assert len(approvals.waiting_for(user=lead)) == 1

    lead.role = Role.ANALYST

    assert approvals.waiting_for(user=lead) == []


def test_signature_is_not_asked_for_in_a_case_that_is_done(quiet_case: Case, agent: User, lead: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    cases.resolve(case_id=quiet_case.pk, actor=agent, reason="SPAM")

    with pytest.raises(approvals.Overtaken):
        answer(quiet_case, agent)

    draft = drafts.of(case_id=quiet_case.pk, author=agent)
    assert draft is not None
    assert draft.text == ANSWER
    assert not Approval.objects.exists()


def test_other_answer_to_the_post_ends_the_request_for_a_signature(
    network: MemoryProcess, case: Case, agent: User, lead: User, moving_clock: MovingClock
) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    first = answer(case, agent)
    publish(EVERYBODY)
    second = answer(case, agent, "Kurz gesagt: morgen.")
    moving_clock.forward(seconds=20)

    assert sent(second)[0] == OutgoingState.SENT

    first.refresh_from_db()
    assert first.state == OutgoingState.DRAFT
    assert Approval.objects.get(outgoing=first).state == ApprovalState.SUPERSEDED
