from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import F

from resonanz.accounts import colleagues
from resonanz.accounts.models import Membership, Role, Team, User
from resonanz.core import clock
from resonanz.duties.presence import set_absence
from resonanz.guidelines.models import Guideline
from resonanz.guidelines.ruling import Approvers
from resonanz.listening.models import Post
from resonanz.networks.contract import Account
from resonanz.pipeline.polling import poll_once
from resonanz.privacy.models import AuditRecord
from resonanz.service import cases
from resonanz.service.answers import approvals, drafts, outbox, signing
from resonanz.service.answers.replies import NotYours, UnderWay, cancel, queue_reply
from resonanz.service.models import (
    Approval,
    ApprovalState,
    Case,
    CaseEvent,
    CaseNote,
    CasePost,
    NoneNeeded,
    Outgoing,
    OutgoingState,
)
from tests.networks.memory_process import MemoryProcess
from tests.service.conftest import MovingClock
from tests.service.guideline import EVERYBODY, LEAD_SIGNS, publish, signed_by

pytestmark = pytest.mark.django_db
ANSWER = "Morgen früh, versprochen. ^MK"
FORBIDDEN = {"outcome": "FORBIDDEN", "roles": ["AGENT"]}


@pytest.fixture
def lead(agent: User) -> User:
    return User.objects.create_user("lena@nordhain.example", name="Lena", role=Role.LEAD, created_at=clock.now())


def post_of(case: Case) -> Post:
    return CasePost.objects.filter(case=case, post__speaker="OUTSIDER").order_by("pk")[0].post


def ask(case: Case, author: User, text: str = ANSWER) -> Approval:
    outgoing = queue_reply(case_id=case.pk, post_id=post_of(case).pk, text=text, author=author, key=uuid4())
    return Approval.objects.get(outgoing=outgoing)


def state(asked: Approval) -> tuple[str, str]:
    return Approval.objects.get(pk=asked.pk).state, Outgoing.objects.get(pk=asked.outgoing_id).state


def draft_text(case: Case, author: User) -> str:
    draft = drafts.of(case_id=case.pk, author=author)
    return draft.text if draft else ""


def publish_unread() -> None:
    """A version of the company's own, in force for two days, that nobody has acknowledged."""
    publish(EVERYBODY, LEAD_SIGNS, is_starter=False)
    Guideline.objects.update(effective_at=F("effective_at") - timedelta(days=2))


def test_answer_that_needs_a_signature_waits_for_it(quiet_case: Case, agent: User, lead: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS)

    asked = ask(quiet_case, agent)

    assert state(asked) == (ApprovalState.WAITING, OutgoingState.AWAITING)
    assert (asked.clause, asked.approvers["roles"]) == ("1.2", ["LEAD"])
    assert approvals.waiting_for(user=lead) == [asked]
    assert approvals.waiting_for(user=agent) == []
    assert list(outbox.waiting()) == []
    assert AuditRecord.objects.get(act="approval.requested").actor_id == agent.pk
    assert CaseEvent.objects.filter(act="approval.requested", case=quiet_case).exists()


def test_signed_answer_leaves_after_the_usual_seconds_and_stands_once(
    case: Case, agent: User, lead: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(case, agent)

    outgoing = approvals.approve(approval_id=asked.pk, actor=lead, comment="Gut so")
    outbox.send_due(outgoing_id=outgoing.pk)
    assert state(asked) == (ApprovalState.APPROVED, OutgoingState.QUEUED)
    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=outgoing.pk)

    assert state(asked) == (ApprovalState.APPROVED, OutgoingState.SENT)
    ruling = Outgoing.objects.get(pk=outgoing.pk).ruling
    assert (ruling["outcome"], ruling["clause"], ruling["signed_by"]) == ("NEEDS_APPROVAL", "1.2", lead.pk)


def test_nobody_signs_their_own_words_unless_the_guideline_names_them(
    quiet_case: Case, agent: User, lead: User
) -> None:
    publish(EVERYBODY, signed_by(roles=["AGENT"]))
    asked = ask(quiet_case, agent)
    with pytest.raises(approvals.MayNotSign):
        approvals.approve(approval_id=asked.pk, actor=agent)
    cancel(outgoing_id=asked.outgoing_id, actor=agent)

    publish(EVERYBODY, signed_by(people=[agent.pk]))
    named = Approval.objects.get(outgoing=_again(quiet_case, agent), state=ApprovalState.WAITING)

    assert approvals.waiting_for(user=agent) == [named]
    approvals.approve(approval_id=named.pk, actor=agent)
    assert state(named)[0] == ApprovalState.APPROVED


