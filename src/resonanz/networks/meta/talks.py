"""Conversations: reading those in which something was said, and one of them to answer in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Event
from resonanz.networks.meta import messages
from resonanz.networks.meta.cursor import Cursor, settled
from resonanz.networks.meta.faults import NotThere
from resonanz.networks.meta.graph import Graph
from resonanz.networks.meta.place import Place
from resonanz.networks.meta.reading import FAULTS, Found, identifier, moment, objects, pages

MOST_TALKS = 10
MESSAGES = 20
"""Of older messages of a conversation Meta tells nothing."""
_MOST_PAGES = 20


@dataclass(slots=True)
class Talks:
    """One round of reading; what it finds stands in `events` and `bad`, also after a failure."""

    place: Place
    account: Account
    graph: Graph
    cursor: Cursor
    events: list[Event] = field(default_factory=list)
    bad: list[BadEvent] = field(default_factory=list)

    def read(self) -> None:
        """Conversations in which something was said, the longest waiting first."""
        talks: dict[str, int] = {}
        for page in self._pages():
            listed = dict(found for one in page if (found := self._talk(one)))
            fresh = {talk_id: at for talk_id, at in listed.items() if self._is_new(talk_id, at)}
            talks |= fresh
            if len(fresh) < len(listed):
                break
        for talk_id, at in sorted(talks.items(), key=lambda one: one[1])[:MOST_TALKS]:
            self.graph.spare()
            settled_at = settled(at)
            self._read_talk(talk_id)
            self.cursor.read_talk(talk_id, settled_at)

    def _pages(self) -> Iterator[list[Any]]:
        path = f"/{self.place.page(self.account)}/conversations"
        platform = self.place.platform
        return pages(self.graph, path, most=_MOST_PAGES, fields="id,updated_time", platform=platform, limit=50)

    def _talk(self, one: Any) -> tuple[str, int] | None:
        try:
            return identifier(one["id"]), int(moment(one["updated_time"]).timestamp())
        except FAULTS as error:
            self.bad.append(put_aside(one, error))
            return None

    def _is_new(self, talk_id: str, at: int) -> bool:
        read_until = self.cursor.talked
        return at > read_until or (at == read_until and self.cursor.talks.get(talk_id, 0) < at)

    def _read_talk(self, talk_id: str) -> None:
        try:
            (page,) = pages(self.graph, f"/{talk_id}/messages", most=1, fields=messages.FIELDS, limit=MESSAGES)
        except NotThere:
            return
        theirs, read_until = "", self.cursor.talks.get(talk_id, self.cursor.since)
        for one in sorted(objects(page), key=lambda one: str(one.get("created_time"))):
            try:
                said = messages.listed(one, self.account, self.place, answers=theirs)
            except FAULTS as error:
                self.bad.append(put_aside(one, error))
                continue
            theirs = said.native_id if said.addressed else theirs
            if said.posted_at.timestamp() > read_until:
                self.events.append(said)


def talk_with(api: Graph, place: Place, person_id: str) -> str:
    """The conversation with a person; "" where there is none yet. Raises NoRight."""
    if not person_id:
        return ""
    path = f"/{place.page(api.account)}/conversations"
    listed = api.get(path, fields="id", platform=place.platform, user_id=person_id, limit=1)
    return next((identifier(one.get("id")) for one in objects(listed)), "")


def newest_messages(api: Graph, talk_id: str) -> list[Found]:
    """The last that was said in a conversation."""
    if not talk_id:
        return []
    return objects(api.get(f"/{talk_id}/messages", fields="id,created_time,from,message", limit=MESSAGES))


def wrote_last(api: Graph, place: Place, person_id: str) -> datetime | None:
    """When a person wrote last, in their conversation with us. Raises one of FAULTS."""
    said = newest_messages(api, talk_with(api, place, person_id))
    times = [moment(one["created_time"]) for one in said if speaker(one) == person_id]
    return max(times, default=None)


def speaker(found: Found) -> str:
    """Whose it is, by number; "" where that is not told."""
    who = found.get("from")
    return str(who.get("id") or "") if isinstance(who, dict) else ""
