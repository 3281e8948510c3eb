"""Cleaning at the border: every field of an event made storable and bounded, or the event put aside with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.networks.contract import (
    AccountGone,
    Author,
    BadEvent,
    Counted,
    Deleted,
    Edited,
    Event,
    Media,
    Posted,
    Quoted,
    Undelivered,
)

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""What claims to be older has a broken date."""
AHEAD = timedelta(days=1)
"""How far a network's clock may be ahead of ours."""
_TEXT, _ID, _NAME, _URL, _RAW = 100_000, 512, 200, 2000, 10_000
_MOST_COUNT = 2_147_483_647
_MOST_STARS = 5
_MOST_MEDIA, _ALT, _MOST_PIXELS = 16, 1500, 100_000
_QUOTED, _REASON = 1000, 500


class Unfit(ValueError):
    """The event cannot be taken in; the argument is the reason's code."""


def clean_all(events: Iterable[Event]) -> tuple[list[Event], list[BadEvent]]:
    """The events that can be taken in, cleaned, and those put aside."""
    good: list[Event] = []
    bad: list[BadEvent] = []
    for event in events:
        try:
            good.append(clean_event(event))
        except Unfit as error:
            bad.append(put_aside(event, str(error)))
    return good, bad


def put_aside(event: Event, reason: str) -> BadEvent:
    """The event as it came, bounded, with the reason's code."""
    return BadEvent(raw=clean(repr(event), most=_RAW), reason=reason)


def clean_event(event: Event) -> Event:
    """A storable copy; raises Unfit."""
    network, origin = _required(event.network, "network", 32), _id(event.origin, "origin", 255)
    native_id = _required(event.native_id, "id")
    match event:
        case Posted():
            return _clean_posted(event, network, origin, native_id)
        case Edited():
            return _clean_edited(event, network, origin, native_id)
        case Deleted(deleted_at=at):
            return Deleted(network=network, origin=origin, native_id=native_id, deleted_at=_moment(at))
        case AccountGone(gone_at=at):
            return AccountGone(network=network, origin=origin, native_id=native_id, gone_at=_moment(at))
        case Counted():
            return _clean_counted(event, network, origin, native_id)
        case Undelivered(failed_at=at, reason=reason):
            return Undelivered(
                network=network, origin=origin, native_id=native_id, failed_at=_moment(at),
                reason=clean(reason, most=_REASON),
            )  # fmt: skip


def _clean_posted(event: Posted, network: str, origin: str, native_id: str) -> Posted:
    return Posted(
        network=network,
        origin=origin,
        native_id=native_id,
        author=_clean_author(event.author),
        text=clean(event.text, most=_TEXT),
        posted_at=_moment(event.posted_at),
        kind=event.kind,
        visibility=event.visibility,
        url=_url(event.url),
        language=clean(event.language, most=8),
        parent_id=_id(event.parent_id, "parent_id"),
        root_id=_id(event.root_id, "root_id"),
        mentions=tuple(clean(mention, most=_ID) for mention in event.mentions[:200]),
        addressed=event.addressed,
        media=_clean_media(event.media),
        rating=_rating(event.rating),
        quoted=_clean_quoted(event.quoted, native_id),
    )


def _clean_edited(event: Edited, network: str, origin: str, native_id: str) -> Edited:
    return Edited(
        network=network,
        origin=origin,
        native_id=native_id,
        text=clean(event.text, most=_TEXT),
        edited_at=_moment(event.edited_at),
        media=None if event.media is None else _clean_media(event.media),
        rating=_rating(event.rating),
        quoted=_clean_quoted(event.quoted, native_id),
    )


def _clean_quoted(found: Quoted | None, native_id: str) -> Quoted | None:
    """What cannot be read of it takes no post along that quotes it. Whose words nobody knows, nobody could erase."""
    if found is None:
        return None
    try:
        quoted_id, author = _required(found.native_id, "quoted"), _clean_author(found.author)
    except Unfit:
        return Quoted()
    if quoted_id == native_id:  # nothing carries itself
        return None
    said = shortened(found.text) if author else ""
    return Quoted(native_id=quoted_id, url=_url(found.url), author=author, text=said)


def shortened(quoted: str) -> str:
    """So much of a quoted post as tells what is spoken of."""
    said = clean(quoted, most=_QUOTED)
    return f"{said[: _QUOTED - 1]}…" if len(quoted) > _QUOTED else said


def _clean_media(found: Iterable[Media]) -> tuple[Media, ...]:
    """What has an address on the web; of a post with hundreds, the first ones."""
    cleaned = [
        replace(
            one, url=_url(one.url), preview_url=_url(one.preview_url), alt=clean(one.alt, most=_ALT),
            width=min(max(one.width, 0), _MOST_PIXELS), height=min(max(one.height, 0), _MOST_PIXELS),
        )
        for one in found
    ]  # fmt: skip
    return tuple(one for one in cleaned if one.url)[:_MOST_MEDIA]


def _clean_counted(event: Counted, network: str, origin: str, native_id: str) -> Counted:
    return Counted(
        network=network,
        origin=origin,
        native_id=native_id,
        counted_at=_moment(event.counted_at),
        likes=_count(event.likes),
        shares=_count(event.shares),
        replies=_count(event.replies),
        views=_count(event.views),
    )


def _clean_author(author: Author | None) -> Author | None:
    if author is None or not author.native_id.strip():
        return None
    return Author(
        native_id=_required(author.native_id, "author"),
        handle=clean(author.handle, most=255),
        name=clean(author.name, most=_NAME),
        url=_url(author.url),
    )


def _count(value: int | None) -> int | None:
    return None if value is None or value < 0 else min(value, _MOST_COUNT)


def _rating(value: int | None) -> int | None:
    """Stars of five; what is no such number is told by nobody."""
    return value if value is None or 1 <= value <= _MOST_STARS else None


def _required(value: str, field: str, most: int = _ID) -> str:
    cleaned = _id(value, field, most)
    if not cleaned:
        raise Unfit(f"{field}.missing")
    return cleaned


def _id(value: str, field: str, most: int = _ID) -> str:
    """An id is never cut: a cut id would be another post's."""
    if len(value) > most:
        raise Unfit(f"{field}.too_long")
    return clean(value, most=most)


def _url(value: str) -> str:
    """An address a person may click; anything but the web is dropped."""
    cleaned = clean(value, most=_URL + 1)
    return cleaned if cleaned.lower().startswith(("https://", "http://")) and len(cleaned) <= _URL else ""


def _moment(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise Unfit("date.no_offset")
    try:
        moment = value.astimezone(UTC)
    except OverflowError as error:
        raise Unfit("date.out_of_range") from error
    if not EARLIEST <= moment <= clock.now() + AHEAD:
        raise Unfit("date.out_of_range")
    return moment
