"""Networks that take an answer in private for some time only: later it is posted by hand. Advertising is never sent."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.guidelines.ruling import Outcome
from resonanz.listening.models import Post, PostChannel, Speaker
from resonanz.networks.contract import Account, Receipt, ReplyOrder
from resonanz.networks.facebook import FacebookNetwork
from resonanz.networks.instagram import InstagramNetwork
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.models import Channel
from resonanz.networks.whatsapp import WhatsAppNetwork
from resonanz.service.answers import outbox, planning
from resonanz.service.answers.addressing import takes_answer, window
from resonanz.service.answers.judging import judge
from resonanz.service.answers.replies import queue_reply
from resonanz.service.models import Case, CasePost, Outgoing, OutgoingState

pytestmark = pytest.mark.django_db
ADVERTISING = "Übrigens: Diese Woche gibt es bei uns 20 % Rabatt auf alle E-Bikes, gleich zugreifen!"


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(MemoryNetwork.limits, private_hours=168, private_hours_freely=24)
    monkeypatch.setattr(MemoryNetwork, "limits", limits)


@pytest.fixture
def message(quiet_case: Case) -> Post:
    """What the case is about, said in private."""
    post = CasePost.objects.get(case=quiet_case).post
    post.author_native_id = post.author_native_id or "11"
    post.visibility = "PRIVATE"
    post.save(update_fields=["author_native_id", "visibility"])
    Case.objects.filter(pk=quiet_case.pk).update(visibility="PRIVATE", private_with=post.author_native_id)
    quiet_case.refresh_from_db()
    return post


def said_ago(post: Post, **ago: float) -> Post:
    post.posted_at = clock.now() - timedelta(**ago)
    post.save(update_fields=["posted_at"])
    return post


def answered(case: Case, author: User, text: str = "Das tut uns leid. ^MK") -> Outgoing:
    post_id = CasePost.objects.get(case=case).post_id
    return queue_reply(case_id=case.pk, post_id=post_id, text=text, author=author, key=uuid4())


@pytest.mark.parametrize(("days", "state"), [(6.9, OutgoingState.QUEUED), (7.1, OutgoingState.ASSISTED)])
def test_message_is_answered_from_here_for_a_week(
    quiet_case: Case, message: Post, agent: User, windows: None, days: float, state: OutgoingState
) -> None:
    said_ago(message, days=days)

    assert answered(quiet_case, agent).state == state


@pytest.mark.parametrize(("days", "ahead"), [(1, 5.9), (1, 6.1)])
def test_answer_is_planned_only_within_the_time_for_it(
    quiet_case: Case, message: Post, agent: User, windows: None, days: float, ahead: float
) -> None:
    said_ago(message, days=days)
    asked: dict[str, Any] = {"channel": quiet_case.channel, "post": message, "visibility": "PRIVATE"}
    planned_for = clock.now() + timedelta(days=ahead)

    with nullcontext() if days + ahead < 7 else pytest.raises(planning.AfterWindow):
        planning.check(planned_for=planned_for, **asked)


def test_what_is_answered_by_hand_is_not_planned(quiet_case: Case, message: Post, agent: User, windows: None) -> None:
    said_ago(message, days=8)

    with pytest.raises(planning.ByHand):
        queue_reply(
            case_id=quiet_case.pk, post_id=message.pk, text="Das tut uns leid. ^MK", author=agent, key=uuid4(),
            planned_for=clock.now() + timedelta(hours=1),
        )  # fmt: skip
    assert list(Outgoing.objects.values_list("state", flat=True)) == [OutgoingState.DRAFT]


def test_time_begins_anew_with_what_the_person_writes_and_not_with_what_others_do(
    quiet_case: Case, message: Post, windows: None
) -> None:
    said_ago(message, days=8)
    again = Post.objects.get(pk=message.pk)
    for number, (who, speaker) in enumerate([("other", Speaker.OUTSIDER), (message.author_native_id, Speaker.OWN)]):
        again.pk, again.native_id, again.author_native_id, again.speaker = None, f"more-{number}", who, speaker
        again.posted_at = clock.now()
        again.save(force_insert=True)
        PostChannel.objects.create(post=again, channel=quiet_case.channel)
    asked: dict[str, Any] = {"channel": quiet_case.channel, "post": message, "visibility": "PRIVATE"}
    assert not takes_answer(**asked)

    again.pk, again.native_id, again.speaker = None, "newest", Speaker.OUTSIDER
    again.save(force_insert=True)
    PostChannel.objects.create(post=again, channel=quiet_case.channel)

    found = window(**asked)
    assert found is not None
    assert (found.is_over, found.is_free) == (False, True)


def test_what_is_written_to_another_number_of_ours_begins_no_time_on_this_one(
    quiet_case: Case, message: Post, windows: None
) -> None:
    said_ago(message, days=8)
    elsewhere, other = Post.objects.get(pk=message.pk), Channel.objects.get(pk=quiet_case.channel_id)
    other.pk, other.name, other.native_id = None, "Nordhain Zwei", "other-number"
    other.save(force_insert=True)
    elsewhere.pk, elsewhere.native_id, elsewhere.posted_at = None, "elsewhere", clock.now()
    elsewhere.save(force_insert=True)
    PostChannel.objects.create(post=elsewhere, channel=other)

    assert not takes_answer(channel=quiet_case.channel, post=message, visibility="PRIVATE")


def test_after_the_first_day_it_is_no_longer_free(quiet_case: Case, message: Post, windows: None) -> None:
    found = window(channel=quiet_case.channel, post=said_ago(message, hours=25), visibility="PRIVATE")

    assert found is not None
    assert (found.is_over, found.is_free) == (False, False)


def test_what_was_said_in_public_has_its_own_time_in_private_and_none_in_public(
    quiet_case: Case, windows: None
) -> None:
    post = said_ago(CasePost.objects.get(case=quiet_case).post, days=7.1)

    assert takes_answer(channel=quiet_case.channel, post=post, visibility="PUBLIC")
    assert not takes_answer(channel=quiet_case.channel, post=post, visibility="PRIVATE")


def test_network_is_told_when_its_time_ends(
    quiet_case: Case, message: Post, agent: User, windows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[ReplyOrder] = []

    def reply(_self: MemoryNetwork, _account: Account, order: ReplyOrder) -> Receipt:
        told.append(order)
        return Receipt(native_id="there")

    monkeypatch.setattr(MemoryNetwork, "reply", reply)
    outgoing = answered(quiet_case, agent)
    Outgoing.objects.update(due_at=clock.now())

    outbox.send_due(outgoing_id=outgoing.pk)

    assert [order.until for order in told] == [message.posted_at + timedelta(hours=168)]


def test_answer_in_private_has_a_length_of_its_own(quiet_case: Case, message: Post, agent: User) -> None:
    Channel.objects.filter(pk=quiet_case.channel_id).update(network=InstagramNetwork.name)
    quiet_case.refresh_from_db()
    text = "Das tut uns leid. " * 30

    in_private = judge(case=quiet_case, text=text, author=agent)
    quiet_case.visibility = "PUBLIC"
    in_public = judge(case=quiet_case, text=text, author=agent)

    assert not [finding for finding in in_private.findings if finding.check == "length"]
    assert [finding for finding in in_public.findings if finding.check == "length"]


def test_elsewhere_there_is_no_such_time(quiet_case: Case, message: Post) -> None:
    assert window(channel=quiet_case.channel, post=said_ago(message, days=900), visibility="PRIVATE") is None


@pytest.mark.parametrize("network", [FacebookNetwork.name, InstagramNetwork.name, WhatsAppNetwork.name])
@pytest.mark.parametrize("hours", [1, 30])
def test_advertising_is_forbidden_in_metas_messages_at_any_time(
    quiet_case: Case, message: Post, agent: User, hours: float, network: str
) -> None:
    Channel.objects.filter(pk=quiet_case.channel_id).update(network=network)
    quiet_case.refresh_from_db()
    said_ago(message, hours=hours)

    advertised, helped = (judge(case=quiet_case, text=text, author=agent) for text in (ADVERTISING, "Morgen. ^MK"))

    assert advertised.ruling.outcome is Outcome.FORBIDDEN
    assert advertised.ruling.clause.startswith("checks.advertising")
    assert helped.ruling.outcome is not Outcome.FORBIDDEN
