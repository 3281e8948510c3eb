"""Google Play: its key files, its tokens, and what its reviews look like; the rest is in test_reviews."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.batches import events
from tests.networks.google_play_server import PACKAGE, GooglePlayServer, key_file
from tests.networks.review_asking import NOON, order, poll
from tests.networks.review_server import as_json
from tests.networks.signing_keys import ec_key, pem

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks import google
from resonanz.networks.contract import Posted
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.google_play import GooglePlayNetwork, _App
from resonanz.networks.reviews.review import FAULTS, Review

network = GooglePlayNetwork()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[GooglePlayServer]:
    """Google Play, which the client may reach, at noon."""
    with clock.moved_to(NOON), GooglePlayServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


def test_package_is_asked_for_at_once(play: GooglePlayServer) -> None:
    typed = replace(play.account(), origin="", native_id="", name="", handle=f" {PACKAGE} ")

    found = network.identify(typed)

    assert (found.origin, found.native_id, found.handle, found.name) == (PACKAGE,) * 4


@pytest.mark.parametrize("typed", ["", "nordhain", "com.nordhain/../x", "com.nord hain", "com.nordhain.app?x=1", "ä.b"])
def test_what_names_no_package_never_becomes_part_of_an_address(play: GooglePlayServer, typed: str) -> None:
    with pytest.raises(ValueError, match="no package"):
        network.identify(replace(play.account(), origin="", native_id="", handle=typed))
    with pytest.raises(NotAuthorised):
        list(network.poll(replace(play.account(), native_id="", handle=typed), ""))

    assert play.asked == []


def test_service_account_that_was_not_let_in_is_refused(play: GooglePlayServer) -> None:
    play.may_read = False

    with pytest.raises(NotAuthorised):
        network.identify(play.account())


@pytest.mark.parametrize(
    "typed",
    ["", "{", "[]", "null", "geheim", key_file(type="authorized_user"), key_file(private_key="-----BEGIN"), "[" * 9000,
     json.dumps({"type": "service_account"})],
)  # fmt: skip
def test_what_is_no_key_file_is_refused_before_anybody_is_asked(play: GooglePlayServer, typed: str) -> None:
    with pytest.raises(NotAuthorised):
        network.identify(replace(play.account(), secret=typed))

    assert play.asked == []


def test_key_of_somebody_else_is_refused(play: GooglePlayServer) -> None:
    with pytest.raises(NotAuthorised):
        network.identify(replace(play.account(), secret=key_file(client_email="other@x.iam.gserviceaccount.com")))
    with pytest.raises(NotAuthorised):
        network.identify(replace(play.account(), secret=key_file(private_key=pem(ec_key()))))


def test_key_is_not_sent_where_its_file_says(play: GooglePlayServer) -> None:
    network.identify(replace(play.account(), secret=key_file(token_uri="https://evil.example/token")))

    assert play.asked[0] == "POST /token"


def test_wrong_clock_of_this_machine_waits_and_does_not_stop_the_channel(play: GooglePlayServer) -> None:
    play.clock_is_off = True

    with pytest.raises(TryLater) as waits:
        poll(network, play)

    assert waits.value.params["reason"] == google.CLOCK


def test_key_whose_account_is_gone_is_not_taken_for_a_wrong_clock(play: GooglePlayServer) -> None:
    gone = {"error": "invalid_grant", "error_description": "Invalid grant: no account is associated with this key"}
    play.faulty = lambda method, path: as_json(gone, 400) if path == "/token" else None

    with pytest.raises(NotAuthorised):
        poll(network, play)


def test_title_stands_before_the_words_and_nothing_of_the_device_is_kept(play: GooglePlayServer) -> None:
    play.say("Stürzt ab\tSeit dem letzten Update.", 1)

    [said] = events(poll(network, play))

    assert isinstance(said, Posted)
    assert said.text == "Stürzt ab\n\nSeit dem letzten Update."
    assert said.url == f"https://play.google.com/store/apps/details?id={PACKAGE}&reviewId=gp%3AAOqpTOE0001"
    assert not any(word in repr(said) for word in ("klte", "Galaxy", "1.2", "'de'"))


def test_words_as_they_were_written_are_heard_and_not_a_translation(play: GooglePlayServer) -> None:
    play.say("It crashes", 1)
    found = play.written(play.reviews["gp:AOqpTOE0001"])
    found["comments"][0]["userComment"]["originalText"] = "Stürzt ab"
    play.faulty = lambda method, path: as_json({"reviews": [found]}) if "/reviews" in path else None

    assert [said.text for said in events(poll(network, play)) if isinstance(said, Posted)] == ["Stürzt ab"]


def test_review_that_cannot_be_read_is_put_aside_and_the_others_go_on(play: GooglePlayServer) -> None:
    play.say("Gut", 5)
    good = play.written(play.reviews["gp:AOqpTOE0001"])
    bad: list[Any] = [{}, None, {"reviewId": 7}, {**good, "comments": []}, {**good, "reviewId": "x" * 600}]
    play.faulty = lambda method, path: as_json({"reviews": [*bad, good]}) if "/reviews" in path else None

    [batch] = poll(network, play)

    assert (len(batch.events), len(batch.bad)) == (1, len(bad))


def test_old_reviews_that_the_list_shows_no_more_are_not_taken_for_gone(play: GooglePlayServer) -> None:
    play.say("Gut", 5)
    [first] = poll(network, play)
    assert first.cursor

    with clock.moved_to(NOON + timedelta(days=8)):
        [later] = poll(network, play, first.cursor)

    assert later.events == ()
    assert not any("gp:" in one for one in play.asked)


def test_too_long_an_answer_is_refused_in_its_words(play: GooglePlayServer) -> None:
    review_id = play.say()

    with pytest.raises(Refused) as refused:
        network.reply(play.account(), order(review_id, "x" * 351))

    assert refused.value.words == "Reply text is too long."


@pytest.mark.parametrize("seconds", [str(10**17), "-1" + "0" * 18, str(10**30), "x"])
def test_time_that_is_none_holds_up_no_other_review(play: GooglePlayServer, seconds: str) -> None:
    good = play.say()
    comment = {"text": "Gut", "starRating": 5, "lastModified": {"seconds": seconds}}
    told = {"reviewId": "gp:odd", "comments": [{"userComment": comment}]}
    now = {"text": "Gut", "starRating": 5, "lastModified": {"seconds": str(int(NOON.timestamp()))}}
    listed = {"reviews": [told, {"reviewId": good, "comments": [{"userComment": now}]}]}
    play.faulty = lambda method, path: None if play.is_signing_in(path) else as_json(listed)

    [batch] = poll(network, play)

    assert [event.native_id for event in batch.events] == [good]
    assert len(batch.bad) == 1


@pytest.mark.parametrize("error", [{"status": ["x"]}, {"errors": [{"reason": {"a": 1}}]}, {"errors": 7, "code": "x"}])
def test_refusal_of_any_shape_is_one(play: GooglePlayServer, error: dict[str, Any]) -> None:
    refusal = as_json({"error": {"message": "No.", **error}}, 400)
    play.faulty = lambda method, path: None if play.is_signing_in(path) else refusal

    with pytest.raises(Refused) as refused:
        poll(network, play)

    assert refused.value.words == "No."


@given(JSON)
def test_any_json_is_read_or_put_aside(found: Any) -> None:
    app = _App(PACKAGE, google.Google("https://x.example", "t"))
    try:
        read = app._read(found)
    except FAULTS:
        return
    assert isinstance(read, Review)


@given(
    st.fixed_dictionaries(
        {"reviewId": st.text(max_size=5) | JSON, "comments": st.lists(st.fixed_dictionaries(
            {"userComment": st.fixed_dictionaries({
                "text": st.text(max_size=9) | JSON, "starRating": st.integers() | JSON,
                "lastModified": st.fixed_dictionaries({"seconds": st.integers() | JSON}, optional={"nanos": JSON}),
            })}, optional={"developerComment": JSON},
        ), max_size=2)},
        optional={"authorName": JSON},
    )
)  # fmt: skip
def test_nearly_right_json_is_read_or_put_aside(found: Any) -> None:
    app = _App(PACKAGE, google.Google("https://x.example", "t"))
    try:
        read = app._read(found)
    except FAULTS:
        return
    assert 1 <= read.rating <= 5
    assert read.native_id
