"""Reading a provider's batch: the lines of the import format, each judged alone, and only what was agreed upon."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace

from resonanz.networks.contract import Author, BadEvent, Event, Posted, Visibility
from resonanz.networks.readers.json_lines import read_lines
from resonanz.networks.webhooks import Told

AUTHORS, HANDLES, NOBODY = "provider_authors", "handles", "nobody"
ADDRESSED, IS_IGNORED = "provider_addressed", "ignored"
NETWORKS = "provider_networks"


def read(body: bytes, settings: Mapping[str, str]) -> Told:
    """Events and refused lines. What was not agreed upon is refused without being kept."""
    events: list[Event] = []
    bad: list[BadEvent] = []
    stream: io.BufferedReader = io.BufferedReader(io.BytesIO(body))
    for _number, event in read_lines(stream):
        judged = event if isinstance(event, BadEvent) else _agreed(event, settings)
        if isinstance(judged, BadEvent):
            bad.append(judged)
        else:
            events.append(judged)
    return Told(tuple(events), tuple(bad))


def _agreed(event: Event, settings: Mapping[str, str]) -> Event | BadEvent:
    networks = settings.get(NETWORKS, "").casefold().split()
    if networks and event.network not in networks:
        return BadEvent("", "provider.network_not_agreed")
    if not isinstance(event, Posted):
        return event
    if event.visibility is Visibility.PRIVATE:
        return BadEvent("", "provider.private")
    is_addressed = event.addressed and settings.get(ADDRESSED) != IS_IGNORED
    authors, quoted = settings.get(AUTHORS, ""), event.quoted
    if quoted:  # without an author it is kept without its words: nobody could erase them
        quoted = replace(quoted, author=_author(quoted.author, authors))
    return replace(event, author=_author(event.author, authors), addressed=is_addressed, quoted=quoted)


def _author(author: Author | None, allowed: str) -> Author | None:
    if author is None or allowed == NOBODY:
        return None
    return Author(native_id=author.native_id, handle=author.handle) if allowed == HANDLES else author
