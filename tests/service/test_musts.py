"""What the guideline says must be done: sooner than targets, by whom it names, and seen when it was not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from resonanz.accounts.models import Membership, Team, User
from resonanz.core import clock
from resonanz.duties.responsibilities import set_responsibility
from resonanz.guidelines import in_force
from resonanz.guidelines.compiling import Compiled, Must
from resonanz.listening.models import Intent, Post
from resonanz.networks.models import Channel
from resonanz.service import intake
from resonanz.service.models import Case, CaseEvent, CasePost
from resonanz.service.times import musts

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


@pytest.fixture
def safety(agent: User) -> Team:
    return Team.objects.create(name="Product safety")


@pytest.fixture
def channel(agent: User, colleague: User, safety: Team, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """The matrix says Miriam; the guideline says that product safety answers complaints within an hour."""
    must = Must(clause="4.2", within_minutes=60, intents=("COMPLAINT",), teams=(safety.pk,))
    monkeypatch.setattr(in_force, "compiled", lambda **_: Compiled(version=3, musts=(must,), guideline_id=7))
    channel = Channel.objects.create(network="feeds", name="Quiet", created_at=clock.now())
    set_responsibility(
        channel_id=channel.pk, topic_id=None, intent="", owner_id=agent.pk, deputy_id=colleague.pk, team_id=None,
        actor=agent,
    )  # fmt: skip
    return channel


def ask(channel: Channel, intent: Intent) -> Case:
    post = Post.objects.create(
        network="feeds", native_id=str(intent), kind="COMMENT", visibility="PUBLIC", speaker="OUTSIDER",
        text="Der Akku raucht.", author_native_id="jonas", root_native_id=str(intent), posted_at=TUESDAY,
        received_at=TUESDAY, purpose="SERVICE", source="feeds", delete_on=date(2099, 1, 1),
    )  # fmt: skip
    arrival = intake.Arrival(
        post_id=post.pk, network=post.network, origin="", root_id=str(intent), visibility="PUBLIC", posted_at=TUESDAY,
        topic_ids=[],
        identity_id=None, wanted=True, intent=intent, urgency=0.0,
    )  # fmt: skip
    with clock.moved_to(TUESDAY):
        (case_id,) = intake.take(channel=channel, arrivals=[arrival])
    return Case.objects.get(pk=case_id)


def test_a_must_is_due_sooner_than_the_target_and_names_its_clause(channel: Channel) -> None:
    complaint, question = ask(channel, Intent.COMPLAINT), ask(channel, Intent.QUESTION)

    assert complaint.answer_due_at == TUESDAY + timedelta(hours=1)
    assert question.answer_due_at == TUESDAY + timedelta(hours=4)
    assert CasePost.objects.get(case=complaint).due_because["clause"] == "4.2"


def test_a_must_wins_over_the_matrix_and_says_so(channel: Channel, safety: Team, agent: User) -> None:
    complaint, question = ask(channel, Intent.COMPLAINT), ask(channel, Intent.QUESTION)

    assert (complaint.team, complaint.assignee) == (safety, None)
    assert (question.team, question.assignee) == (None, agent)
    told = CaseEvent.objects.get(case=complaint, act="must.assigned").details
    assert (told["clause"], told["team"], told["instead_of"]) == ("4.2", safety.pk, agent.pk)
    assert not CaseEvent.objects.filter(case=question, act="must.assigned").exists()


def test_whom_the_matrix_names_stays_where_they_belong_to_the_team(channel: Channel, safety: Team, agent: User) -> None:
    Membership.objects.create(user=agent, team=safety)

    complaint = ask(channel, Intent.COMPLAINT)

    assert (complaint.team, complaint.assignee) == (safety, agent)


def test_a_breach_is_recorded_once_with_its_clause(channel: Channel) -> None:
    complaint = ask(channel, Intent.COMPLAINT)

    with clock.moved_to(TUESDAY + timedelta(minutes=59)):
        assert musts.note_breaches() == 0
    with clock.moved_to(TUESDAY + timedelta(minutes=61)):
        assert musts.note_breaches() == 1
        assert musts.note_breaches() == 0

    assert CaseEvent.objects.get(act="must.breached").details["clause"] == "4.2"
    assert [breach.case_id for breach in musts.breaches(since=TUESDAY)] == [complaint.pk]
    assert musts.breaches(since=TUESDAY, guideline_ids=[8]) == []
    assert musts.breached_among(case_ids=[complaint.pk]) == {complaint.pk: "4.2"}


def test_what_was_answered_in_time_is_no_breach(channel: Channel) -> None:
    complaint = ask(channel, Intent.COMPLAINT)
    CasePost.objects.filter(case=complaint).update(state="ANSWERED")

    with clock.moved_to(TUESDAY + timedelta(hours=3)):
        assert musts.note_breaches() == 0
