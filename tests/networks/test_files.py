from __future__ import annotations

import gzip
import io
import json
import os
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resonanz.core import clock
from resonanz.networks.contract import (
    AccountGone,
    Author,
    BadEvent,
    Counted,
    Deleted,
    Edited,
    Event,
    Posted,
    PostKind,
    Quoted,
    Visibility,
)
from resonanz.networks.files import read_events

FULL: dict[str, Any] = {
    "type": "posted",
    "network": "forum",
    "origin": "forum.example",
    "id": "4711",
    "author": {"id": "99", "handle": "ada", "name": "Ada\nBerg", "url": "https://forum.example/u/99"},
    "text": "Fährt die 8:15?\x00 <script>alert(1)</script>",
    "posted_at": "2026-11-20T09:30:00+01:00",
    "kind": "REVIEW",
    "visibility": "PRIVATE",
    "url": "https://forum.example/t/4711",
    "language": "de",
    "parent_id": "4710",
    "root_id": "4700",
    "mentions": ["bahn"],
    "addressed": True,
}
WHERE: dict[str, Any] = {"network": "forum", "origin": "", "native_id": "1"}
DAY = datetime(2026, 11, 20, tzinfo=UTC)


def line(**changes: Any) -> bytes:
    small = {"type": "posted", "network": "forum", "id": "1", "text": "x", "posted_at": "2026-11-20T00:00:00Z"}
    return json.dumps({**small, **changes}).encode() + b"\n"


def read(data: bytes) -> list[tuple[int, Event | BadEvent]]:
    return list(read_events(io.BytesIO(data)))


def reasons(data: bytes) -> list[str]:
    return [event.reason for _, event in read(data) if isinstance(event, BadEvent)]


def ids(data: bytes) -> list[str]:
    return [event.native_id for _, event in read(data) if not isinstance(event, BadEvent)]


def test_full_line_becomes_its_post() -> None:
    [(number, post)] = read(json.dumps(FULL, ensure_ascii=False).encode())
    assert number == 1
    assert post == Posted(
        network="forum",
        origin="forum.example",
        native_id="4711",
        author=Author("99", "ada", "Ada Berg", "https://forum.example/u/99"),
        text="Fährt die 8:15? <script>alert(1)</script>",
        posted_at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
        kind=PostKind.REVIEW,
        visibility=Visibility.PRIVATE,
        url="https://forum.example/t/4711",
        language="de",
        parent_id="4710",
        root_id="4700",
        mentions=("bahn",),
        addressed=True,
    )


def test_line_tells_what_its_post_quotes() -> None:
    author = {"id": "7", "handle": "eva"}
    quoted = {"id": "77", "url": "https://forum.example/t/77", "author": author, "text": "Der Sattel ist da"}

    [(_, whole), (_, bare)] = read(
        "\n".join(json.dumps({**FULL, "quoted": one}) for one in (quoted, {"id": "78"})).encode()
    )

    assert isinstance(whole, Posted)
    assert isinstance(bare, Posted)
    assert whole.quoted == Quoted("77", "https://forum.example/t/77", Author("7", "eva"), "Der Sattel ist da")
    assert bare.quoted == Quoted("78")


