"""Asking Meta's Graph API: one version of it, the token in a header, and a proof that we hold the app's secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from resonanz.core import http
from resonanz.networks import asking
from resonanz.networks.contract import Account
from resonanz.networks.errors import NoAnswer, Refused, TryLater
from resonanz.networks.meta.faults import WAIT_SECONDS, failure
from resonanz.networks.rates import Used, used
from resonanz.networks.signatures import hmac_hex

VERSION = "v25.0"
"""Of 18 February 2026; Meta serves it until 29 July 2028."""
MOST_USED = 90
"""From this share of its limits on, in hundredths, reading leaves the rest for answers."""
# An answer takes up to three requests, and the lease of the outbox is a minute.
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=12.0, seconds=18.0)


@dataclass(slots=True)
class Graph:
    """The API for one account. `used`: how much of its limits is used up, as the last answer said.

    `proves`: whether the network asks for the proof that we hold the application's secret.
    """

    account: Account
    server: str
    version: str = VERSION
    proves: bool = True
    used: Used = field(default_factory=Used)

    def get(self, path: str, **parameters: object) -> dict[str, Any]:
        """What it answers to a question. Raises every NetworkError but NoAnswer."""
        return self._ask("GET", path, parameters, None)

    def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """What it answers to an order; NoAnswer where it says yes in a way that cannot be read."""
        return self._ask("POST", path, {}, body)

    def delete(self, path: str, **parameters: object) -> dict[str, Any]:
        """The same, for taking something away."""
        return self._ask("DELETE", path, parameters, None)

    def spare(self) -> None:
        """Raise TryLater where the limits are nearly used up, before anything is asked that can wait."""
        if self.used.percent >= MOST_USED:
            raise TryLater(self.used.seconds or WAIT_SECONDS * 5, "graph.nearly_used_up")

    def _ask(
        self, method: str, path: str, parameters: Mapping[str, object], body: Mapping[str, object] | None
    ) -> dict[str, Any]:
        query = urlencode({**parameters, **self._proof()})
        url = f"{self.server}/{self.version}{path}" + (f"?{query}" if query else "")
        headers = {"Authorization": f"Bearer {self.account.secret}", "Accept": "application/json"}
        answer = asking.ask(method, url, headers=headers, body=body, bounds=_BOUNDS, denied=())
        self.used = used(answer.headers)
        return accepted(answer, reads=method == "GET", seconds=self.used.seconds)

    def _proof(self) -> dict[str, str]:
        """That whoever shows the token holds the app's secret, too: a stolen token alone is then good for nothing."""
        secret = self.account.app.client_secret if self.account.app and self.proves else ""
        return {"appsecret_proof": hmac_hex(secret, self.account.secret.encode())} if secret else {}


def accepted(answer: http.Answer, *, reads: bool, seconds: float = 0.0) -> dict[str, Any]:
    """The object that was answered; raises what an error in it means, whatever the status."""
    found = _object(answer)
    if found is None:
        if reads or not 200 <= answer.status < 300:  # whoever said no here, it was not Graph
            raise TryLater(WAIT_SECONDS, "answer.unreadable")
        raise NoAnswer(reason="answer.unreadable")
    error = found.get("error")
    if isinstance(error, dict):
        raise failure(error, reads=reads, seconds=seconds)
    if error or not 200 <= answer.status < 300:
        raise Refused(f"http.{answer.status}")
    return found


def _object(answer: http.Answer) -> dict[str, Any] | None:
    try:
        return asking.json_object(answer)
    except ValueError:
        return None
