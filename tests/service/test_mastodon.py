"""The way of a question and its answer on Mastodon, against a server that others wrote."""

from __future__ import annotations

from uuid import uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.listening.models import Post, Speaker
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel
from resonanz.pipeline.polling import poll_once
from resonanz.service.answers.outbox import send_due
from resonanz.service.answers.replies import queue_reply
from resonanz.service.conversation import conversation
from resonanz.service.models import Case, CasePost, CasePostState, OutgoingState
from tests.networks.mastodon_process import MastodonProcess
from tests.service.conftest import MovingClock


@pytest.fixture
def server(mastodon: MastodonProcess) -> MastodonProcess:
    return mastodon


def channel_of(account: Account, actor: User) -> Channel:
    return connect(
        network="mastodon", name="Mastodon", address=account.address, origin=account.origin, handle=account.handle,
        native_id=account.native_id, secret=account.secret, is_live=True, actor=actor,
    )  # fmt: skip


def test_question_becomes_a_case_and_its_answer_stands_once(
    server: MastodonProcess, agent: User, moving_clock: MovingClock
) -> None:
    us, ada = server.open_account("werke"), server.open_account("ada")
    channel = channel_of(us, agent)
    asked = server.say(ada, "@werke Wann kommt mein Rad?", language="de")
    poll_once(channel.pk)
    case = Case.objects.get()
    key, post = uuid4(), Post.objects.get()
    assert (post.text, post.author_handle) == ("@werke Wann kommt mein Rad?", ada.handle)

    outgoing = queue_reply(case_id=case.pk, post_id=post.pk, text="Am Freitag.", author=agent, key=key)
    moving_clock.forward(seconds=11)
    send_due(outgoing_id=outgoing.pk)
    outgoing.refresh_from_db()
    assert outgoing.state == OutgoingState.SENT
    (stands,) = server.call("GET", f"/api/v1/statuses/{asked['id']}/context", ada.secret)["descendants"]
    assert (stands["id"], stands["visibility"]) == (outgoing.native_id, "unlisted")
    assert CasePost.objects.get(case=case).state == CasePostState.ANSWERED

    poll_once(channel.pk)  # brings our own answer back, which is no second one
    shown = conversation(case=Case.objects.get()).entries
    assert [entry.outgoing.pk for entry in shown if entry.outgoing] == [outgoing.pk]
    assert [entry.said for entry in shown if entry.said and entry.said.post.speaker == Speaker.OWN] == []

    server.call("DELETE", f"/api/v1/statuses/{asked['id']}", ada.secret)
    poll_once(channel.pk)
    assert not Post.objects.filter(native_id=asked["id"]).exists()
    channel.refresh_from_db()
    assert (channel.failure_code, channel.state) == ("", "ACTIVE")
