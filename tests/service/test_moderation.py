"""Like, hide, delete, block, report: ruled on, signed, done once, and in the ledger with rule and reason."""

from __future__ import annotations

import sqlite3
from typing import Any
from uuid import uuid4

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks.connections.channels import account_of
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel
from resonanz.pipeline.polling import poll_once
from resonanz.privacy.models import AuditRecord
from resonanz.service.answers.approvals import AlreadyDecided, MayNotSign, NotAllowed
from resonanz.service.models import Case, Moderation, ModerationAct, ModerationState
from resonanz.service.moderation import departing, ledger, sending, signing
from resonanz.service.moderation.acts import NoNetiquette, NoRule, NotBelowOurs, NotPossible, UnderWay
from resonanz.service.moderation.asking import Moderate
from resonanz.service.work import undoing
from resonanz.service.work.acting import act_on, act_on_all
from resonanz.triage.models import Evaluation
from tests.networks.memory_process import MemoryProcess
from tests.service.conftest import MovingClock
from tests.service.guideline import EVERYBODY, publish

pytestmark = pytest.mark.django_db
INSULT = "17.1"


@pytest.fixture
def lead(agent: User) -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.LEAD, created_at=clock.now())


@pytest.fixture
def below(network: MemoryProcess, channel: Channel, stranger: Account) -> Case:
    """Jonas insults people below a post of the company."""
    us = Account(network="memory", address=network.url, secret=account_of(channel).secret)
    ours = network.say(us, "Neuer Fahrplan")
    network.say(stranger, "@nordhain Ihr Idioten!", parent_id=ours["id"])
    poll_once(channel.pk)
    return Case.objects.select_related("channel").get()


def ask(case: Case, actor: User, act: ModerationAct = ModerationAct.LIKE, **more: Any) -> Moderation:
    act_on(act=Moderate(act=act, actor=actor, **more), case_id=case.pk, actor=actor)
    return Moderation.objects.filter(act=act).latest("pk")


def leave(row: Moderation, moving_clock: MovingClock, seconds: float = 11) -> Moderation:
    moving_clock.forward(seconds=seconds)
    sending.send_due(moderation_id=row.pk)
    row.refresh_from_db()
    return row


def count(network: MemoryProcess, table: str) -> int:
    with sqlite3.connect(network.file) as connection:
        found = int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    connection.close()
    return found


def test_like_waits_for_the_undo_then_is_given_once(
    case: Case, agent: User, network: MemoryProcess, moving_clock: MovingClock
) -> None:
    row = ask(case, agent)
    sending.send_due(moderation_id=row.pk)
    assert (row.state, count(network, "liked")) == (ModerationState.QUEUED, 0)

    leave(row, moving_clock)
    sending.send_due(moderation_id=row.pk)
    act_on(act=Moderate(act=ModerationAct.LIKE, actor=agent), case_id=case.pk, actor=agent)

    assert (row.state, count(network, "liked"), Moderation.objects.count()) == (ModerationState.DONE, 1, 1)
    acts = AuditRecord.objects.filter(thing="moderation", thing_id=row.pk).order_by("id")
    assert list(acts.values_list("act", flat=True)) == ["moderation.asked", "moderation.sending", "moderation.done"]


def test_like_is_taken_back(case: Case, agent: User, network: MemoryProcess, moving_clock: MovingClock) -> None:
    leave(ask(case, agent), moving_clock)

    leave(ask(case, agent, ModerationAct.UNLIKE), moving_clock)

    assert count(network, "liked") == 0


def test_undo_stops_what_has_not_left(
    case: Case, agent: User, network: MemoryProcess, moving_clock: MovingClock
) -> None:
    row = ask(case, agent)
    [event] = undoing.latest(user=agent)

    undoing.undo(event_id=event.pk, actor=agent)
    leave(row, moving_clock)

    assert (row.state, count(network, "liked")) == (ModerationState.CANCELLED, 0)


def test_bulk_is_undone_as_one(case: Case, quiet_case: Case, agent: User, moving_clock: MovingClock) -> None:
    act = Moderate(act=ModerationAct.LIKE, actor=agent)
    outcome = act_on_all(act=act, case_ids={case.pk, quiet_case.pk}, actor=agent, batch=uuid4())
    [event] = undoing.latest(user=agent)

    undoing.undo(event_id=event.pk, actor=agent)

    assert sorted(outcome.done) == sorted([case.pk, quiet_case.pk])
    assert set(Moderation.objects.values_list("state", flat=True)) == {ModerationState.CANCELLED}