def test_every_type_of_event_is_read() -> None:
    where = {"network": "forum", "id": "1"}
    lines = [
        {"type": "edited", **where, "text": "neu", "edited_at": "2026-11-20T00:00:00Z", "rating": 2},
        {"type": "deleted", **where, "deleted_at": "2026-11-20T00:00:00Z"},
        {"type": "account_gone", **where, "gone_at": "2026-11-20T00:00:00Z"},
        {"type": "counted", **where, "counted_at": "2026-11-20T00:00:00Z", "likes": 3, "views": 0},
    ]
    assert [event for _, event in read("\n".join(map(json.dumps, lines)).encode())] == [
        Edited(**WHERE, text="neu", edited_at=DAY, rating=2),
        Deleted(**WHERE, deleted_at=DAY),
        AccountGone(**WHERE, gone_at=DAY),
        Counted(network="forum", origin="", native_id="1", counted_at=DAY, likes=3, views=0),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"quoted": "77"}, "field.wrong_type:quoted"),
        ({"quoted": {"text": "Der Sattel"}}, "field.missing:quoted.id"),
        ({"quoted": {"id": "77", "quoted": {"id": "78"}}}, "field.unknown:quoted.quoted"),
        ({"quoted": {"id": "77", "author": {"name": "Eva"}}}, "field.missing:quoted.author.id"),
        ({"rating": 6}, "field.out_of_range:rating"),
        ({"rating": 0}, "field.out_of_range:rating"),
        ({"rating": "5"}, "field.wrong_type:rating"),
        ({"type": "shouted"}, "type.unknown"),
        ({"type": ["posted"]}, "type.unknown"),
        ({"type": None}, "field.missing:type"),
        ({"network": "Der Stammtisch"}, "field.not_a_name:network"),
        ({"id": None}, "field.missing:id"),
        ({"id": ""}, "field.empty:id"),
        ({"id": 1}, "field.wrong_type:id"),
        ({"id": "a\0b"}, "field.not_printable:id"),
        ({"id": "\ud800"}, "field.not_printable:id"),
        ({"id": "x" * 501}, "field.too_long:id"),
        ({"text": None}, "field.missing:text"),
        ({"text": {"de": "x"}}, "field.wrong_type:text"),
        ({"text": "x" * 20_001}, "field.too_long:text"),
        ({"posted_at": None}, "field.missing:posted_at"),
        ({"posted_at": 1_700_000_000}, "field.wrong_type:posted_at"),
        ({"posted_at": "gestern"}, "date.unreadable:posted_at"),
        ({"posted_at": "2026-11-20T00:00:00"}, "date.no_offset:posted_at"),
        ({"posted_at": "0000-01-01T00:00:00Z"}, "date.out_of_range:posted_at"),
        ({"posted_at": "0001-01-01T00:00:00+14:00"}, "date.out_of_range:posted_at"),
        ({"posted_at": "9999-12-31T23:59:59-14:00"}, "date.out_of_range:posted_at"),
        ({"author": "ada"}, "field.wrong_type:author"),
        ({"author": {"name": "Ada"}}, "field.missing:author.id"),
        ({"author": {"id": "1", "email": "a@b"}}, "field.unknown:author.email"),
        ({"author": {"id": "1", "url": "javascript:alert(1)"}}, "field.not_a_link:author.url"),
        ({"kind": "post"}, "field.not_a_choice:kind"),
        ({"kind": ["POST"]}, "field.not_a_choice:kind"),
        ({"visibility": "SECRET"}, "field.not_a_choice:visibility"),
        ({"url": "javascript:alert(1)"}, "field.not_a_link:url"),
        ({"language": "<b>"}, "field.not_a_language:language"),
        ({"mentions": "ada"}, "field.wrong_type:mentions"),
        ({"mentions": [1]}, "field.wrong_type:mentions"),
        ({"mentions": ["a"] * 201}, "field.too_long:mentions"),
        ({"addressed": 1}, "field.wrong_type:addressed"),
        ({"postedat": "x"}, "field.unknown:postedat"),
        ({"<b>\n": "x"}, "field.unknown:?"),
    ],
)
def test_wrong_field_is_named_and_the_next_line_is_read(changes: dict[str, Any], reason: str) -> None:
    [(_, bad), (number, good)] = read(line(**changes) + line(id="2"))
    assert isinstance(bad, BadEvent)
    assert bad.reason == reason
    assert json.loads(bad.raw).items() >= changes.items()
    assert (number, isinstance(good, Posted)) == (2, True)


def test_counts_are_whole_numbers() -> None:
    counted = {"type": "counted", "network": "f", "id": "1", "counted_at": "2026-11-20T00:00:00Z"}
    for value, reason in ((True, "wrong_type"), (1.5, "wrong_type"), (-1, "out_of_range"), (2**31, "out_of_range")):
        assert reasons(json.dumps({**counted, "likes": value}).encode()) == [f"field.{reason}:likes"]


