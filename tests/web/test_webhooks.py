"""The door for webhooks: what it lets in, what it refuses, and that it tells a stranger nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connections
from tests.pipeline.webhook_network import NAME, BroughtNetwork, body, headers

from resonanz.accounts.models import User
from resonanz.config import asgi, webhooks_asgi
from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.connections import channels, webhook_keys
from resonanz.networks.models import Webhook
from resonanz.networks.rates import Buckets, Rate
from resonanz.pipeline import receiving
from resonanz.pipeline.models import Delivery
from resonanz.web import webhooks

pytestmark = pytest.mark.django_db(transaction=True)
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(autouse=True)
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[webhooks._Door]:
    """A door of its own for each test, whose threads leave no connection behind."""
    door = webhooks._Door()
    monkeypatch.setattr(webhooks, "_door", door)
    yield door
    together = threading.Barrier(webhooks.THREADS)

    def leave() -> None:
        together.wait(20)
        connections.close_all()

    for left in [door.threads.submit(leave) for _ in range(webhooks.THREADS)]:
        left.result(30)
    door.threads.shutdown()


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Webhook:
    monkeypatch.setitem(registry._BY_NAME, NAME, BroughtNetwork())
    administrator = User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())
    channel = channels.connect(network=NAME, name="Forum", is_live=True, actor=None)
    return webhook_keys.make(channel_id=channel.pk, actor=administrator)


def ask(
    method: str,
    path: str,
    *,
    sent: bytes = b"",
    given: dict[str, str] | None = None,
    query: str = "",
    parts: list[dict[str, Any]] | None = None,
    application: Any = None,
) -> Answer:
    """What the entrance answers; `parts` are the messages in which the body comes, if not in one."""
    waiting = parts if parts is not None else [{"type": "http.request", "body": sent, "more_body": False}]
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(60)
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in (given or {}).items()],
    }
    asyncio.run((application or webhooks_asgi.application)(scope, receive, send))
    answered = {bytes(name).decode(): bytes(value).decode() for name, value in told[0]["headers"]}
    return told[0]["status"], answered, b"".join(one.get("body", b"") for one in told[1:])


def address(webhook: Webhook) -> str:
    return f"/webhooks/{webhook.key}"


def signed(webhook: Webhook, sent: bytes) -> dict[str, str]:
    return headers(webhook_keys.keys_of(webhook).secret, sent)


@pytest.mark.parametrize("application", [asgi.application, webhooks_asgi.application], ids=["whole", "webhooks-only"])
def test_genuine_delivery_is_stored_and_answered_without_session_or_form_token(
    webhook: Webhook, application: Any
) -> None:
    sent = body(said=[("1", "Wann kommt mein Rad?")])

    status, answered, said = ask(
        "POST", address(webhook), sent=sent, given=signed(webhook, sent), application=application
    )

    assert (status, said) == (200, b"")
    assert "set-cookie" not in answered
    assert Delivery.objects.count() == 1


def test_body_that_comes_in_pieces_is_whole_when_it_is_checked(webhook: Webhook) -> None:
    sent = body(said=[("1", "ä" * 300)])
    parts = [
        {"type": "http.request", "body": sent[:7], "more_body": True},
        {"type": "http.request", "body": sent[7:], "more_body": False},
    ]

    assert ask("POST", address(webhook), given=signed(webhook, sent), parts=parts)[0] == 200


def test_forged_delivery_is_refused_with_nothing_said(webhook: Webhook) -> None:
    status, _, said = ask("POST", address(webhook), sent=b"{}", given={"x-brought-signature": "sha256=AAAA"})

    webhook.refresh_from_db()
    assert (status, said) == (403, b"")
    assert webhook.forged == 1
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("path", ["/webhooks/", "/webhooks/x", f"/webhooks/{'a' * 43}", "/webhooks/../channels/"])
def test_unknown_address_is_not_found(webhook: Webhook, path: str) -> None:
    assert ask("POST", path, sent=b"{}")[0] == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(webhook: Webhook, method: str) -> None:
    status, answered, _ = ask(method, address(webhook))

    assert (status, answered["allow"]) == (405, "GET, POST")


def test_too_large_a_body_is_refused_before_it_is_read(webhook: Webhook) -> None:
    most = receiving.most_bytes()

    declared = ask("POST", address(webhook), given={"content-length": str(most + 1)}, parts=[])
    streamed = ask(
        "POST",
        address(webhook),
        parts=[{"type": "http.request", "body": b" " * (most // 2 + 1), "more_body": True} for _ in range(3)],
    )

    assert (declared[0], streamed[0]) == (413, 413)


@pytest.mark.parametrize("length", ["-1", "x", "9" * 400, "١"])
def test_nonsense_for_a_length_is_refused(webhook: Webhook, length: str) -> None:
    assert ask("POST", address(webhook), given={"content-length": length}, parts=[])[0] == 413


def test_slow_body_is_given_up(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "BODY_SECONDS", 0.05)

    parts = [{"type": "http.request", "body": b"{", "more_body": True}]
    assert ask("POST", address(webhook), parts=parts)[0] == 408


def test_who_asks_too_often_waits_and_others_do_not(webhook: Webhook, door: webhooks._Door) -> None:
    door.rates = Buckets(Rate(times=2, seconds=60.0))

    statuses = [ask("POST", address(webhook), sent=b"{}")[0] for _ in range(3)]
    status, answered, _ = ask("POST", address(webhook), sent=b"{}")

    assert statuses == [403, 403, 429]
    assert (status, int(answered["retry-after"]) > 0) == (429, True)
    assert ask("POST", f"/webhooks/{'b' * 43}", sent=b"{}")[0] == 404


def test_no_more_come_in_than_there_is_room_for(webhook: Webhook, door: webhooks._Door) -> None:
    door.inside = webhooks.MOST_OPEN

    status, answered, _ = ask("POST", address(webhook), sent=b"{}")

    assert (status, answered["retry-after"]) == (503, "1")
    assert door.inside == webhooks.MOST_OPEN


def test_network_is_asked_to_come_again_while_the_database_is_away(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(receiving, "receive", away)

    status, answered, _ = ask("POST", address(webhook), sent=b"{}")
    assert (status, answered["retry-after"]) == (503, "10")


def test_question_of_the_network_is_answered(webhook: Webhook) -> None:
    word = webhook_keys.keys_of(webhook).secret

    status, answered, said = ask(
        "GET", address(webhook), query=f"hub.mode=subscribe&hub.challenge=42&hub.verify_token={word}"
    )

    assert (status, said) == (200, b"42")
    assert answered["content-type"] == "text/plain; charset=utf-8"
    assert ask("GET", address(webhook), query="hub.challenge=42&hub.verify_token=x")[0] == 404
    assert ask("GET", address(webhook), query="a" * 5_000)[0] == 414


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/channels/", "/stream/", "/static/x.css", "/webhooks"])
def test_machine_at_the_edge_serves_nothing_else(path: str) -> None:
    assert ask("GET", path)[0] == 404


def test_machine_at_the_edge_says_whether_it_can_store(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("GET", "/healthz")[0] == 200

    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(webhooks, "_look", away)
    assert ask("GET", "/healthz")[0] == 503
