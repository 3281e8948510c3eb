"""A server on the loopback that stands before another one, and spoils what that one answers."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.networks.loopback_server import Answer, LoopbackServer

Ask = Callable[[], Answer]
Spoiling = Callable[[Ask], Answer | None]
"""What is answered in place of what asking the server behind gives; None: it hangs up without a word."""
DROPPED = object()
_OF_ONE_CONNECTION = {"connection", "content-length", "date", "server", "transfer-encoding", "host"}


@dataclass
class SpoilingFront(LoopbackServer):
    """`spoiling` befalls the requests behind the first `spares`, where there is any. `asked`: so many came."""

    behind: str
    spoiling: Spoiling | None = None
    spares: int = 0
    asked: int = 0

    def begin(self, spoiling: Spoiling | None = None, *, spares: int = 0) -> None:
        """Count anew, and spoil from then on."""
        self.spoiling, self.spares, self.asked = spoiling, spares, 0

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """What stands behind, or what is made of it."""
        self.asked += 1

        def ask() -> Answer:
            return self._forward(method, path, headers, body)

        return self.spoiling(ask) if self.spoiling and self.asked > self.spares else ask()

    def _forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        passed = {name: value for name, value in headers.items() if name.lower() not in _OF_ONE_CONNECTION}
        connection = http.client.HTTPConnection(self.behind, timeout=20)
        try:
            connection.request(method, path, body or None, {**passed, "Content-Length": str(len(body))})
            answer = connection.getresponse()
            found = {name: value for name, value in answer.getheaders() if name.lower() not in _OF_ONE_CONNECTION}
            return answer.status, found, answer.read()
        finally:
            connection.close()


def altered(place: int, value: object) -> Spoiling:
    """One place of the JSON that is answered holds something else: `value`, or nothing at all where that is DROPPED."""

    def spoil(ask: Ask) -> Answer:
        status, headers, body = ask()
        try:
            found = {"answer": json.loads(body)}
        except ValueError:
            return status, headers, body
        holders = list(_holders(found))
        holder, key = holders[place % len(holders)]
        if value is DROPPED:
            del holder[key]
        else:
            holder[key] = value
        return status, headers, json.dumps(found.get("answer")).encode()

    return spoil


def _holders(found: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(found) if isinstance(found, dict) else range(len(found)):
        yield found, key
        if isinstance(found[key], dict | list):
            yield from _holders(found[key])
