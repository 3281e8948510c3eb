"""From public to private, against the practice network: nobody else reads along, and one clock runs."""

from __future__ import annotations

from uuid import uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.listening.models import Post
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel
from resonanz.pipeline.polling import poll_once
from resonanz.service.answers import outbox
from resonanz.service.answers.inviting import invitation
from resonanz.service.answers.replies import queue_reply
from resonanz.service.cases import NotInCase, resolve
from resonanz.service.models import Case, CaseEvent, CasePost, ClosedBecause, NoneNeeded, Outgoing
from resonanz.service.work import linking, merging
from resonanz.service.work.privately import (
    CONTINUED,
    AlreadyPrivate,
    NobodyThere,
    TheyWriteFirst,
    continue_in_private,
)
from tests.networks.memory_process import MemoryProcess
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db
ANSWER = "Gern, wie lautet die Nummer? ^MK"


def asked(case: Case) -> Post:
    return Post.objects.get(case_posts__case=case, speaker="OUTSIDER")


def texts_read_by(network: MemoryProcess, account: Account) -> list[str]:
    events = network.call("GET", "/events?after=0&limit=500", account.secret)["events"]
    return [event["post"]["text"] for event in events if event.get("post")]


def test_what_was_asked_in_public_is_answered_in_private(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, channel: Channel, moving_clock: MovingClock
) -> None:
    onlooker = network.open_account("olaf")
    due = case.answer_due_at

    private = continue_in_private(case_id=case.pk, post_id=asked(case).pk, actor=agent)
    sent = queue_reply(case_id=private.pk, post_id=asked(case).pk, text=ANSWER, author=agent, key=uuid4())
    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=sent.pk)

    assert Outgoing.objects.get().visibility == "PRIVATE"
    assert ANSWER in texts_read_by(network, stranger)
    assert ANSWER not in texts_read_by(network, onlooker)
    case.refresh_from_db()
    assert (case.answer_due_at, private.answer_due_at) == (None, due)
    assert CasePost.objects.get(case=case).reason == NoneNeeded.IN_PRIVATE
    assert linking.linked(case_id=private.pk) == [case]


def test_what_they_write_back_stands_in_the_private_case_alone(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, channel: Channel, moving_clock: MovingClock
) -> None:
    private = continue_in_private(case_id=case.pk, post_id=asked(case).pk, actor=agent)
    sent = queue_reply(case_id=private.pk, post_id=asked(case).pk, text=ANSWER, author=agent, key=uuid4())
    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=sent.pk)
    answer_id = Outgoing.objects.get().native_id

    network.say(stranger, "Nummer 4711", parent_id=answer_id, visibility="PRIVATE")
    poll_once(channel.pk)

    written = Post.objects.get(text="Nummer 4711")
    assert list(written.case_posts.values_list("case_id", flat=True)) == [private.pk]
    assert Case.objects.count() == 2


def test_twice_leads_to_the_same_case_and_says_so_once(case: Case, agent: User) -> None:
    post_id = asked(case).pk

    first = continue_in_private(case_id=case.pk, post_id=post_id, actor=agent)
    assert continue_in_private(case_id=case.pk, post_id=post_id, actor=agent) == first
    assert CaseEvent.objects.filter(act=CONTINUED).count() == 1

    closed = resolve(case_id=case.pk, actor=agent)
    assert closed.closed_because == ClosedBecause.IN_PRIVATE


def test_only_a_public_post_of_somebody_else_goes_on_in_private(case: Case, agent: User) -> None:
    post = asked(case)
    with pytest.raises(NotInCase):
        continue_in_private(case_id=case.pk, post_id=10**30, actor=agent)
    private = continue_in_private(case_id=case.pk, post_id=post.pk, actor=agent)
    with pytest.raises(AlreadyPrivate):
        continue_in_private(case_id=private.pk, post_id=post.pk, actor=agent)
    Post.objects.filter(pk=post.pk).update(speaker="OWN")
    with pytest.raises(NobodyThere):
        continue_in_private(case_id=case.pk, post_id=post.pk, actor=agent)
    Post.objects.filter(pk=post.pk).update(speaker="OUTSIDER", network="files")
    with pytest.raises(TheyWriteFirst):
        continue_in_private(case_id=case.pk, post_id=post.pk, actor=agent)


def test_an_invitation_speaks_their_language_and_asks_for_nothing_personal() -> None:
    assert invitation(language="de", address="https://nordhain.example/m") == (
        "Gern klären wir das in einer privaten Nachricht an uns: https://nordhain.example/m"
        " – bitte hier nichts Persönliches nennen."
    )
    assert invitation(language="fr").startswith("We would like to sort this out")


def test_old_page_of_a_merged_case_leads_to_the_same_private_case(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, channel: Channel
) -> None:
    post_id = asked(case).pk
    network.say(stranger, "@nordhain Hallo? Mein Rad fehlt.")
    poll_once(channel.pk)
    other = Case.objects.exclude(pk=case.pk).get()
    merging.merge(case_id=case.pk, into_id=other.pk, actor=agent)

    private = continue_in_private(case_id=case.pk, post_id=post_id, actor=agent)

    assert linking.linked(case_id=private.pk) == [other]
