"""App Store: its keys, its words, its lists; the rest is in test_reviews."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.app_store_server import APP, ISSUER, KEY_ID, AppStoreServer
from tests.networks.batches import events
from tests.networks.review_asking import NOON, order, poll
from tests.networks.review_server import as_json
from tests.networks.signing_keys import pem, rsa_key
from tests.networks.test_google_play import JSON

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks import app_store
from resonanz.networks.app_store import AppStoreNetwork, _App
from resonanz.networks.contract import Posted
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.reviews.review import FAULTS, Answer

network = AppStoreNetwork()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppStoreServer]:
    """App Store Connect, which the client may reach, at noon."""
    with clock.moved_to(NOON), AppStoreServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


@pytest.mark.parametrize("typed", [APP, f" id{APP} "])
def test_app_is_asked_for_at_once_and_called_as_in_the_store(store: AppStoreServer, typed: str) -> None:
    found = network.identify(replace(store.account(), origin="", native_id="", name="", handle=typed))

    assert (found.origin, found.native_id, found.handle, found.name) == (APP, APP, APP, "Nordhain Räder")


@pytest.mark.parametrize("typed", ["", "nordhain", "1/../2", "12 3", "٣"])
def test_what_is_no_number_never_becomes_part_of_an_address(store: AppStoreServer, typed: str) -> None:
    with pytest.raises(ValueError, match="no app"):
        network.identify(replace(store.account(), native_id="", handle=typed))
    with pytest.raises(NotAuthorised):
        list(network.poll(replace(store.account(), native_id="", handle=typed), ""))

    assert store.asked == []


def test_key_of_a_person_has_no_issuer(store: AppStoreServer) -> None:
    network.identify(replace(store.account(), settings={"key_id": KEY_ID, "issuer_id": ""}))

    with pytest.raises(NotAuthorised):
        network.identify(replace(store.account(), settings={"key_id": KEY_ID, "issuer_id": "other"}))


def test_clock_that_is_half_a_minute_ahead_does_not_end_the_key(store: AppStoreServer) -> None:
    _, claims, _ = _App.of(store.account()).token.split(".")
    said = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))

    assert said["iat"] <= NOON.timestamp() - 30
    assert NOON.timestamp() + 600 <= said["exp"] <= said["iat"] + 20 * 60


@pytest.mark.parametrize("key_id", ["", "OTHER"])
def test_key_with_another_id_is_refused(store: AppStoreServer, key_id: str) -> None:
    with pytest.raises(NotAuthorised):
        network.identify(replace(store.account(), settings={"key_id": key_id, "issuer_id": ISSUER}))


def test_key_whose_line_breaks_the_field_took_away_is_read(store: AppStoreServer) -> None:
    account = store.account()

    assert network.identify(replace(account, secret=account.secret.replace("\n", ""))).name == "Nordhain"


@pytest.mark.parametrize("typed", ["", "geheim", "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----"])
def test_what_is_no_key_is_refused_before_anybody_is_asked(store: AppStoreServer, typed: str) -> None:
    with pytest.raises(NotAuthorised):
        network.identify(replace(store.account(), secret=typed))

    assert store.asked == []


def test_key_of_another_kind_is_refused(store: AppStoreServer) -> None:
    with pytest.raises(NotAuthorised):
        network.identify(replace(store.account(), secret=pem(rsa_key())))


def test_agreement_that_is_missing_waits_for_somebody_and_does_not_end_the_key(store: AppStoreServer) -> None:
    store.is_agreed = False

    with pytest.raises(TryLater) as waits:
        poll(network, store)

    assert waits.value.params["reason"] == app_store.AGREEMENTS


def test_next_page_is_asked_of_apple_alone_whatever_its_address_says(store: AppStoreServer) -> None:
    store.page, store.next_base = 1, "https://evil.example"
    said = [store.say(f"Nummer {number}") for number in range(3)]

    assert len(events(poll(network, store))) == len(said)


def test_list_that_leads_in_a_circle_ends(store: AppStoreServer) -> None:
    review_id = store.say()
    item = store.written(store.reviews[review_id])
    circle = {"data": [item], "included": [], "links": {"next": "https://x.example/?cursor=1"}}
    store.faulty = lambda method, path: as_json(circle)

    assert len(events(poll(network, store))) == 1
    assert len(store.asked) == 2


def test_title_stands_before_the_words(store: AppStoreServer) -> None:
    store.say("Stürzt ab\tSeit dem letzten Update.", 1)

    [said] = events(poll(network, store))

    assert isinstance(said, Posted)
    assert (said.text, said.url) == ("Stürzt ab\n\nSeit dem letzten Update.", f"https://apps.apple.com/app/id{APP}")


def test_answer_that_is_not_published_yet_is_ours_already(store: AppStoreServer) -> None:
    review_id = store.say()
    network.reply(store.account(), order(review_id))

    assert network.find_sent(store.account(), order(review_id), since=NOON, known=frozenset()) is not None


def test_too_long_an_answer_is_refused_in_its_words(store: AppStoreServer) -> None:
    review_id = store.say()

    with pytest.raises(Refused) as refused:
        network.reply(store.account(), order(review_id, "x" * 5971))

    assert refused.value.words == "The response is too long."


def test_review_that_cannot_be_read_is_put_aside_and_the_others_go_on(store: AppStoreServer) -> None:
    good = store.written(store.reviews[store.say()])
    bad: list[Any] = [{}, None, 7, {**good, "id": ""}, {**good, "attributes": {"rating": 9}}]
    store.faulty = lambda method, path: as_json({"data": [*bad, good], "links": {}})

    [batch] = poll(network, store)

    assert (len(batch.events), len(batch.bad)) == (1, len(bad))


@pytest.mark.parametrize("included", [7, {"a": 1}])
def test_list_of_answers_that_is_none_waits(store: AppStoreServer, included: Any) -> None:
    item = store.written(store.reviews[store.say()])
    store.faulty = lambda method, path: as_json({"data": [item], "included": included, "links": {}})

    with pytest.raises(TryLater):
        poll(network, store)


@pytest.mark.parametrize("included", [[], [7], [{"type": "customerReviewResponses"}], [{"type": "apps", "id": "r"}]])
def test_answer_that_cannot_be_read_is_neither_gone_nor_overwritten_and_holds_up_nothing(
    store: AppStoreServer, included: Any
) -> None:
    answered = store.say()
    store.answer_by_hand(answered, "Von Hand beantwortet.")
    [first] = poll(network, store)
    fresh = store.say("Neu", ago=timedelta(minutes=1))
    items = [store.written(store.reviews[one]) for one in (fresh, answered)]
    one, listed = {"data": items[1], "included": included}, {"data": items, "included": included, "links": {}}
    store.faulty = lambda method, path: as_json(one if "/customerReviews/" in path else listed)

    [batch] = poll(network, store, first.cursor or "")

    assert [(type(event), event.native_id) for event in batch.events] == [(Posted, fresh)]
    assert len(batch.bad) == 1
    with pytest.raises(TryLater):
        network.reply(store.account(), order(answered))
    assert store.orders() == []


@given(JSON | st.fixed_dictionaries({
    "id": st.text(max_size=4) | JSON,
    "attributes": JSON | st.fixed_dictionaries(
        {"rating": st.integers(0, 6), "createdDate": st.datetimes().map(str) | st.just("2026-11-20T03:00:00-08:00")},
        optional={"title": JSON, "body": JSON, "reviewerNickname": JSON},
    ),
    "relationships": JSON | st.fixed_dictionaries({"response": JSON | st.fixed_dictionaries({"data": JSON})}),
}))  # fmt: skip
def test_any_json_is_read_or_put_aside(found: Any) -> None:
    app = _App(APP, "https://x.example", "t")
    try:
        read = app._read(found, {"a": Answer("x", NOON)})
    except FAULTS:
        return
    assert 1 <= read.rating <= 5
