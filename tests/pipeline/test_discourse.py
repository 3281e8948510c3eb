"""A forum and the house together: what it brings becomes a case once, whatever the order, and polls bring the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.listening.models import Post
from resonanz.networks.connections import webhook_keys
from resonanz.networks.connections.connecting import by_token
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel, ChannelState, Webhook
from resonanz.people.models import Identity
from resonanz.pipeline import arrivals
from resonanz.pipeline.polling import poll_once
from resonanz.pipeline.receiving import Received, receive
from resonanz.service.models import Case
from tests.networks.discourse_asking import NOON
from tests.networks.discourse_server import KEY, MENTIONED, DiscourseServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def forum(monkeypatch: pytest.MonkeyPatch) -> Iterator[DiscourseServer]:
    with clock.moved_to(NOON), DiscourseServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


@pytest.fixture
def webhook(forum: DiscourseServer) -> Webhook:
    ada = User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())
    typed = Account(network="discourse", address=forum.url, handle="nordhain", secret=KEY)
    channel = by_token(name="Forum", account=typed, actor=ada)
    Channel.objects.update(state=ChannelState.ACTIVE)
    return webhook_keys.make(channel_id=channel.pk, actor=ada)


def bring(forum: DiscourseServer, webhook: Webhook, name: str, said: dict[str, Any], **more: Any) -> Received:
    headers, body = forum.webhook(name, said, secret=webhook_keys.keys_of(webhook).secret, **more)
    return receive(key=webhook.key, headers=headers, body=body)


def test_question_in_a_forum_becomes_one_case_by_webhook_and_poll_together(
    forum: DiscourseServer,
    webhook: Webhook,
) -> None:
    said = forum.say("ada", "@nordhain Wann kommt mein Rad?", title="Rad")
    forum.notify(MENTIONED, said)

    assert bring(forum, webhook, "post_created", said) is Received.STORED
    arrivals.take_waiting()
    poll_once(webhook.channel_id)
    answer = forum.say("ada", "Es eilt!", topic=said["topic_id"])
    bring(forum, webhook, "post_created", answer)
    arrivals.take_waiting()

    case = Case.objects.get()
    assert case.root_native_id == f"t{said['topic_id']}"
    assert list(case.case_posts.order_by("id").values_list("post__text", flat=True)) == [
        "Rad\n\n@nordhain Wann kommt mein Rad?", "Es eilt!",
    ]  # fmt: skip


def test_poll_brings_what_the_webhook_missed(forum: DiscourseServer, webhook: Webhook) -> None:
    forum.notify(MENTIONED, forum.say("ada", "@nordhain Hallo?"))

    poll_once(webhook.channel_id)

    assert Case.objects.count() == 1


def test_edits_in_any_order_end_in_the_last_words(forum: DiscourseServer, webhook: Webhook) -> None:
    said = forum.say("ada", "@nordhain eins", title="T")
    first = dict(said)
    second = {**said, "cooked": "<p>zwei</p>", "version": 2, "updated_at": "2026-11-20T11:58:00.000Z"}
    third = {**said, "cooked": "<p>drei</p>", "version": 3, "updated_at": "2026-11-20T11:59:00.000Z"}
    reply = {"reply_to_user": {"username": "nordhain"}}

    for name, version in (("post_edited", third), ("post_edited", second), ("post_created", first)):
        bring(forum, webhook, name, {**version, **reply})
        arrivals.take_waiting()

    assert Post.objects.get().text == "T\n\ndrei"


def test_deletion_before_the_post_keeps_it_away_from_webhook_and_poll(
    forum: DiscourseServer,
    webhook: Webhook,
) -> None:
    said = forum.say("ada", "@nordhain doch nicht")
    forum.notify(MENTIONED, said)

    bring(forum, webhook, "post_destroyed", said)
    arrivals.take_waiting()
    bring(forum, webhook, "post_created", said)
    arrivals.take_waiting()
    poll_once(webhook.channel_id)  # which the forum answers as if it knew of nothing

    assert not Post.objects.exists()


def test_whole_account_goes_when_the_forum_says_that_it_is_gone(
    forum: DiscourseServer,
    webhook: Webhook,
) -> None:
    bring(forum, webhook, "post_created", forum.say("ada", "@nordhain Hallo?"))
    arrivals.take_waiting()
    before = Identity.objects.count()

    bring(forum, webhook, "user_destroyed", {"id": forum.users["ada"]}, kind="user")
    arrivals.take_waiting()

    assert (before, Identity.objects.count(), Post.objects.count()) == (1, 0, 0)


def test_chatter_that_touches_nothing_of_ours_is_not_stored(forum: DiscourseServer, webhook: Webhook) -> None:
    bring(forum, webhook, "post_created", forum.say("bob", "Schönes Wetter heute"))
    arrivals.take_waiting()

    assert not Post.objects.exists()