def test_tomorrow_is_read_and_the_day_after_is_not() -> None:
    with clock.moved_to(DAY):
        near, far = (DAY + timedelta(hours=hours) for hours in (23, 25))
        data = line(posted_at=near.isoformat()) + line(posted_at=far.isoformat())
        assert (ids(data), reasons(data)) == (["1"], ["date.out_of_range:posted_at"])


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b"\xff\xfe{}\n", "utf8.broken"),
        (line().replace(b'"x"', b'"\xc3"'), "utf8.broken"),
        (b"{nonsense}\n", "json.broken"),
        (b"[1, 2]\n", "json.not_an_object"),
        (b"[" * 500_000 + b"\n", "json.too_deep"),
        (b'{"a": ' * 100_000 + b"\n", "json.too_deep"),
        (b'{"id": ' + b"9" * 10_000 + b"}\n", "json.broken"),
        (b'{"text": "' + b"x" * 1_200_000 + b'"}\n', "line.too_long"),
        (b"\x00\n", "json.broken"),
        (b'{"@context": 1, "type": "posted"}\n', "field.unknown:?"),
    ],
)
def test_broken_line_costs_only_itself(broken: bytes, reason: str) -> None:
    for data in (broken + line(), line() + broken):
        assert (ids(data), reasons(data)) == (["1"], [reason])


def test_blank_lines_and_a_byte_order_mark_do_not_count() -> None:
    assert [number for number, _ in read(b"\xef\xbb\xbf" + line() + b"\n \r\n" + line())] == [1, 4]
    assert ids(b"\n\n\n" + line()) == ["1"]
    assert read(b"") == read(b"\n\n") == []


def test_last_line_that_breaks_off_is_rejected_and_one_without_its_end_is_not() -> None:
    data = line() + line(id="2")
    assert ids(data[:-1]) == ["1", "2"]
    assert (ids(data[:-10]), reasons(data[:-10])) == (["1"], ["line.cut_off"])