def test_account_with_several_cases_is_blocked_once(case: Case, quiet_case: Case, lead: User) -> None:
    post = Post.objects.get(case_posts__case=case)
    Post.objects.filter(case_posts__case=quiet_case).update(author_native_id=post.author_native_id)
    Case.objects.filter(pk=quiet_case.pk).update(channel=case.channel)
    Evaluation.objects.update(is_complaint=False, sentiment="neutral")

    act = Moderate(act=ModerationAct.BLOCK, actor=lead, rule=INSULT)
    outcome = act_on_all(act=act, case_ids={case.pk, quiet_case.pk}, actor=lead, batch=uuid4())

    assert (sorted(outcome.done), Moderation.objects.count()) == (sorted([case.pk, quiet_case.pk]), 1)
    ask(case, lead, ModerationAct.BLOCK, rule=INSULT)
    assert Moderation.objects.count() == 1


def test_hiding_waits_for_a_leads_signature_with_rule_and_reason(
    below: Case, agent: User, lead: User, network: MemoryProcess, moving_clock: MovingClock
) -> None:
    row = ask(below, agent, ModerationAct.HIDE, rule=INSULT, words="Schimpft auf das Team")
    assert leave(row, moving_clock).state == ModerationState.AWAITING
    assert signing.waiting_for(user=agent) == []
    with pytest.raises(MayNotSign):
        signing.approve(moderation_id=row.pk, actor=agent)

    assert signing.waiting_for(user=lead) == [row]
    signing.approve(moderation_id=row.pk, actor=lead)
    leave(row, moving_clock)

    assert (row.state, row.signed_by, row.rule, row.excerpt) == ("DONE", lead, INSULT, "@nordhain Ihr Idioten!")
    assert count(network, "hidden") == 1
    [_, line] = ledger.lines(act="HIDE")
    told = dict(zip(ledger.COLUMNS, line, strict=True))
    assert (told["by"], told["rule"], told["reason"], told["signed_by"], told["excerpt"]) == (
        "Miriam", INSULT, "Schimpft auf das Team", "Nora", "'@nordhain Ihr Idioten!",
    )  # fmt: skip
    with pytest.raises(AlreadyDecided):
        signing.refuse(moderation_id=row.pk, actor=lead, comment="Doch nicht")


def test_criticism_takes_two_even_for_leads(below: Case, lead: User) -> None:
    Evaluation.objects.update(is_complaint=False, sentiment="neutral")
    insult = ask(below, lead, ModerationAct.HIDE, rule=INSULT)
    Evaluation.objects.update(sentiment="negative")

    criticism = ask(below, lead, ModerationAct.DELETE, rule=INSULT)

    assert (insult.state, insult.ruling["clause"]) == (ModerationState.QUEUED, "18.3")
    assert (criticism.state, criticism.ruling["clause"]) == (ModerationState.AWAITING, "18.4")
    assert signing.waiting_for(user=lead) == []


def test_refused_signature_ends_it_with_its_reason(below: Case, agent: User, lead: User) -> None:
    row = ask(below, agent, ModerationAct.HIDE, rule=INSULT)

    signing.refuse(moderation_id=row.pk, actor=lead, comment="Das ist nur Kritik")

    row.refresh_from_db()
    assert (row.state, row.comment) == (ModerationState.REFUSED, "Das ist nur Kritik")


def test_hiding_names_a_clause_of_the_netiquette(below: Case, agent: User) -> None:
    for rule in ("", "1.1"):
        with pytest.raises(NoRule):
            ask(below, agent, ModerationAct.HIDE, rule=rule)
    publish(EVERYBODY | {"acts": ["HIDE"]})
    with pytest.raises(NoNetiquette):
        ask(below, agent, ModerationAct.HIDE, rule=INSULT)


def test_what_no_rule_speaks_of_is_not_done(case: Case, agent: User) -> None:
    publish(EVERYBODY)

    with pytest.raises(NotAllowed) as forbidden:
        ask(case, agent)

    assert forbidden.value.params["clause"] == "guideline.no_rule_for_act"


