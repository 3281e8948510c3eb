"""Our webhook at X on the loopback: told once, subscribed for each account, looked after, ended for one alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.networks.x_asking import APP, NOON, account, network, poll
from tests.networks.x_server import BEARER, TOKEN, US, XServer

from resonanz.core import clock
from resonanz.networks.contract import Account
from resonanz.networks.errors import Refused
from resonanz.networks.webhooks import BROUGHT_TO, Keys
from resonanz.networks.x import bringing
from resonanz.networks.x.delivered import BRINGS

OURS = "https://edge.nordhain.example/webhooks/abc"


@pytest.fixture(autouse=True)
def looked_at_nothing() -> None:
    bringing._looked.clear()


def ours(x: XServer, **more: Any) -> Account:
    return account(x, settings={BROUGHT_TO: OURS}, **more)


def tell(x: XServer, address: str = OURS, **more: str) -> None:
    network.set_webhook(ours(x, **more), address, Keys(""))


def test_address_is_told_once_and_each_event_is_subscribed_once(x: XServer) -> None:
    tell(x)
    tell(x)

    assert [one["url"] for one in x.webhooks.values()] == [OURS]
    assert sorted(one["event_type"] for one in x.subscriptions.values()) == sorted(BRINGS)
    assert {(one["filter"]["user_id"], one["webhook_id"]) for one in x.subscriptions.values()} == {(US, "900")}
    assert network.webhook_health(ours(x)).address == OURS


def test_several_accounts_share_the_webhook_and_one_ends_alone(x: XServer) -> None:
    tell(x)
    tell(x, native_id="2001")
    tell(x, "")
    tell(x, "")

    assert len(x.webhooks) == 1
    assert {one["filter"]["user_id"] for one in x.subscriptions.values()} == {"2001"}


def test_subscriptions_move_to_another_address(x: XServer) -> None:
    tell(x)
    tell(x, "https://other.nordhain.example/webhooks/abc")

    assert {one["webhook_id"] for one in x.subscriptions.values()} == {"901"}
    assert len(x.subscriptions) == len(BRINGS)


def test_address_without_proof_is_refused_and_told_as_that(x: XServer) -> None:
    x.proves = False
    with pytest.raises(Refused) as refused:
        tell(x)
    assert (refused.value.words, x.subscriptions) == ("CrcValidationFailed", {})

    x.proves = True
    tell(x)
    x.webhooks["900"]["valid"] = x.proves = False
    assert network.webhook_health(ours(x)).is_valid is False
    with pytest.raises(Refused) as refused:
        tell(x)
    assert refused.value.words == "x.not_valid"

    x.proves = True
    tell(x)
    assert network.webhook_health(ours(x)).is_valid is True


def test_webhook_that_failed_is_asked_for_again_by_itself_and_not_with_every_poll(x: XServer) -> None:
    tell(x)
    x.webhooks["900"]["valid"] = False
    settings = {BROUGHT_TO: OURS}
    poll(x, settings=settings)
    assert x.webhooks["900"]["valid"] is True

    x.webhooks["900"]["valid"] = False
    poll(x, settings=settings)
    assert x.webhooks["900"]["valid"] is False
    with clock.moved_to(NOON + timedelta(minutes=31)):
        poll(x, settings=settings)
    assert x.webhooks["900"]["valid"] is True


def test_poll_goes_well_although_the_webhook_cannot_be_looked_at(x: XServer) -> None:
    x.say("ada", "@nordhain")
    x.faulty = lambda _method, path: (500, {}, b"") if "/2/webhooks" in path else None

    assert poll(x, settings={BROUGHT_TO: OURS})[0].events


def test_webhook_that_nobody_told_is_not_asked_about(x: XServer) -> None:
    poll(x)

    assert not [one for one in x.asked if "webhooks" in one]
    assert network.webhook_health(account(x)).address == ""


def test_without_the_token_of_the_application_nothing_is_told(x: XServer) -> None:
    with pytest.raises(Refused) as refused:
        network.set_webhook(account(x, app=replace(APP, bearer="")), OURS, Keys(""))

    assert (refused.value.words, x.asked) == ("x.no_bearer", [])


def test_address_is_told_by_the_application_and_subscribed_by_the_account(x: XServer) -> None:
    with_token: list[tuple[str, str]] = []
    answer = x.answer

    def noting(method: str, path: str, headers: dict[str, str], body: bytes) -> object:
        with_token.append((f"{method} {path.partition('?')[0]}", headers["Authorization"].removeprefix("Bearer ")))
        return answer(method, path, headers, body)

    x.answer = noting  # type: ignore[method-assign, assignment] # it only listens
    tell(x)

    assert dict(with_token) == {
        "GET /2/webhooks": BEARER, "POST /2/webhooks": BEARER, "GET /2/activity/subscriptions": BEARER,
        "POST /2/activity/subscriptions": TOKEN,
    }  # fmt: skip
