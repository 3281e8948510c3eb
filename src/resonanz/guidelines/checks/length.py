"""Check `length`: too long for the network, and where it will be cut."""

from __future__ import annotations

from collections.abc import Iterator

from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.counting import cut_at, length_of
from resonanz.guidelines.checks.reading import MOST_CHARACTERS, Reading

NAME = "length"
DEFAULT = Severity.WARNING
_KEPT = 30  # how many of the last characters that still fit are told


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """The words beyond the limit; and, whatever the limit, those nobody read."""
    if not reading.is_whole:
        # What was not read may hold anything: it does not leave, whatever the guideline says.
        params = {"kind": "UNREAD", "limit": MOST_CHARACTERS}
        yield Spot(start=reading.read_to, end=reading.length, params=params, least=Severity.FORBIDDEN)
    limit = context.text_length_limit
    if limit <= 0 or len(reading.text.encode("utf-16-le", "surrogatepass")) < limit:
        return
    length = length_of(reading.text, counting=context.counts_length)
    if length > limit:
        place = cut_at(reading.text, limit=limit, counting=context.counts_length)
        params = {
            "kind": "TOO_LONG",
            "length": length,
            "limit": limit,
            "over": length - limit,
            "kept": " ".join(reading.text[max(0, place - _KEPT) : place].split()),
        }
        yield Spot(start=place, end=len(reading.text.rstrip()), params=params)