def test_only_what_stands_below_ours_is_hidden(case: Case, lead: User) -> None:
    with pytest.raises(NotBelowOurs):
        ask(case, lead, ModerationAct.HIDE, rule=INSULT)


def test_network_that_cannot_says_so_and_the_ledger_takes_what_was_done_there(quiet_case: Case, lead: User) -> None:
    Channel.objects.filter(pk=quiet_case.channel_id).update(network="feeds")

    with pytest.raises(NotPossible):
        ask(quiet_case, lead, ModerationAct.DELETE, rule=INSULT)
    row = ask(quiet_case, lead, ModerationAct.DELETE, rule=INSULT, by_hand=True)

    assert (row.state, row.by_hand) == (ModerationState.DONE, True)


@pytest.mark.parametrize("act", [ModerationAct.HIDE, ModerationAct.DELETE])
def test_lost_answer_is_repeated_and_takes_effect_once(
    below: Case, lead: User, network: MemoryProcess, moving_clock: MovingClock, act: ModerationAct
) -> None:
    Evaluation.objects.update(is_complaint=False, sentiment="neutral")
    row = ask(below, lead, act, rule=INSULT)
    network.trouble("lost", method="PUT" if act == "HIDE" else "DELETE")

    assert leave(row, moving_clock).state == ModerationState.UNKNOWN
    assert leave(row, moving_clock).state == ModerationState.UNKNOWN  # the network may still be at it
    assert leave(row, moving_clock, seconds=120).state == ModerationState.DONE

    assert row.attempt == 2
    deleted = "event WHERE type = 'deleted'"
    assert count(network, "hidden" if act == ModerationAct.HIDE else deleted) == 1


def test_report_without_answer_is_never_told_twice(
    case: Case, agent: User, network: MemoryProcess, moving_clock: MovingClock
) -> None:
    row = ask(case, agent, ModerationAct.REPORT, rule=INSULT, words="Beleidigt das Team")
    network.trouble("lost", method="POST")

    assert leave(row, moving_clock).state == ModerationState.UNKNOWN
    leave(row, moving_clock, seconds=120)

    assert (row.state, row.failure_code) == (ModerationState.FAILED, sending.PERHAPS)
    assert count(network, "report") == 1


def test_sender_that_died_is_followed_by_another_one(
    case: Case, agent: User, network: MemoryProcess, moving_clock: MovingClock
) -> None:
    row = ask(case, agent)
    moving_clock.forward(seconds=11)
    assert sending._claim(row.pk) is not None  # and then the process was killed

    assert leave(row, moving_clock).state == ModerationState.SENDING
    leave(row, moving_clock, seconds=120)
    assert list(sending.waiting()) == []

    assert (row.state, count(network, "liked")) == (ModerationState.DONE, 1)


def test_nothing_leaves_after_the_right_has_ended(
    case: Case, agent: User, network: MemoryProcess, moving_clock: MovingClock
) -> None:
    row = ask(case, agent)
    User.objects.filter(pk=agent.pk).update(role=Role.ANALYST)

    leave(row, moving_clock)

    assert (row.state, row.failure_code, count(network, "liked")) == (
        ModerationState.FAILED, "outgoing.author_may_not", 0,
    )  # fmt: skip


def test_nothing_leaves_once_the_guideline_forbids_it(
    case: Case, agent: User, network: MemoryProcess, moving_clock: MovingClock
) -> None:
    row = ask(case, agent)
    publish(EVERYBODY)

    assert leave(row, moving_clock).failure_code == "outgoing.forbidden"
    assert count(network, "liked") == 0


def test_withdrawn_right_of_the_signer_stops_it(
    below: Case, agent: User, lead: User, network: MemoryProcess, moving_clock: MovingClock
) -> None:
    row = ask(below, agent, ModerationAct.HIDE, rule=INSULT)
    signing.approve(moderation_id=row.pk, actor=lead)
    User.objects.filter(pk=lead.pk).update(role=Role.AGENT)

    assert leave(row, moving_clock).failure_code == "outgoing.needs_approval"
    assert count(network, "hidden") == 0


def test_same_act_asked_for_in_another_case_at_the_same_moment_is_refused(case: Case, agent: User) -> None:
    row = ask(case, agent)
    row.pk, row.case = None, None

    with pytest.raises(UnderWay):
        departing.put_on_its_way(row, actor=agent)

    assert Moderation.objects.count() == 1
