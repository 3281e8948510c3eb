"""Small pictures of what stands beside a post, fetched when somebody looks and drawn anew; never by their browser.

So the other side learns nothing of who looks, and nothing of what it sends reaches a colleague but pixels. They stay in
the memory of this process for an hour, under the number of the row that names them: once it is erased nobody finds
them. What could not be had is not asked for again for a while, and a few slow servers hold up no pages.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from resonanz.core import clock, http, pictures
from resonanz.core.errors import ResonanzError
from resonanz.core.pictures import Drawn
from resonanz.listening.models import MediaKind, PostMedia

KEPT_SECONDS = 3_600.0
NOT_ASKED_AGAIN_SECONDS = 300.0
MOST_KEPT_BYTES = 32 * 1024 * 1024
MOST_SIDE = 480
MOST_AT_ONCE = 3
_PATIENCE_SECONDS = 1.0
_MOST_BYTES = 200_000
_BOUNDS = http.Bounds(most_bytes=12 * 1024 * 1024, connect_seconds=2.0, read_seconds=3.0, seconds=6.0)


class Busy(ResonanzError):
    """Too many pictures are being fetched at this moment."""

    code = "preview.busy"


@dataclass(frozen=True, slots=True)
class _Kept:
    drawn: Drawn | None
    until: float

    @property
    def size(self) -> int:
        return len(self.drawn.data) if self.drawn else 0


class _Shelf:
    """The newest ones, bounded in bytes; what was asked for last stays longest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, str], _Kept] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[int, str]) -> _Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found.until <= clock.monotonic():
                self._drop(key)
                return None
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: tuple[int, str], drawn: Drawn | None) -> None:
        seconds = KEPT_SECONDS if drawn else NOT_ASKED_AGAIN_SECONDS
        with self._lock:
            if key in self._kept:
                self._drop(key)
            kept = self._kept[key] = _Kept(drawn, clock.monotonic() + seconds)
            self._size += kept.size
            while self._size > MOST_KEPT_BYTES or len(self._kept) > MOST_KEPT_BYTES // _MOST_BYTES * 4:
                self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0

    def _drop(self, key: tuple[int, str]) -> None:
        self._size -= self._kept.pop(key).size


_shelf = _Shelf()
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def address_of(*, media: PostMedia) -> str:
    """Where a picture of it stands; "" where there is none."""
    return media.preview_url or (media.url if media.kind == MediaKind.IMAGE else "")


def is_shown(*, media: PostMedia) -> bool:
    """Whether there is a picture of it, here or where it stands."""
    return media.is_screenshot or bool(address_of(media=media))


def preview(*, media: PostMedia) -> Drawn | None:
    """The picture, small; None where none can be had. Raises Busy."""
    address = address_of(media=media)
    if not address:
        return None
    key = (media.pk, address)
    if found := _shelf.get(key):
        return found.drawn
    if not _places.acquire(timeout=_PATIENCE_SECONDS):
        raise Busy
    try:
        drawn = _fetched(address)
    finally:
        _places.release()
    _shelf.put(key, drawn)
    return drawn


def forget() -> None:
    """Nothing is kept any more."""
    _shelf.clear()


def _fetched(address: str) -> Drawn | None:
    try:
        answer = http.ask("GET", address, headers={"Accept": "image/*"}, bounds=_BOUNDS)
        if answer.status != 200:
            return None
        return pictures.draw(answer.body, most_side=MOST_SIDE, most_bytes=_MOST_BYTES, types=(pictures.JPEG,))
    except (http.HTTPError, pictures.NotAPicture, pictures.TooManyPixels):
        return None