class Endless(io.RawIOBase):
    """A line of `size` bytes that nobody has in memory, and a good line behind it."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.tail = b"\n" + line()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = b"x" * min(len(buffer), self.left) or self.tail[: len(buffer)]
        if self.left:
            self.left -= len(data)
        else:
            self.tail = self.tail[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def test_line_larger_than_memory_should_hold_is_skipped_in_bounded_memory() -> None:
    stream: BinaryIO = io.BufferedReader(Endless(512 * 1024**2))
    tracemalloc.start()
    (_, bad), (number, good) = read_events(stream)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(bad, BadEvent)
    assert (bad.reason, number, isinstance(good, Posted)) == ("line.too_long", 2, True)
    assert len(bad.raw) <= 1_000
    assert peak < 10 * 1024**2


def test_gzip_is_seen_by_its_content_also_in_several_members() -> None:
    assert ids(gzip.compress(line()) + gzip.compress(line(id="2")) + bytes(20)) == ["1", "2"]


def test_gzip_that_breaks_off_keeps_what_came() -> None:
    lines = b"".join(line(id=str(number), text=os.urandom(30).hex()) for number in range(3_000))
    packed = gzip.compress(lines)
    for cut in (len(packed) // 2, len(packed) - 4):
        found = read(packed[:cut])
        assert [bad.reason for _, bad in found if isinstance(bad, BadEvent)] == ["gzip.cut_off"]
        good = [event.native_id for _, event in found if isinstance(event, Posted)]
        assert len(good) > 1_000
        assert good == [str(number) for number in range(len(good))]
    damaged = packed[:40_000] + bytes(100) + packed[40_100:]
    assert reasons(damaged)[-1] == "gzip.broken"
    assert len(ids(damaged)) > 300
    assert reasons(b"\x1f\x8bnothing") == ["gzip.broken"]


def test_gzip_bomb_is_skipped_in_bounded_memory() -> None:
    bomb = gzip.compress(bytes(60_000_000))
    tracemalloc.start()
    assert reasons(bomb) == ["line.too_long"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * 1024**2


def test_pipe_is_read_as_it_comes() -> None:
    here, there = os.pipe()
    with open(here, "rb") as stream, open(there, "wb", buffering=0) as writer:
        writer.write(line())
        events: Iterator[tuple[int, Event | BadEvent]] = read_events(stream)
        assert next(events)[0] == 1
        writer.write(line(id="2"))
        assert next(events)[0] == 2
        writer.close()
        assert list(events) == []
        assert not stream.closed


# A busy machine is no failure.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["posted", "POST", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "url"]), inner),
    max_leaves=5,
)


@patient
@given(st.dictionaries(st.sampled_from(sorted(FULL)), VALUES))
def test_any_object_is_an_event_or_a_reason(changes: dict[str, Any]) -> None:
    for entry in (changes, {**FULL, **changes}):
        [(number, event)] = read(json.dumps(entry).encode())
        assert number == 1
        if isinstance(event, BadEvent):
            assert event.reason
        else:
            assert event.native_id
            assert "\0" not in repr(event)


@patient
@given(st.lists(st.binary(max_size=200).map(lambda data: data.replace(b"\n", b"")), max_size=5))
def test_any_bytes_never_raise_and_no_line_is_lost(lines: list[bytes]) -> None:
    found = read(line() + b"".join(data + b"\n" for data in lines))
    assert [number for number, _ in found] == [
        1,
        *(number for number, data in enumerate(lines, start=2) if data.strip(b" \t\r\n\x0b\x0c")),
    ]


@patient
@given(st.binary(max_size=300), st.sampled_from([b"", b"\x1f\x8b", b"{", b"<rss>", b'{"@context":1,"items":[', b"\n"]))
def test_any_file_never_raises(data: bytes, start: bytes) -> None:
    assert all(number >= 1 for number, _ in read(start + data))


# Documents

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ME = "https://social.example/users/ada"


def note(number: int, **changes: Any) -> dict[str, Any]:
    said = {
        "id": f"{ME}/statuses/{number}",
        "type": "Note",
        "summary": None,
        "inReplyTo": None,
        "published": "2026-11-20T00:00:00Z",
        "url": f"https://social.example/@ada/{number}",
        "attributedTo": ME,
        "to": [PUBLIC],
        "cc": [f"{ME}/followers"],
        "content": f"<p>Hallo {number}</p><p>Zug &amp; Bahn 👀</p>",
        "contentMap": {"de": ""},
        "tag": [{"type": "Mention", "href": "https://x.example/u/b", "name": "@bahn@x.example"}, {"type": "Hashtag"}],
        **changes,
    }
    return {"type": "Create", "actor": ME, "published": said["published"], "object": said}


def outbox(*items: Any, indent: int | None = None) -> bytes:
    head = {"@context": "https://www.w3.org/ns/activitystreams", "id": "outbox.json", "type": "OrderedCollection"}
    document = {**head, "totalItems": len(items), "orderedItems": list(items)}
    return json.dumps(document, indent=indent, ensure_ascii=False).encode()


@pytest.mark.parametrize("indent", [None, 2])
def test_outbox_becomes_posts(indent: int | None) -> None:
    [(_, post)] = read(outbox(note(1), indent=indent))
    assert post == Posted(
        network="mastodon",
        origin="",
        native_id=f"{ME}/statuses/1",
        author=Author(ME, "ada@social.example", "", ME),
        text="Hallo 1\nZug & Bahn 👀",
        posted_at=DAY,
        url="https://social.example/@ada/1",
        language="de",
        root_id=f"{ME}/statuses/1",
        mentions=("bahn@x.example",),
    )


def test_replies_warnings_and_who_may_read_are_understood() -> None:
    items = [
        note(1, inReplyTo="https://x.example/1", summary="Essen"),
        note(2, to=[f"{ME}/followers"], cc=[]),
        note(3, to=["https://x.example/u/b"], cc=[]),
    ]
    reply, followers, direct = (post for _, post in read(outbox(*items)) if isinstance(post, Posted))
    assert (reply.kind, reply.parent_id, reply.root_id) == (PostKind.COMMENT, "https://x.example/1", "")
    assert reply.text.startswith("Essen\n\nHallo")
    assert (followers.kind, followers.visibility) == (PostKind.POST, Visibility.PRIVATE)
    assert (direct.kind, direct.visibility) == (PostKind.MESSAGE, Visibility.PRIVATE)


def test_what_a_post_quotes_is_known_by_its_address() -> None:
    address = "https://x.example/users/b/statuses/1"
    items = [note(1, quote=address), note(2, _misskey_quote=address), note(3, quote="x" * 9999), note(4, quote=[7])]

    found = [post.quoted for _, post in read(outbox(*items)) if isinstance(post, Posted)]

    assert found == [Quoted(address, address), Quoted(address, address), Quoted(), None]


def test_updates_deletions_and_shares_are_told_apart() -> None:
    at = {"actor": ME, "published": "2026-11-20T00:00:00Z"}
    changed = note(1, content="neu", updated="2026-11-20T00:00:00Z")["object"]
    found = read(
        outbox(
            {"type": "Update", "object": changed, **at},
            {"type": "Delete", "object": {"type": "Tombstone", "id": "https://x.example/1"}, **at},
            {"type": "Delete", "object": ME, **at},
            {"type": "Announce", "object": "https://x.example/2", **at},
            {"type": "Like<b>", **at},
            "kein Ding",
        )
    )
    where: dict[str, Any] = {"network": "mastodon", "origin": ""}
    assert [event for _, event in found[:3]] == [
        Edited(**where, native_id=changed["id"], text="neu", edited_at=DAY),
        Deleted(**where, native_id="https://x.example/1", deleted_at=DAY),
        AccountGone(**where, native_id=ME, gone_at=DAY),
    ]
    assert [event.reason for _, event in found[3:] if isinstance(event, BadEvent)] == [
        "activity.not_a_post:Announce",
        "activity.not_a_post",
        "item.not_an_object",
    ]


def test_outbox_that_breaks_off_or_is_damaged_keeps_the_rest() -> None:
    whole = outbox(*(note(number) for number in range(500)))
    found = read(whole[: len(whole) // 2])
    assert [event.reason for _, event in found if isinstance(event, BadEvent)] == ["document.cut_off"]
    assert len(found) > 200
    damaged = whole.replace(b"Hallo 7<", b"Hallo \xff<")
    assert (len(ids(damaged)), reasons(damaged)) == (499, ["utf8.broken"])
    early = outbox(note(1), note(2, published="0000-01-01T00:00:00Z"), note(3))
    assert (len(ids(early)), reasons(early)) == (2, ["date.out_of_range:published"])
    deep = whole.replace(b'"totalItems"', b'"x": ' + b"[" * 2_000 + b"]" * 2_000 + b', "totalItems"')
    assert len(ids(deep)) == 500


def test_large_outbox_is_read_in_bounded_memory() -> None:
    data = outbox(*(note(number, content="<p>" + "Wort " * 400) for number in range(3_000)))
    assert len(data) > 6_000_000
    stream = io.BytesIO(data)
    tracemalloc.start()
    count = sum(1 for _, event in read_events(stream) if isinstance(event, Posted))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 3_000
    assert peak < 3 * 1024**2


def test_feed_files_are_read_with_their_own_address() -> None:
    rss = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://blog.example/</link>
    <item><guid>1</guid><title>Eins</title></item></channel></rss>"""
    json_feed = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "content_text": "Eins"}]}
    for data, origin in (
        (rss, "https://blog.example/"),
        (json.dumps(json_feed).encode(), "blog.json"),
        (json.dumps(json_feed, indent=2).encode(), "blog.json"),
    ):
        [(_, post)] = read_events(io.BytesIO(data), name="blog.json")
        assert isinstance(post, Posted)
        assert (post.network, post.origin, post.text) == ("feeds", origin, "Eins")
    assert reasons(b"<html></html>") == ["feed.not_a_feed"]
    assert reasons(rss[:-40]) == ["document.cut_off"]
