"""YouTube and Reddit from the checklist to an answer, to what was deleted, and to units that are used up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from tests.networks.reddit_server import RedditServer
from tests.networks.youtube_server import YouTubeServer
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening.models import Post
from resonanz.networks.connections import channels, renewing
from resonanz.networks.models import Channel, ChannelState
from resonanz.networks.reddit import RedditNetwork
from resonanz.networks.youtube import YouTubeNetwork
from resonanz.pipeline.polling import poll_once
from resonanz.service.answers import outbox
from resonanz.service.answers.replies import queue_reply
from resonanz.service.models import Case, Outgoing

pytestmark = pytest.mark.django_db
ASKED = "Wann kommt mein Rad? Ich warte seit drei Wochen."


@pytest.fixture(params=[YouTubeNetwork, RedditNetwork], ids=["youtube", "reddit"])
def network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    """A network, and a server that answers as it."""
    kind = request.param
    with YouTubeServer() if kind is YouTubeNetwork else RedditServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        monkeypatch.setattr(kind, "connecting", replace(kind.connecting, server=server.url))
        yield kind.name, server


def connected(client: Client, name: str, miriam: User) -> Channel:
    """IT types the keys; a person reads what is asked for, goes on, and comes back with a code."""
    keys = {"client_id": "client", "client_secret": "client-secret"}
    assert client.post(f"/channels/applications/{name}/", keys).status_code == 302
    page = client.get(f"/channels/connect/{name}/")
    asked = parse_qs(urlsplit(str(page.context["url"])).query)
    assert all(f"<code>{right}</code>" in page.content.decode() for right in asked["scope"][0].split())
    back = {"state": asked["state"][0], "code": "good-code"}
    assert client.get("/channels/connected/", back).status_code == 302
    channel = Channel.objects.get()
    set_responsibility(
        channel_id=channel.pk, topic_id=None, intent="", owner_id=miriam.pk, deputy_id=None, team_id=None, actor=miriam
    )
    channels.resume(channel_id=channel.pk, actor=miriam)
    return channel


def asks(name: str, server: Any) -> dict[str, Any]:
    """Somebody asks us in public."""
    if name == "youtube":
        return dict(server.say("ada", ASKED, on=server.show("Neue Räder")))
    return server.say("ada", ASKED, server.post("bob", "Räder"), inbox="username_mention")  # type: ignore[no-any-return]


def page_of(client: Client, channel: Channel) -> str:
    return client.get(f"/channels/{channel.pk}/").content.decode()


def test_question_becomes_a_case_and_its_answer_stands_there_until_all_is_deleted(
    signed_in: Client, miriam: User, network: tuple[str, Any]
) -> None:
    name, server = network
    channel = connected(signed_in, name, miriam)
    said = asks(name, server)

    assert poll_once(channel.pk).well

    case = Case.objects.get()
    assert case.assignee == miriam
    post = case.case_posts.get().post
    assert (post.native_id, post.text) == (said.get("name", said["id"]), ASKED)
    answer = queue_reply(case_id=case.pk, post_id=post.pk, text="Morgen. ^MK", author=miriam, key=uuid4())
    Outgoing.objects.update(due_at=clock.now())
    outbox.send_due(outgoing_id=answer.pk)
    answer.refresh_from_db()
    assert (answer.state, answer.failure_code) == ("SENT", "")
    assert answer.native_id in (server.comments if name == "youtube" else server.things)

    server.delete(said if name == "youtube" else server.things[said["name"]])
    with clock.moved_to(clock.now() + timedelta(minutes=5)):
        assert poll_once(channel.pk).well
    assert ASKED not in {one.text for one in Post.objects.all()}


def test_units_that_are_used_up_are_one_line_of_the_channel(
    signed_in: Client, miriam: User, network: tuple[str, Any]
) -> None:
    name, server = network
    channel = connected(signed_in, name, miriam)
    if name == "youtube":
        server.units = 0
    else:
        server.left = 0

    polled = poll_once(channel.pk)

    channel.refresh_from_db()
    shown = page_of(signed_in, channel)
    assert (polled.well, channel.state) == (False, ChannelState.ACTIVE)
    assert polled.seconds >= 345
    code = "network.budget_used_up" if name == "youtube" else "network.try_later"
    assert channel.failure_code == code
    assert shown.count('role="alert"') == 1


@pytest.mark.parametrize("network", [RedditNetwork], indirect=True)
def test_least_that_was_left_of_the_limits_stands_on_the_page_of_the_channel(
    signed_in: Client, miriam: User, network: tuple[str, Any]
) -> None:
    name, server = network
    channel = connected(signed_in, name, miriam)
    server.left = 12

    poll_once(channel.pk)

    channel.refresh_from_db()
    assert channel.limit_left is not None
    assert channel.limit_left < 60
    assert f"{channel.limit_left} %" in page_of(signed_in, channel)


@pytest.mark.parametrize("network", [RedditNetwork], indirect=True)
def test_closed_subreddit_is_one_line_of_the_channel(signed_in: Client, miriam: User, network: tuple[str, Any]) -> None:
    name, server = network
    channel = connected(signed_in, name, miriam)
    channels.change_settings(channel_id=channel.pk, settings={"subreddits": "geheim"}, actor=miriam)
    server.closed.add("geheim")
    asks(name, server)

    polled = poll_once(channel.pk)

    channel.refresh_from_db()
    assert (channel.state, channel.failure_code, channel.failure_words) == (
        ChannelState.ACTIVE,
        "reddit.closed_place",
        "",
    )
    assert polled.seconds == 60
    assert Case.objects.count() == 1
    assert page_of(signed_in, channel).count('role="alert"') == 1


def test_token_is_renewed_by_itself_and_one_that_was_taken_back_stops_the_channel(
    signed_in: Client, miriam: User, network: tuple[str, Any]
) -> None:
    name, server = network
    channel = connected(signed_in, name, miriam)
    with clock.moved_to(clock.now() + timedelta(days=2)):
        renewing.renew_due()
    channel.refresh_from_db()
    assert channel.expires_at is not None
    assert channel.expires_at > clock.now() + timedelta(days=2)

    server.renewals.clear()
    with clock.moved_to(clock.now() + timedelta(days=9)):
        renewing.renew_due()
    channel.refresh_from_db()
    assert bytes(channel.encrypted_renewal) == b""
    assert re.search(rf"/channels/connect/{name}/", page_of(signed_in, channel))


def test_only_it_registers_and_only_who_may_connects(client: Client, network: tuple[str, Any]) -> None:
    name, _server = network
    agent = User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.AGENT, created_at=clock.now())
    client.force_login(agent, backend=BACKEND)

    assert client.get(f"/channels/applications/{name}/").status_code == 403
    assert client.post(f"/channels/applications/{name}/", {"client_id": "1", "client_secret": "2"}).status_code == 403
    assert client.get(f"/channels/connect/{name}/").status_code == 403


def test_every_code_that_is_told_has_words(signed_in: Client, network: tuple[str, Any]) -> None:
    name, _server = network
    for path in (f"/channels/applications/{name}/", f"/channels/connect/{name}/"):
        shown = re.sub(r"https?://\S+", "", signed_in.get(path).content.decode())
        assert not re.findall(rf"\b{name}\.(?!com|force)[a-z_]+", shown)
