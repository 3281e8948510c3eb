"""Facebook and Instagram from the checklist to an answer: as IT, a marketing person and an agent would go the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from tests.networks import facebook_server
from tests.networks.facebook_server import FacebookServer
from tests.networks.instagram_server import InstagramServer
from tests.networks.meta_server import APP_ID, APP_SECRET, MetaServer, signed
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock, secrets
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.duties.responsibilities import set_responsibility
from resonanz.networks.connections import channels, connecting
from resonanz.networks.contract import App
from resonanz.networks.facebook import FacebookNetwork
from resonanz.networks.instagram import InstagramNetwork
from resonanz.networks.models import Application, Channel, ChannelState
from resonanz.pipeline import arrivals, receiving
from resonanz.pipeline.polling import poll_once
from resonanz.pipeline.receiving import Received
from resonanz.service.answers import outbox
from resonanz.service.answers.replies import queue_reply
from resonanz.service.models import Case, Outgoing

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[FacebookNetwork, InstagramNetwork])
def meta(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    """A network, and a server that answers as it."""
    network = request.param
    with FacebookServer() if network is FacebookNetwork else InstagramServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        monkeypatch.setattr(network, "connecting", replace(network.connecting, server=server.url))
        yield network.name, server


def registered(client: Client, name: str) -> tuple[str, str]:
    """IT types the keys, and copies the address and the word for the webhook."""
    page = f"/channels/applications/{name}/"
    assert client.post(page, {"client_id": APP_ID, "client_secret": APP_SECRET}).status_code == 302
    shown = client.get(page).content.decode()
    assert APP_SECRET not in shown
    key, word = re.search(r"/webhooks/([\w-]{43})", shown), re.search(r"<code>([0-9a-f]{20,})</code>", shown)
    assert key
    assert word
    return key[1], word[1]


def connected(client: Client, name: str, server: MetaServer) -> Channel:
    """A person reads what is asked for, goes on, and comes back with a code."""
    answer = client.get(f"/channels/connect/{name}/")
    asked = parse_qs(urlsplit(str(answer.context["url"])).query)
    assert all(f"<code>{right}</code>" in answer.content.decode() for right in asked["scope"][0].split())
    back = {"state": asked["state"][0], "code": facebook_server.CODE}
    assert client.get("/channels/connected/", back).status_code == 302
    return Channel.objects.get()


def asks_in_public(name: str, server: Any) -> tuple[str, tuple[dict[str, str], bytes]]:
    """Somebody comments below a post of ours: its number, and what the network brings."""
    if name == "facebook":
        said = server.comment("11", "Wann kommt mein Rad?", server.post(facebook_server.PAGE, "Neue Räder"))
        return said["id"], server.told(said, "add")
    said = server.comment("11", "Wann kommt mein Rad?", server.post("Neue Räder"))
    return said["id"], server.told(said)


def test_comment_that_is_brought_becomes_a_case_and_its_answer_stands_there(
    signed_in: Client, miriam: User, meta: tuple[str, Any]
) -> None:
    name, server = meta
    key, word = registered(signed_in, name)
    channel = connected(signed_in, name, server)
    set_responsibility(
        channel_id=channel.pk, topic_id=None, intent="", owner_id=miriam.pk, deputy_id=None, team_id=None, actor=miriam
    )
    channels.resume(channel_id=channel.pk, actor=miriam)
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": word}
    proof = receiving.prove(key=key, asked=asked)
    assert proof is not None
    assert proof.body == "1158201444"

    native_id, (headers, body) = asks_in_public(name, server)
    forged = signed(body, secret="guessed")
    assert receiving.receive(key=key, headers=forged, body=body) is Received.FORGED
    first, second = (receiving.receive(key=key, headers=headers, body=body) for _ in range(2))
    arrivals.take_waiting()

    assert (first, second) == (Received.STORED, Received.KNOWN)
    case = Case.objects.get()
    assert case.assignee == miriam
    post_id = case.case_posts.get().post_id
    answer = queue_reply(case_id=case.pk, post_id=post_id, text="Morgen. ^MK", author=miriam, key=uuid4())
    Outgoing.objects.update(due_at=clock.now())
    outbox.send_due(outgoing_id=answer.pk)
    answer.refresh_from_db()
    assert (answer.state, answer.failure_code) == ("SENT", "")
    stands = server.things if name == "facebook" else server.comments
    assert stands[answer.native_id].get("message", stands[answer.native_id].get("text")) == "Morgen. ^MK"
    assert native_id in {stands[answer.native_id].get("parent"), stands[answer.native_id].get("parent_id")}


def test_wrong_secret_of_the_application_is_told_there_and_stops_no_channel(
    signed_in: Client, miriam: User, meta: tuple[str, Any]
) -> None:
    name, server = meta
    registered(signed_in, name)
    channel = connected(signed_in, name, server)
    channels.resume(channel_id=channel.pk, actor=miriam)
    page = f"/channels/applications/{name}/"
    signed_in.post(page, {"client_id": APP_ID, "client_secret": "mistyped"})

    polled = poll_once(channel.pk)
    channel.refresh_from_db()

    assert (polled.well, polled.seconds) == (False, 60.0)
    assert (channel.state, channel.failure_code) == (ChannelState.ACTIVE, "network.application_refused")
    assert Application.objects.get().refused_at is not None

    Application.objects.update(sealed=_sealed_with(APP_SECRET))
    assert poll_once(channel.pk).well
    channel.refresh_from_db()
    assert (channel.failure_code, Application.objects.get().refused_at) == ("", None)


def test_answer_that_the_wrong_secret_stops_tells_so_on_the_page_of_the_application(
    signed_in: Client, miriam: User, meta: tuple[str, Any]
) -> None:
    name, server = meta
    registered(signed_in, name)
    channel = connected(signed_in, name, server)
    asks_in_public(name, server)
    set_responsibility(
        channel_id=channel.pk, topic_id=None, intent="", owner_id=miriam.pk, deputy_id=None, team_id=None, actor=miriam
    )
    channels.resume(channel_id=channel.pk, actor=miriam)
    assert poll_once(channel.pk).well
    case = Case.objects.get()
    Application.objects.update(sealed=_sealed_with("mistyped"))

    answer = queue_reply(
        case_id=case.pk, post_id=case.case_posts.get().post_id, text="Morgen. ^MK", author=miriam, key=uuid4()
    )
    Outgoing.objects.update(due_at=clock.now())
    outbox.send_due(outgoing_id=answer.pk)

    answer.refresh_from_db()
    assert (answer.state, answer.failure_code) == ("FAILED", "network.application_refused")
    assert Application.objects.get().refused_at is not None


def test_wrong_secret_is_not_taken_for_a_wrong_token_that_somebody_typed(
    signed_in: Client, miriam: User, meta: tuple[str, Any]
) -> None:
    name, server = meta
    registered(signed_in, name)
    typed = channels.account_of(connected(signed_in, name, server))

    with pytest.raises(connecting.ApplicationNotTaken):
        connecting.by_token(name="Page", account=replace(typed, app=App(APP_ID, "mistyped")), actor=miriam)

    assert Application.objects.get().refused_at is not None
    with pytest.raises(connecting.TokenRefused):
        connecting.by_token(name="Page", account=replace(typed, secret="mistyped"), actor=miriam)


def _sealed_with(secret: str) -> bytes:
    """As the network would have it once its keys are those that were typed: nobody types them here again."""
    return secrets.encrypt(json.dumps({"client_secret": secret}))


def test_only_it_registers_and_only_who_manages_channels_connects(client: Client, meta: tuple[str, Any]) -> None:
    name, _server = meta
    agent = User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.AGENT, created_at=clock.now())
    client.force_login(agent, backend=BACKEND)

    assert client.get(f"/channels/applications/{name}/").status_code == 403
    assert client.post(f"/channels/applications/{name}/", {"client_id": "1", "client_secret": "2"}).status_code == 403
    assert client.get(f"/channels/connect/{name}/").status_code == 403


def test_every_code_that_is_told_has_words(signed_in: Client, meta: tuple[str, Any]) -> None:
    name, _server = meta

    shown = [
        signed_in.get(path).content.decode()
        for path in (f"/channels/applications/{name}/", f"/channels/connect/{name}/")
    ]

    assert not [
        page for page in shown if re.search(rf"\b({name}|meta)\.[a-z]+\b(?!\.com)", re.sub(r"https?://\S+", "", page))
    ]
