"""What goes over the wire between listeners and intake comes out as it went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.config.stream import servers
from resonanz.core.broker import MOST_BYTES
from resonanz.core.env import WrongSetting
from resonanz.networks.contract import (
    AccountGone,
    Author,
    BadEvent,
    Counted,
    Deleted,
    Edited,
    Media,
    MediaKind,
    Posted,
    Visibility,
)
from resonanz.ops.errors import OperatorError
from resonanz.ops.intake_command import intake
from resonanz.pipeline import parcels
from tests.pipeline.events import posted

_MOMENTS = st.datetimes(timezones=st.just(UTC))
_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_WHERE = {"network": _WORDS, "origin": _WORDS, "native_id": _WORDS}
_MEDIA = st.builds(Media, st.sampled_from(MediaKind), _WORDS, _WORDS, _WORDS, st.integers(0, 9), st.integers(0, 9))
_EVENTS = st.one_of(
    st.builds(
        Posted, **_WHERE, author=st.none() | st.builds(Author, _WORDS, _WORDS, _WORDS, _WORDS), text=_WORDS,
        posted_at=_MOMENTS, visibility=st.sampled_from(Visibility), mentions=st.lists(_WORDS, max_size=3).map(tuple),
        media=st.lists(_MEDIA, max_size=2).map(tuple), addressed=st.booleans(),
    ),
    st.builds(
        Edited, **_WHERE, text=_WORDS, edited_at=_MOMENTS,
        media=st.none() | st.lists(_MEDIA, max_size=2).map(tuple),
    ),
    st.builds(Deleted, **_WHERE, deleted_at=_MOMENTS),
    st.builds(AccountGone, **_WHERE, gone_at=_MOMENTS),
    st.builds(Counted, **_WHERE, counted_at=_MOMENTS, likes=st.none() | st.integers(0, 9)),
)  # fmt: skip


@given(events=st.lists(_EVENTS, max_size=6), bad=st.lists(st.builds(BadEvent, _WORDS, _WORDS), max_size=2))
def test_every_event_comes_out_as_it_went_in(events: list[Any], bad: list[BadEvent]) -> None:
    batch = parcels.handed(7, events, bad)

    read = parcels.read(parcels.written(batch))

    assert read == batch
    assert all(event in read.events for event in events)
    assert len(read.events) == len(events)


@given(data=st.binary(max_size=60))
def test_no_bytes_raise_what_is_not_expected(data: bytes) -> None:
    with pytest.raises(parcels.Unreadable):
        parcels.read(data)


def test_a_single_event_is_never_larger_than_a_server_takes() -> None:
    widest = posted("1", "\U0001f6b2" * 100_000)
    everything = replace(widest, mentions=tuple("m" * 512 for _ in range(200)), url="https://x/" + "u" * 1_990)

    assert len(parcels.written(parcels.handed(1, [everything], []))) < MOST_BYTES


@pytest.mark.parametrize(
    "typed", ["localhost:4222", "http://nats.example", "nats://", "nats://user:geheim@:4222", "nats://h:99999"]
)
def test_what_names_no_broker_is_refused_without_its_password(typed: str) -> None:
    with pytest.raises(WrongSetting) as raised:
        servers(["nats://one.example:4222", typed])

    assert "address 2" in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_intake_without_a_broker_says_that_listeners_do_it(settings: Any) -> None:
    settings.STREAM_SERVERS = servers([])

    with pytest.raises(OperatorError, match="RESONANZ_STREAM"):
        intake.callback()  # type: ignore[misc]
