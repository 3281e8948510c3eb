"""Bluesky: posts, facets and cursors, however odd what a server sends."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.networks.atproto_server import EVA

from resonanz.networks.bluesky import facets
from resonanz.networks.bluesky.cursor import MOST_KNOWN, MOST_WATCHED, Cursor
from resonanz.networks.bluesky.posts import FAULTS, posted
from resonanz.networks.contract import Posted

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)


@given(view=JSON)
def test_no_post_however_odd_raises_what_is_not_expected(view: Any) -> None:
    for odd in (view, {"record": view, "author": {"did": EVA}, "uri": f"at://{EVA}/app.bsky.feed.post/1"}):
        try:
            read: object = posted(odd)
        except FAULTS as error:
            read = error
        assert isinstance(read, (Posted, *FAULTS))


@given(text=st.text(max_size=60), found=JSON, start=st.integers(-2, 80), end=st.integers(-2, 80), address=st.text())
def test_facets_however_odd_leave_the_words(text: str, found: Any, start: int, end: int, address: str) -> None:
    link = {"$type": "app.bsky.richtext.facet#link", "uri": address}
    odd = [{"index": {"byteStart": start, "byteEnd": end}, "features": [link, found]}, found]

    said = facets.read(text, odd)

    assert said.text == text or address in said.text


def test_a_shortened_address_is_read_whole_and_a_named_one_stays_as_it_was_said() -> None:
    text = "Hier: werke.example/ra... und dort"
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://werke.example/rad/42"}

    short = facets.read(text, [{"index": {"byteStart": 6, "byteEnd": 25}, "features": [link]}])
    named = facets.read(text, [{"index": {"byteStart": 30, "byteEnd": 34}, "features": [link]}])

    assert (short.text, named.text) == ("Hier: https://werke.example/rad/42 und dort", text)


@given(
    text=st.text(max_size=80) | st.from_regex(r"(ä|🚲|@[a-z]{1,5}\.test|https?://[a-zü/().]{1,9}|#[a-zß]{1,8}| ){1,9}")
)
def test_our_facets_always_point_at_whole_characters(text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    for facet in facets.written(text, lambda handle: EVA) if raw.decode("utf-8", "ignore") == text else []:
        index: Any = facet["index"]
        assert raw[index["byteStart"] : index["byteEnd"]].decode().strip()


@given(words=st.text() | JSON.map(json.dumps))
def test_a_cursor_is_read_whatever_stands_there_and_written_the_same(words: str) -> None:
    cursor = Cursor.read(words)

    assert Cursor.read(cursor.write()) == cursor


def test_a_cursor_stays_small() -> None:
    cursor = Cursor()
    cursor.know(f"at://{EVA}/app.bsky.feed.post/{number}" for number in range(3 * MOST_KNOWN))
    for number in range(3 * MOST_WATCHED):
        cursor.watch(f"at://{EVA}/app.bsky.feed.post/{number}", [1, 2, 3])

    assert (len(cursor.known), len(cursor.watched)) == (MOST_KNOWN, MOST_WATCHED)
    assert len(cursor.write()) < 30_000
