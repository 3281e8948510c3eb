"""Whose wish counts on Mastodon and its kin: by chance is heard what was said to everybody by who lets it be found."""

from __future__ import annotations

import threading

import pytest
from tests.networks.kin_server import PERSON, KinServer, told
from tests.networks.test_mastodon_kin import ids, network, read

from resonanz.networks.streams import Listening


@pytest.mark.parametrize(
    "wish",
    [
        {"indexable": False}, {"discoverable": False}, {"noindex": True}, {"note": "Katzen #noindex"},
        {"note": "<p>Rad. <a>#<span>NoBot</span></a></p>"}, {"note": "#nosearch"},
    ],
)  # fmt: skip
def test_author_who_does_not_want_to_be_found_is_passed_over(kin: KinServer, wish: dict[str, object]) -> None:
    kin.status("leise #akku", author={**PERSON, **wish})
    loud = kin.status("laut #akku")

    events, _, _ = read(kin.account(hashtags="akku", public="all"))

    assert ids(events) == [loud["id"], loud["id"]]


@pytest.mark.parametrize(
    "said",
    [{}, {"indexable": None, "discoverable": None}, {"noindex": False}, {"note": "#bots #nobotics"}, {"note": 3}],
)
def test_author_who_says_nothing_of_it_is_heard(kin: KinServer, said: dict[str, object]) -> None:
    status = kin.status("laut #akku", author={**PERSON, **said})

    events, _, _ = read(kin.account(hashtags="akku"))

    assert ids(events) == [status["id"]]


@pytest.mark.parametrize("visibility", ["unlisted", "private", "direct", "local", None])
def test_what_was_not_said_to_everybody_is_passed_over(kin: KinServer, visibility: str | None) -> None:
    """Some of the kin show under a hashtag also what only followers may read, or what was said in passing."""
    kin.status("unter uns #akku", visibility=visibility)

    events, _, _ = read(kin.account(hashtags="akku"))

    assert ids(events) == []


def test_whoever_speaks_to_us_is_heard_all_the_same(kin: KinServer) -> None:
    mention = kin.mention("an euch #akku", author={**PERSON, "indexable": False}, visibility="unlisted")

    events, _, _ = read(kin.account(hashtags="akku"))

    assert set(ids(events)) == {mention["id"]}


def test_stream_passes_over_as_the_poll_does(kin: KinServer) -> None:
    heard_there: list[str] = []
    stop = threading.Event()
    for number, batch in enumerate(network.stream(kin.account(hashtags="akku"), Listening(stop.is_set))):
        heard_there += ids(list(batch.events))
        if number == 0:  # it is open; the hashtag's own stream follows
            kin.tell("user", told("filters_changed", None))
        if number == 1:
            quiet = kin.status("leise #akku", author={**PERSON, "indexable": False})
            for said in (quiet, kin.status("nebenbei #akku", visibility="unlisted"), kin.status("laut #akku")):
                kin.tell("hashtag:akku", told("update", said))
        if heard_there:
            stop.set()

    assert heard_there == [list(kin.statuses)[-1]]
