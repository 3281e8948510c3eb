"""Google Business Profile: letting in, locations, and what its reviews look like; the rest is in test_reviews."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.batches import events
from tests.networks.google_business_server import APP, PLACE, GoogleBusinessServer
from tests.networks.oauth_server import REDIRECT
from tests.networks.review_asking import NOON, order, poll
from tests.networks.review_server import as_json, html
from tests.networks.test_google_play import JSON

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.contract import Account, App, Posted
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.google_business import API, RIGHT, GoogleBusinessNetwork, _as_written, _read
from resonanz.networks.reviews.review import FAULTS

network = GoogleBusinessNetwork()
VERIFIER = "v" * 43


@pytest.fixture
def maps(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleBusinessServer]:
    """Google, which the client may reach, at noon."""
    with clock.moved_to(NOON), GoogleBusinessServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


def let_in(maps: GoogleBusinessServer) -> tuple[Account, ...]:
    page = network.authorize_url(maps.url, APP, redirect_uri=REDIRECT, state="s", challenge=challenge_of(VERIFIER))
    code = maps.oauth.agree(page)["code"]
    return network.sign_in(maps.url, APP, redirect_uri=REDIRECT, code=code, verifier=VERIFIER)


def challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def test_page_is_googles_and_asks_for_a_renewal() -> None:
    page = network.authorize_url(API, App("id"), redirect_uri=REDIRECT, state="s", challenge="c")

    asked = dict(parse_qsl(urlsplit(page).query))
    assert page.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert (asked["scope"], asked["access_type"], asked["prompt"]) == (RIGHT, "offline", "consent")


def test_locations_of_all_accounts_are_let_in_each_once(maps: GoogleBusinessServer) -> None:
    maps.locations["accounts/12"] = {"locations/22": "Nordhain Bonn", "locations/31": "Nordhain Ulm"}

    found = let_in(maps)

    assert [(one.native_id, one.origin, one.name) for one in found] == [
        (PLACE, "locations/22", "Nordhain Bonn"),
        ("accounts/11/locations/23", "locations/23", "Nordhain Köln"),
        ("accounts/12/locations/31", "locations/31", "Nordhain Ulm"),
    ]
    assert {one.expires_at for one in found} == {NOON + timedelta(hours=2)}


def test_who_manages_no_location_gets_none(maps: GoogleBusinessServer) -> None:
    maps.locations = {"accounts/11": {}}

    assert let_in(maps) == ()


@pytest.mark.parametrize("name", ["accounts/11/../..", "accounts/x", 7, None])
def test_name_that_is_none_never_becomes_part_of_an_address(maps: GoogleBusinessServer, name: object) -> None:
    maps.faulty = lambda method, path: as_json({"accounts": [{"name": name}]}) if path == "/v1/accounts" else None

    with pytest.raises(TryLater):
        let_in(maps)
    with pytest.raises(NotAuthorised):
        list(network.poll(replace(maps.account(), native_id=str(name)), ""))

    assert not any("/../" in one or "/x" in one for one in maps.asked)


def test_right_that_was_taken_away_is_missed_at_once(maps: GoogleBusinessServer) -> None:
    given = {"access_token": "t", "expires_in": 3599, "scope": "openid"}
    maps.faulty = lambda method, path: as_json(given) if path == "/token" else None

    with pytest.raises(NotAuthorised):
        let_in(maps)


def test_token_is_renewed_and_the_renewal_stays(maps: GoogleBusinessServer) -> None:
    account = let_in(maps)[0]

    renewed = network.renew(account)

    assert renewed.secret != account.secret
    assert renewed.renewal == account.renewal
    list(network.poll(renewed, ""))


def test_renewal_that_was_taken_back_ends_it(maps: GoogleBusinessServer) -> None:
    account = let_in(maps)[0]
    maps.oauth.revoke()

    with pytest.raises(NotAuthorised):
        network.renew(account)
    with pytest.raises(NotAuthorised):
        network.renew(replace(account, renewal=""))


def test_page_of_somebody_between_us_ends_no_token(maps: GoogleBusinessServer) -> None:
    account = let_in(maps)[0]
    maps.faulty = lambda method, path: html(400)

    with pytest.raises(TryLater):
        network.renew(account)


def test_stars_without_words_are_heard(maps: GoogleBusinessServer) -> None:
    maps.say("", 1)

    [said] = events(poll(network, maps))

    assert isinstance(said, Posted)
    assert (said.text, said.rating) == ("", 1)
    assert said.url == "https://business.google.com/reviews/AbFvOqk0001"


def test_who_wants_to_stay_unknown_does_and_nobodys_picture_is_kept(maps: GoogleBusinessServer) -> None:
    found = maps.written(maps.reviews[maps.say()])
    found["reviewer"] = {"isAnonymous": True, "displayName": "A Google user", "profilePhotoUrl": "https://lh3.example"}
    maps.faulty = lambda method, path: as_json({"reviews": [found]}) if path.startswith("/v4/") else None

    [said] = events(poll(network, maps))

    assert isinstance(said, Posted)
    assert said.author is not None
    assert said.author.name == ""
    assert "lh3" not in repr(said)


@pytest.mark.parametrize(
    "words",
    [
        "Sehr gut.",
        "Sehr gut.\n\n(Translated by Google)\nVery good.",
        "(Translated by Google) Very good.\n\n(Original)\nSehr gut.",
    ],
)
def test_what_was_written_is_heard_and_not_its_translation(words: str) -> None:
    assert _as_written(words) == "Sehr gut."


def test_too_long_an_answer_is_refused_in_its_words(maps: GoogleBusinessServer) -> None:
    review_id = maps.say()

    with pytest.raises(Refused) as refused:
        network.reply(maps.account(), order(review_id, "ü" * 2049))

    assert refused.value.words == "Request contains an invalid argument."


def test_review_that_cannot_be_read_is_put_aside_and_the_others_go_on(maps: GoogleBusinessServer) -> None:
    good = maps.written(maps.reviews[maps.say()])
    bad: list[Any] = [{}, None, 7, {**good, "starRating": "STAR_RATING_UNSPECIFIED"}, {**good, "reviewId": ""}]
    maps.faulty = lambda method, path: as_json({"reviews": [*bad, good]}) if path.startswith("/v4/") else None

    [batch] = poll(network, maps)

    assert (len(batch.events), len(batch.bad)) == (1, len(bad))


@given(JSON | st.fixed_dictionaries({
    "reviewId": st.text(max_size=4) | JSON, "starRating": st.sampled_from(["ONE", "SIX"]) | JSON,
    "createTime": st.datetimes().map(str) | st.just("2026-11-20T03:00:00.123456789Z"),
}, optional={"updateTime": JSON, "comment": JSON, "reviewer": JSON, "reviewReply": JSON}))  # fmt: skip
def test_any_json_is_read_or_put_aside(found: Any) -> None:
    try:
        read = _read(found)
    except FAULTS:
        return
    assert 1 <= read.rating <= 5
