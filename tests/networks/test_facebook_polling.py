"""What Facebook does not answer, and what cannot be read of it, keeps nothing else away."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.networks.batches import cursor_of, events, said
from tests.networks.facebook_asking import poll
from tests.networks.facebook_server import PAGE, PEOPLE, FacebookServer
from tests.networks.loopback_server import Answer
from tests.networks.meta_server import Request, as_json, lacking, no

from resonanz.core import clock


@pytest.mark.parametrize("answer", [no(2, "Service temporarily unavailable", status=500), no(1, "Unknown error")])
def test_deliveries_that_cannot_be_asked_for_keep_nothing_away(facebook: FacebookServer, answer: Answer) -> None:
    facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
    facebook.faulty = lambda request: answer if request.path.endswith("/subscribed_apps") else None

    batches = poll(facebook)

    assert "Wann?" in {one.text for one in said(batches)}
    facebook.faulty = lambda _request: None
    with clock.moved_to(clock.now() + timedelta(hours=1, minutes=1)):
        poll(facebook, cursor_of(batches))
    assert facebook.subscribed


def test_what_the_token_may_not_look_at_by_itself_is_not_gone(facebook: FacebookServer) -> None:
    facebook.post("12", "Kennt ihr Nordhain?", tags=True)
    cursor = cursor_of(poll(facebook))
    facebook.faulty = lambda request: lacking("Page Public Content Access") if request.path == "/v25.0/" else None

    assert events(poll(facebook, cursor)) == []


@pytest.mark.parametrize("listed", ["tagged", "conversations"])
def test_what_cannot_be_read_hides_nothing_that_is_listed_after_it(facebook: FacebookServer, listed: str) -> None:
    for number in range(60):
        if listed == "tagged":
            facebook.post("11", "Hallo", tags=True, ago=timedelta(minutes=number + 2))
        else:
            PEOPLE[str(300 + number)] = "Somebody"
            facebook.write(str(300 + number), "Hallo", ago=timedelta(minutes=number + 2))

    def garbled(request: Request) -> Answer | None:
        """The newest one is none."""
        if not request.path.endswith(f"/{listed}") or "after" in request.asked:
            return None
        _, _, body = facebook.route(replace(request, path=request.path.removeprefix("/v25.0")))
        found = json.loads(body)
        return as_json({**found, "data": [{"id": "../me"}, *found["data"][1:]]})

    facebook.faulty = garbled
    cursor, found = "", set[str]()
    for _ in range(7):
        batches = poll(facebook, cursor)
        cursor = cursor_of(batches)
        found |= {one.native_id for one in said(batches)}

    assert len(found) >= 59
