"""Where an answer is posted by hand, the page says why: the network, this post, its time, or the budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import PostChannel
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.models import Channel
from resonanz.service.models import Case, CasePost, Outgoing, OutgoingState

pytestmark = pytest.mark.django_db
NETWORK = "This network takes no answers from here."
POST = "This post does not address us, and this network takes answers from here only to posts that name, quote or"


@pytest.fixture
def only_if_addressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryNetwork, "limits", replace(MemoryNetwork.limits, only_if_addressed=True))


def heard(case: Case, *, addressed: bool) -> None:
    post_id = CasePost.objects.get(case=case).post_id
    PostChannel.objects.update_or_create(post_id=post_id, channel=case.channel, defaults={"addressed": addressed})


def page(client: Client, case: Case) -> str:
    return client.get(f"/inbox/{case.pk}/").content.decode()


def waiting(case: Case, author: User, failure_code: str = "") -> Outgoing:
    post = CasePost.objects.get(case=case).post
    return Outgoing.objects.create(
        case=case, channel=case.channel, key=uuid4(), in_reply_to=post, parent_native_id=post.native_id,
        root_native_id=post.native_id, visibility="PUBLIC", author=author, text="Morgen", failure_code=failure_code,
        state=OutgoingState.ASSISTED, created_at=clock.now(), delete_on=date(2030, 1, 1),
    )  # fmt: skip


@pytest.mark.usefixtures("only_if_addressed")
def test_page_says_that_it_is_this_post_and_not_the_network(signed_in: Client, new_case: Callable[..., Case]) -> None:
    case = new_case("1")
    heard(case, addressed=False)

    shown = page(signed_in, case)
    assert POST in shown
    assert NETWORK not in shown

    heard(case, addressed=True)
    assert "by-hand-hint" not in page(signed_in, case)


def test_page_says_that_it_is_the_network(signed_in: Client, new_case: Callable[..., Case], channel: Channel) -> None:
    Channel.objects.filter(pk=channel.pk).update(network="feeds")

    assert NETWORK in page(signed_in, new_case("1"))


@pytest.mark.usefixtures("only_if_addressed")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", POST),
        ("network.not_addressed", POST),
        ("network.budget_stops_answers", "The budget of this channel is used up, and answers stop with it."),
        ("network.unsupported", NETWORK),
    ],
)
def test_answer_that_waits_for_a_hand_says_why(
    signed_in: Client, miriam: User, new_case: Callable[..., Case], code: str, words: str
) -> None:
    case = new_case("1")
    heard(case, addressed=False)
    waiting(case, miriam, code)

    assert words in page(signed_in, case).split('class="by-hand"')[1]