def _again(case: Case, author: User) -> Outgoing:
    draft = drafts.of(case_id=case.pk, author=author)
    assert draft is not None
    return queue_reply(case_id=case.pk, post_id=post_of(case).pk, text=draft.text, author=author, key=draft.key)


def test_refusal_says_why_and_gives_the_words_back(quiet_case: Case, agent: User, lead: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(quiet_case, agent)

    with pytest.raises(approvals.NoReason):
        approvals.refuse(approval_id=asked.pk, actor=lead, comment=" ")
    approvals.refuse(approval_id=asked.pk, actor=lead, comment="Bitte ohne Versprechen")

    refused = Approval.objects.get(pk=asked.pk)
    assert (refused.state, refused.comment, refused.decided_by) == ("REFUSED", "Bitte ohne Versprechen", lead)
    assert draft_text(quiet_case, agent) == ANSWER
    with pytest.raises(approvals.AlreadyDecided):
        approvals.approve(approval_id=asked.pk, actor=lead)


def test_signer_changes_the_wording_and_the_author_sees_both(quiet_case: Case, agent: User, lead: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(quiet_case, agent)

    approvals.approve(approval_id=asked.pk, actor=lead, text="Morgen früh. ^MK")

    signed = Approval.objects.get(pk=asked.pk)
    assert (signed.outgoing.text, signed.wording_before) == ("Morgen früh. ^MK", ANSWER)
    assert signed.text_hash == signing.hash_of("Morgen früh. ^MK")


def test_signer_cannot_change_the_wording_to_what_is_forbidden(quiet_case: Case, agent: User, lead: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS, {"outcome": "FORBIDDEN", "only_longer_than_network": True})
    asked = ask(quiet_case, agent)

    with pytest.raises(approvals.NotAllowed) as refused:
        approvals.approve(approval_id=asked.pk, actor=lead, text="x" * 501)

    assert refused.value.params["clause"] == "1.3"
    assert state(asked) == (ApprovalState.WAITING, OutgoingState.AWAITING)


def test_author_withdraws_and_goes_on_writing_a_colleague_cannot(
    quiet_case: Case, agent: User, colleague: User, lead: User
) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(quiet_case, agent)

    with pytest.raises(NotYours):
        cancel(outgoing_id=asked.outgoing_id, actor=colleague)
    cancel(outgoing_id=asked.outgoing_id, actor=agent)

    assert Approval.objects.get(pk=asked.pk).state == ApprovalState.WITHDRAWN
    assert draft_text(quiet_case, agent) == ANSWER
    assert approvals.waiting_for(user=lead) == []


def test_signature_does_not_outlive_that_the_answer_is_taken_back(quiet_case: Case, agent: User, lead: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(quiet_case, agent)
    approvals.approve(approval_id=asked.pk, actor=lead)
    cancel(outgoing_id=asked.outgoing_id, actor=agent)

    again = _again(quiet_case, agent)

    assert again.pk == asked.outgoing_id
    assert Outgoing.objects.get(pk=again.pk).state == OutgoingState.AWAITING
    assert list(again.approvals.order_by("pk").values_list("state", flat=True)) == ["WITHDRAWN", "WAITING"]


def test_signer_looks_at_what_was_said_meanwhile_first(
    case: Case, agent: User, lead: User, network: MemoryProcess, stranger: Account
) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(case, agent)
    network.say(stranger, "@nordhain Hat sich erledigt.", parent_id=post_of(case).native_id)
    poll_once(case.channel_id)

    with pytest.raises(approvals.MovedOn):
        approvals.approve(approval_id=asked.pk, actor=lead)
    with pytest.raises(approvals.MovedOn):
        approvals.approve(approval_id=asked.pk, actor=lead, seen="something else")
    assert state(asked) == (ApprovalState.WAITING, OutgoingState.AWAITING)

    approvals.approve(approval_id=asked.pk, actor=lead, seen=signing.thread_mark(case=case))
    assert state(asked) == (ApprovalState.APPROVED, OutgoingState.QUEUED)


def test_an_edited_post_is_something_new_too(quiet_case: Case, agent: User, lead: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(quiet_case, agent)
    Post.objects.filter(pk=post_of(quiet_case).pk).update(text="Nie wieder!", edited_at=clock.now())

    with pytest.raises(approvals.MovedOn):
        approvals.approve(approval_id=asked.pk, actor=lead)


def test_post_settled_otherwise_ends_the_request_and_keeps_the_words(
    quiet_case: Case, agent: User, colleague: User, lead: User
) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(quiet_case, agent)

    cases.needs_no_answer(
        case_id=quiet_case.pk, post_id=post_of(quiet_case).pk, reason=NoneNeeded.TROLL, actor=colleague
    )

    assert Approval.objects.get(pk=asked.pk).state == ApprovalState.SUPERSEDED
    assert draft_text(quiet_case, agent) == ANSWER


def test_colleague_is_told_that_an_answer_awaits_a_signature(quiet_case: Case, agent: User, colleague: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    ask(quiet_case, agent)

    with pytest.raises(UnderWay):
        ask(quiet_case, colleague)


def test_deputies_sign_once_the_time_is_over_and_are_named_to_whoever_reminds(
    quiet_case: Case, agent: User, colleague: User, lead: User, moving_clock: MovingClock
) -> None:
    publish(EVERYBODY, signed_by(people=[lead.pk], deputies=[colleague.pk], within_minutes=30))
    asked = ask(quiet_case, agent)
    assert asked.due_at is not None
    with pytest.raises(approvals.MayNotSign):
        approvals.approve(approval_id=asked.pk, actor=colleague)
    assert (approvals.waiting_for(user=colleague), signing.overdue()) == ([], [])

    moving_clock.forward(seconds=(asked.due_at - clock.now()).total_seconds() + 1)

    late = signing.overdue()
    assert [(one.approval_id, one.signer_ids, one.deputy_ids) for one in late] == [
        (asked.pk, (lead.pk,), (colleague.pk,))
    ]
    assert approvals.waiting_for(user=colleague) == [asked]
    approvals.approve(approval_id=asked.pk, actor=colleague)
    assert Approval.objects.get(pk=asked.pk).as_deputy


def test_deputies_sign_at_once_while_those_who_sign_first_are_away(
    quiet_case: Case, agent: User, colleague: User, lead: User
) -> None:
    publish(EVERYBODY, signed_by(people=[lead.pk], deputies=[colleague.pk], within_minutes=30))
    today = clock.now().date()
    set_absence(user_id=lead.pk, first_date=today - timedelta(days=1), last_date=today + timedelta(days=1), actor=lead)

    asked = ask(quiet_case, agent)

    assert [one.deputy_ids for one in signing.overdue()] == [(colleague.pk,)]
    approvals.approve(approval_id=asked.pk, actor=colleague)
    assert Approval.objects.get(pk=asked.pk).as_deputy


def test_time_to_sign_is_that_of_the_companys_hours(quiet_case: Case, agent: User) -> None:
    publish(EVERYBODY, signed_by(roles=["LEAD"], within_minutes=60))
    with clock.moved_to(datetime(2026, 11, 20, 15, 30, tzinfo=UTC)):  # Friday, half past four in Germany
        Approval.objects.all().delete()
        publish(EVERYBODY, signed_by(roles=["LEAD"], within_minutes=60))
        asked = ask(quiet_case, agent)

    assert asked.due_at == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def test_rights_are_those_of_this_moment(quiet_case: Case, agent: User, colleague: User, lead: User) -> None:
    press = Team.objects.create(name="Presse")
    publish(EVERYBODY, signed_by(teams=[press.pk]))
    asked = ask(quiet_case, agent)
    assert approvals.waiting_for(user=colleague) == []

    place = Membership.objects.create(user=colleague, team=press)
    assert approvals.waiting_for(user=colleague) == [asked]
    place.delete()

    with pytest.raises(approvals.MayNotSign):
        approvals.approve(approval_id=asked.pk, actor=colleague)


def test_list_and_question_who_may_sign_agree(quiet_case: Case, agent: User, colleague: User, lead: User) -> None:
    team = Team.objects.create(name="Presse")
    Membership.objects.create(user=colleague, team=team)
    gone = User.objects.create_user("gone@x.example", name="Gone", role="LEAD", is_active=False, created_at=clock.now())
    everybody = [agent, colleague, lead, gone]
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(quiet_case, agent)
    variants = [
        Approvers(roles=("LEAD",)), Approvers(roles=("AGENT",)), Approvers(people=(agent.pk,)),
        Approvers(teams=(team.pk,)), Approvers(people=(gone.pk,), deputies=(colleague.pk, agent.pk)),
        Approvers(roles=("LEAD",), deputies=(colleague.pk,), within_minutes=5),
    ]  # fmt: skip
    for approvers in variants:
        for due_at in (None, clock.now() - timedelta(minutes=1), clock.now() + timedelta(hours=1)):
            Approval.objects.filter(pk=asked.pk).update(approvers=approvers.as_record(), due_at=due_at)
            listed = {user.pk for user in everybody if approvals.waiting_for(user=user)}
            asked_of_each = {
                user.pk
                for user in everybody
                if signing.may_sign(user=user, approvers=approvers, author_id=agent.pk, since=due_at)
            }
            assert listed == asked_of_each


def test_new_version_that_wants_another_signature_sends_the_request_there(
    quiet_case: Case, agent: User, colleague: User, lead: User
) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(quiet_case, agent)
    publish(EVERYBODY, signed_by(people=[colleague.pk]))

    with pytest.raises(approvals.OthersSign):
        approvals.approve(approval_id=asked.pk, actor=lead)

    assert approvals.waiting_for(user=colleague) == [Approval.objects.get(pk=asked.pk)]


def test_comment_is_a_note_in_the_case_and_decides_nothing(quiet_case: Case, agent: User, lead: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(quiet_case, agent)

    approvals.comment_on(approval_id=asked.pk, actor=lead, text="Stimmt das mit morgen?")

    assert CaseNote.objects.get(case=quiet_case).text == "Stimmt das mit morgen?"
    assert state(asked) == (ApprovalState.WAITING, OutgoingState.AWAITING)


class TestAtTheDoor:
    """What was signed is judged anew when it leaves."""

    @pytest.fixture
    def signed(self, case: Case, agent: User, lead: User, moving_clock: MovingClock) -> Outgoing:
        publish(EVERYBODY, LEAD_SIGNS)
        asked = ask(case, agent)
        approvals.approve(approval_id=asked.pk, actor=lead)
        moving_clock.forward(seconds=11)
        return asked.outgoing

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (lambda signed, lead: User.objects.filter(pk=lead.pk).update(role="AGENT"), "outgoing.needs_approval"),
            (lambda signed, lead: User.objects.filter(pk=lead.pk).update(is_active=False), "outgoing.needs_approval"),
            (lambda signed, lead: Outgoing.objects.update(text="Etwas anderes"), "outgoing.needs_approval"),
            (lambda signed, lead: Approval.objects.all().delete(), "outgoing.needs_approval"),
            (lambda signed, lead: publish(EVERYBODY, signed_by(roles=["ADMIN"])), "outgoing.needs_approval"),
            (lambda signed, lead: publish(EVERYBODY, FORBIDDEN), "outgoing.forbidden"),
            (lambda signed, lead: publish_unread(), "outgoing.forbidden"),
            (lambda signed, lead: User.objects.filter(role="AGENT").update(role="ANALYST"), "outgoing.forbidden"),
            (lambda signed, lead: User.objects.filter(role="AGENT").update(is_active=False), "outgoing.author_gone"),
        ],
        ids=["demoted", "gone", "other words", "no approval", "others sign", "forbidden", "unread", "role", "author"],
    )
    def test_stays_here_when_something_changed(
        self,
        signed: Outgoing,
        lead: User,
        agent: User,
        network: MemoryProcess,
        stranger: Account,
        change: Callable[[Outgoing, User], object],
        code: str,
    ) -> None:
        change(signed, lead)

        outbox.send_due(outgoing_id=signed.pk)
        outbox.send_due(outgoing_id=signed.pk)

        failed = Outgoing.objects.get(pk=signed.pk)
        assert (failed.state, failed.failure_code, failed.attempt) == (OutgoingState.FAILED, code, 0)
        assert network.call("GET", "/events?after=0&limit=500", stranger.secret)["events"][-1]["type"] == "posted"
        event = CaseEvent.objects.get(act="reply.failed")
        assert event.details["code"] == code
        agent.refresh_from_db()
        assert (draft_text(failed.case, agent) == failed.text) is agent.is_active  # type: ignore[arg-type]

    def test_leaves_when_everything_still_holds(self, signed: Outgoing) -> None:
        publish(EVERYBODY, LEAD_SIGNS)

        outbox.send_due(outgoing_id=signed.pk)

        assert Outgoing.objects.get(pk=signed.pk).state == OutgoingState.SENT

    def test_a_new_version_names_its_clause(self, signed: Outgoing) -> None:
        publish(EVERYBODY, LEAD_SIGNS, FORBIDDEN)

        outbox.send_due(outgoing_id=signed.pk)

        assert Outgoing.objects.get(pk=signed.pk).ruling["clause"] == "1.3"
        assert CaseEvent.objects.get(act="reply.failed").details["clause"] == "1.3"

    def test_is_asked_again_after_the_network_was_busy(
        self, signed: Outgoing, lead: User, network: MemoryProcess, moving_clock: MovingClock
    ) -> None:
        network.trouble("limited", next=1, method="POST", seconds=5)
        outbox.send_due(outgoing_id=signed.pk)
        assert Outgoing.objects.get(pk=signed.pk).state == OutgoingState.QUEUED

        User.objects.filter(pk=lead.pk).update(role="AGENT")
        moving_clock.forward(seconds=6)
        outbox.send_due(outgoing_id=signed.pk)

        assert Outgoing.objects.get(pk=signed.pk).failure_code == "outgoing.needs_approval"

    def test_is_asked_again_after_a_sender_died_and_nothing_stands_there(
        self, signed: Outgoing, lead: User, moving_clock: MovingClock
    ) -> None:
        outbox._claim(signed.pk)  # and then the process is gone
        User.objects.filter(pk=lead.pk).update(role="AGENT")
        moving_clock.forward(minutes=2)

        for _ in range(3):
            outbox.send_due(outgoing_id=signed.pk)

        assert Outgoing.objects.get(pk=signed.pk).failure_code == "outgoing.needs_approval"


def test_restored_request_is_looked_for_and_never_sent(
    case: Case, agent: User, lead: User, moving_clock: MovingClock
) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    asked = ask(case, agent)

    assert outbox.distrust() == 1
    moving_clock.forward(minutes=5)
    for _ in range(2):
        for outgoing_id in list(outbox.waiting()):
            outbox.send_due(outgoing_id=outgoing_id)

    assert state(asked) == (ApprovalState.SUPERSEDED, OutgoingState.FAILED)
    with pytest.raises(approvals.AlreadyDecided):
        approvals.approve(approval_id=asked.pk, actor=lead)


def test_answer_that_was_stopped_gives_way_to_what_is_sent_instead(
    case: Case, agent: User, moving_clock: MovingClock
) -> None:
    publish(EVERYBODY)
    stopped = queue_reply(case_id=case.pk, post_id=post_of(case).pk, text=ANSWER, author=agent, key=uuid4())
    publish(EVERYBODY, FORBIDDEN)
    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=stopped.pk)
    publish(EVERYBODY)

    again = _again(case, agent)

    assert Outgoing.objects.get(pk=stopped.pk).state == OutgoingState.CANCELLED
    assert Outgoing.objects.get(pk=again.pk).state == OutgoingState.QUEUED


def test_leads_sign_once_nobody_who_was_named_is_left(
    quiet_case: Case, agent: User, colleague: User, lead: User
) -> None:
    publish(EVERYBODY, signed_by(people=[colleague.pk]))
    asked = ask(quiet_case, agent)
    before = signing.signable_by(user=lead).count()

    colleagues.change(
        user_id=colleague.pk, name=colleague.name, role=colleague.role, team_ids=[], is_active=False, actor=lead
    )

    assert before == 0
    assert list(signing.signable_by(user=lead)) == [asked]
    approvals.approve(approval_id=asked.pk, actor=lead)
    assert state(asked) == ("APPROVED", "QUEUED")
