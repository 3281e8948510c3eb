"""Webhooks with the real processes: a machine at the edge takes them, listeners are killed while they take them in."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import random
import subprocess
import sys
from typing import Any

import pytest

from resonanz.core import clock
from tests.flows.product import Product, wait_until
from tests.networks.memory_process import free_port

DELIVERIES = 400
KILLS = 4


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=given)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def answers(port: int) -> bool:
    try:
        return ask(port, "GET", "/healthz")[0] == 200
    except OSError:
        return False


def made_webhook(product: Product) -> Any:
    command = [sys.executable, "-m", "resonanz.ops.benches.webhook_measuring", "make"]
    return json.loads(subprocess.run(command, env=product.environment, check=True, stdout=subprocess.PIPE).stdout)


def bring(port: int, made: Any, number: int) -> int:
    post = {
        "id": number + 1, "user_id": number + 2, "username": f"member_{number}", "created_at": "2026-11-01T10:00:00Z",
        "updated_at": "2026-11-01T10:00:00Z", "cooked": f'<p><a class="mention">@nordhain</a> {number}?</p>',
        "post_number": 2, "post_type": 1, "topic_id": number + 1, "topic_archetype": "regular",
    }  # fmt: skip
    body = json.dumps({"post": post}).encode()
    signature = hmac.new(made["secret"].encode(), body, hashlib.sha256).hexdigest()
    headers = {"X_Discourse_Event": "post_created", "X_Discourse_Event_Signature": f"sha256={signature}"}
    return ask(port, "POST", made["path"], body, **headers)[0]


@pytest.mark.slow
def test_every_delivery_becomes_one_case_though_listeners_are_killed_on_the_way(product: Product) -> None:
    made, chance, edge = made_webhook(product), random.Random(5), free_port()
    product.start("edge", "web", "--webhooks-only", "--port", str(edge))
    product.start("listen", "listen")
    wait_until(lambda: answers(edge))

    statuses = []
    for number in range(DELIVERIES):
        statuses.append(bring(edge, made, number))
        if number % (DELIVERIES // KILLS) == DELIVERIES // KILLS // 2:
            clock.sleep(chance.uniform(0.5, 4.0))
            product.kill("listen")
            product.start("listen", "listen")
    statuses.append(bring(edge, made, 0))

    assert set(statuses) == {200}
    wait_until(lambda: product.rows("SELECT count(*) FROM pipeline_delivery WHERE taken_at IS NULL") == [(0,)])
    assert product.rows("SELECT count(*), count(DISTINCT native_id) FROM listening_post") == [(DELIVERIES, DELIVERIES)]
    assert product.rows("SELECT count(*) FROM service_case") == [(DELIVERIES,)]
    assert product.rows("SELECT count(*) FROM pipeline_delivery WHERE sealed <> ''") == [(0,)]


@pytest.mark.slow
def test_machine_at_the_edge_serves_webhooks_and_nothing_else(product: Product) -> None:
    made, edge = made_webhook(product), free_port()
    product.start("edge", "web", "--webhooks-only", "--port", str(edge))
    wait_until(lambda: answers(edge))

    others = ["/", "/accounts/login/", "/inbox/", "/channels/", "/static/web/app.css", "/stream/", "/admin/"]
    assert {path: ask(edge, "GET", path) for path in others} == dict.fromkeys(others, (404, b""))
    assert ask(edge, "POST", "/accounts/login/", b"login=a&password=b")[0] == 404
    assert ask(edge, "POST", made["path"], b"{}") == (403, b"")
    assert bring(edge, made, 1) == 200
