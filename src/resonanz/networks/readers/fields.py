"""Reading single fields of foreign JSON, strictly: the right type, bounded, or a reason that names the field."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from resonanz.core import clock, text

MOST_TEXT = 20_000
MOST_ID = 500
MOST_URL = 2_000
MOST_MENTIONS = 200
_COUNT = range(2**31)
_STARS = range(1, 6)
_AHEAD = timedelta(days=1)
_YEAR_ZERO = re.compile(r"[+-]?0000")

Fields = dict[str, Any]


class Unreadable(ValueError):
    """A field cannot be read; the reason is a dotted code, a colon and the field's name."""

    def __init__(self, code: str, field: str = "") -> None:
        self.reason = f"{code}:{field}" if field else code
        super().__init__(self.reason)


def required(entry: Fields, name: str) -> object:
    """The value, which has to be there."""
    value = entry.get(name)
    if value is None:
        raise Unreadable("field.missing", name)
    return value


def an_id(entry: Fields, name: str, default: str | None = "") -> str:
    """Opaque text that identifies something. It is never cleaned: two ids must not become one."""
    value = entry.get(name, default)
    # One test for the many that are right; it is asked nine times a line.
    if type(value) is str and len(value) <= MOST_ID and value.isprintable() and (value or default is not None):
        return value
    if value is None:
        if default is None:
            raise Unreadable("field.missing", name)
        return default
    raise Unreadable(_what_is_wrong(value), name)


def _what_is_wrong(value: object) -> str:
    if type(value) is not str:
        return "field.wrong_type"
    if not value:
        return "field.empty"
    return "field.too_long" if len(value) > MOST_ID else "field.not_printable"


def words(entry: Fields, name: str, *, most: int = MOST_TEXT, default: str | None = None) -> str:
    """Text for people, cleaned. Longer than `most` is refused: a shortened post would say something else."""
    value = entry.get(name)
    if value is None:
        if default is None:
            raise Unreadable("field.missing", name)
        return default
    if type(value) is not str:
        raise Unreadable("field.wrong_type", name)
    if len(value) > most:
        raise Unreadable("field.too_long", name)
    if value.isprintable() and unicodedata.is_normalized("NFC", value):
        return value.strip()  # what cleaning would do with it, at a tenth of the price
    return text.clean(value, most=most)


def link(entry: Fields, name: str) -> str:
    """A web address; nothing that a browser would run."""
    value = entry.get(name)
    if value is None or value == "":
        return ""
    if type(value) is not str:
        raise Unreadable("field.wrong_type", name)
    if len(value) > MOST_URL:
        raise Unreadable("field.too_long", name)
    if not value.startswith(("https://", "http://")) or not value.isprintable():
        raise Unreadable("field.not_a_link", name)
    return value


def flag(entry: Fields, name: str) -> bool:
    """true or false; false when it is not there."""
    value = entry.get(name, False)
    if type(value) is not bool:
        raise Unreadable("field.wrong_type", name)
    return value


def count(entry: Fields, name: str) -> int | None:
    """A number of times; None when it is not there."""
    value = entry.get(name)
    if value is None:
        return None
    if type(value) is not int:
        raise Unreadable("field.wrong_type", name)
    if value not in _COUNT:
        raise Unreadable("field.out_of_range", name)
    return value


def stars(entry: Fields, name: str) -> int | None:
    """One to five stars; None when it is not there."""
    value = count(entry, name)
    if value is not None and value not in _STARS:
        raise Unreadable("field.out_of_range", name)
    return value


def moment(entry: Fields, name: str, *, known_past: datetime | None = None) -> datetime:
    """A moment in ISO 8601 with its offset, between 1970 and tomorrow. `known_past` saves asking the clock."""
    value = entry.get(name)
    if type(value) is not str:
        raise Unreadable("field.missing" if value is None else "field.wrong_type", name)
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        code = "date.out_of_range" if _YEAR_ZERO.match(value) else "date.unreadable"
        raise Unreadable(code, name) from None
    if found.tzinfo is None:
        raise Unreadable("date.no_offset", name)
    # The year first: at both ends of the calendar no difference can be formed.
    if not 1970 <= found.year < 9000 or not ((known_past and found <= known_past) or found <= clock.now() + _AHEAD):
        raise Unreadable("date.out_of_range", name)
    return found
