"""A network that takes answers from programs only to what was addressed to us: the rest is posted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.listening.models import PostChannel
from resonanz.networks.contract import Account, Receipt, ReplyOrder
from resonanz.networks.errors import NotAddressed
from resonanz.networks.memory import MemoryNetwork
from resonanz.service.answers import outbox
from resonanz.service.answers.addressing import by_hand_because
from resonanz.service.answers.replies import queue_reply
from resonanz.service.models import Case, CasePost, Outgoing, OutgoingState
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db


@pytest.fixture
def only_if_addressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryNetwork, "limits", replace(MemoryNetwork.limits, only_if_addressed=True))


def heard(case: Case, *, addressed: bool) -> None:
    post_id = CasePost.objects.get(case=case).post_id
    PostChannel.objects.update_or_create(post_id=post_id, channel=case.channel, defaults={"addressed": addressed})


def answered(case: Case, author: User) -> Outgoing:
    post_id = CasePost.objects.get(case=case).post_id
    return queue_reply(case_id=case.pk, post_id=post_id, text="Das tut uns leid. ^MK", author=author, key=uuid4())


@pytest.mark.parametrize(("addressed", "state"), [(True, OutgoingState.QUEUED), (False, OutgoingState.ASSISTED)])
def test_what_nobody_addressed_to_us_is_answered_by_hand(
    quiet_case: Case, agent: User, only_if_addressed: None, addressed: bool, state: OutgoingState
) -> None:
    heard(quiet_case, addressed=addressed)

    assert answered(quiet_case, agent).state == state


def test_reason_is_that_of_the_post_and_not_of_the_network(quiet_case: Case, only_if_addressed: None) -> None:
    post = CasePost.objects.get(case=quiet_case).post
    heard(quiet_case, addressed=False)
    asked: dict[str, Any] = {"channel": quiet_case.channel, "post": post, "visibility": post.visibility}

    assert by_hand_because(**asked) == "network.not_addressed"
    heard(quiet_case, addressed=True)
    assert by_hand_because(**asked) == ""
    quiet_case.channel.network = "feeds"
    assert by_hand_because(**asked) == "network.unsupported"


def test_elsewhere_it_makes_no_difference(quiet_case: Case, agent: User) -> None:
    heard(quiet_case, addressed=False)

    assert answered(quiet_case, agent).state == OutgoingState.QUEUED


def test_network_that_says_so_only_now_leaves_it_to_a_person(
    quiet_case: Case, agent: User, moving_clock: MovingClock, monkeypatch: pytest.MonkeyPatch, only_if_addressed: None
) -> None:
    heard(quiet_case, addressed=True)
    told: list[bool] = []

    def reply(_self: MemoryNetwork, _account: Account, order: ReplyOrder) -> Receipt:
        told.append(order.is_addressed)
        raise NotAddressed

    monkeypatch.setattr(MemoryNetwork, "reply", reply)
    outgoing = answered(quiet_case, agent)
    moving_clock.forward(minutes=1)
    outbox.send_due(outgoing_id=outgoing.pk)

    outgoing.refresh_from_db()
    assert (outgoing.state, told) == (OutgoingState.ASSISTED, [True])
    assert outgoing.failure_code == "network.not_addressed"
