"""Trustpilot: its keys, its domains, and what of a person is left out; the rest is in test_reviews."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.batches import events
from tests.networks.loopback_server import Answer
from tests.networks.review_asking import NOON, order, poll
from tests.networks.review_server import as_json
from tests.networks.test_google_play import JSON
from tests.networks.trustpilot_server import DOMAIN, KEY, SECRET, UNIT, USER, TrustpilotServer

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.contract import Posted
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.reviews.review import FAULTS
from resonanz.networks.trustpilot import TrustpilotNetwork, _read

network = TrustpilotNetwork()


@pytest.fixture
def pilot(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrustpilotServer]:
    """Trustpilot, which the client may reach, at noon."""
    with clock.moved_to(NOON), TrustpilotServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


@pytest.mark.parametrize("typed", [DOMAIN, f" https://www.{DOMAIN}/ ", DOMAIN.upper()])
def test_domain_is_asked_for_at_once(pilot: TrustpilotServer, typed: str) -> None:
    found = network.identify(replace(pilot.account(), origin="", native_id="", name="", handle=typed))

    assert (found.origin, found.native_id, found.handle, found.name) == (UNIT, UNIT, DOMAIN, "Nordhain Räder")


@pytest.mark.parametrize("typed", ["", "nordhain", "nord hain.de", "a/b.de", "x?name=y.de"])
def test_what_is_no_domain_asks_nobody(pilot: TrustpilotServer, typed: str) -> None:
    with pytest.raises(ValueError, match="no domain"):
        network.identify(replace(pilot.account(), handle=typed))

    assert pilot.asked == []


def test_domain_that_nobody_reviews_is_refused(pilot: TrustpilotServer) -> None:
    with pytest.raises(Refused):
        network.identify(replace(pilot.account(), handle="other.example"))


@pytest.mark.parametrize(("key", "secret"), [("other", SECRET), (KEY, "other"), ("", "")])
def test_wrong_key_or_secret_is_refused(pilot: TrustpilotServer, key: str, secret: str) -> None:
    settings = {"trustpilot_key": key, "business_user": USER}

    with pytest.raises(NotAuthorised):
        network.identify(replace(pilot.account(), secret=secret, settings=settings))


def test_neither_mail_nor_order_of_the_person_is_taken_over(pilot: TrustpilotServer) -> None:
    pilot.say("Zu spät\tDrei Wochen.", 2)

    [said] = events(poll(network, pilot))

    assert isinstance(said, Posted)
    assert (said.text, said.language) == ("Zu spät\n\nDrei Wochen.", "de")
    assert said.author is not None
    assert said.author.url == f"https://www.trustpilot.com/users/{said.author.native_id}"
    assert not any(word in repr(said) for word in ("privat.example", "4711", "Bonn"))


def test_answer_is_said_in_the_name_of_the_colleague(pilot: TrustpilotServer) -> None:
    network.reply(pilot.account(), order(pilot.say()))

    assert pilot.posted == ({"authorBusinessUserId": USER, "message": "Danke, das freut uns."},)


def test_colleague_whom_trustpilot_does_not_know_is_told_in_its_words(pilot: TrustpilotServer) -> None:
    settings = {"trustpilot_key": KEY, "business_user": "other"}

    with pytest.raises(Refused) as refused:
        network.reply(replace(pilot.account(), settings=settings), order(pilot.say()))

    assert refused.value.words == "The business user has no access to this business unit."


def test_answer_that_a_colleague_gives_at_the_same_moment_is_not_taken_back(pilot: TrustpilotServer) -> None:
    review_id = pilot.say()
    looked = pilot.written(pilot.reviews[review_id])
    shown: list[str] = []

    def meanwhile(method: str, path: str) -> Answer | None:
        if method != "GET" or "/reviews/" not in path or shown:
            return None
        shown.append(path)
        pilot.answer_by_hand(review_id, "Von Hand beantwortet.")
        return as_json(looked)

    pilot.faulty = meanwhile
    with pytest.raises(Refused):
        network.reply(pilot.account(), order(review_id))

    assert pilot.reviews[review_id].answer == "Von Hand beantwortet."


@pytest.mark.parametrize("token", [None, "", 7, "a\nb"])
def test_token_that_is_none_waits(pilot: TrustpilotServer, token: object) -> None:
    pilot.faulty = lambda method, path: as_json({"access_token": token}) if path.endswith("accesstoken") else None

    with pytest.raises(TryLater):
        poll(network, pilot)


def test_review_that_cannot_be_read_is_put_aside_and_the_others_go_on(pilot: TrustpilotServer) -> None:
    good = pilot.written(pilot.reviews[pilot.say()])
    bad: list[Any] = [{}, None, 7, {**good, "stars": 0}, {**good, "consumer": None}, {**good, "companyReply": [1]}]
    pages = iter([as_json({"reviews": [*bad, good]}), as_json({"reviews": []})])
    pilot.faulty = lambda method, path: next(pages) if path.startswith("/v1/private/business-units") else None

    [batch] = poll(network, pilot)

    assert (len(batch.events), len(batch.bad)) == (1, len(bad))


@given(JSON | st.fixed_dictionaries({
    "id": st.text(max_size=4) | JSON, "stars": st.integers(0, 6) | JSON,
    "consumer": JSON | st.fixed_dictionaries({"id": st.text(max_size=3)}, optional={"displayName": JSON}),
    "createdAt": st.datetimes().map(str) | st.just("2026-11-20T03:00:00Z"),
}, optional={"title": JSON, "text": JSON, "language": JSON, "companyReply": JSON}))  # fmt: skip
def test_any_json_is_read_or_put_aside(found: Any) -> None:
    try:
        read = _read(found)
    except FAULTS:
        return
    assert 1 <= read.rating <= 5
