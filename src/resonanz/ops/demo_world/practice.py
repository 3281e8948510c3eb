"""The demo world's own line to the practice network, with its permission. Plain Python, without Django."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from resonanz.networks.memory.world import MOST_ACTS, control_file
from resonanz.ops.demo_world.lines import OURS, Line, Person

SECONDS = 30.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

Act = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Practice:
    """Where the network answers, and the word that permits."""

    url: str
    word: str

    @classmethod
    def at(cls, *, url: str, file: Path) -> Practice:
        """The network that lives in `file`."""
        return cls(url.rstrip("/"), control_file(file).read_text("ascii").strip())

    def play(self, acts: Sequence[Act]) -> list[dict[str, Any]]:
        """Do the acts; what came of each."""
        done: list[dict[str, Any]] = []
        for first in range(0, len(acts), MOST_ACTS):
            done += self._post({"acts": list(acts[first : first + MOST_ACTS])})["done"]
        return done

    def move_clock(self, moment: datetime | None) -> None:
        """Let everything there happen at a moment of the past; None: at its own time again."""
        self.play([clock_act(moment)])

    def answers(self, *, after: int) -> list[dict[str, Any]]:
        """What we answered after that post, at most a hundred."""
        found: list[dict[str, Any]] = self.play([{"act": "answers", "by": OURS, "after": after}])[0]["answers"]
        return found

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.word}"}
        # The address is the supervisor's, of our own practice network.
        request = urllib.request.Request(self.url + "/_world", json.dumps(body, ensure_ascii=False).encode(), headers)  # noqa: S310
        with _DIRECT.open(request, timeout=SECONDS) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found


def clock_act(moment: datetime | None) -> Act:
    """The act that moves the network's clock."""
    return {"act": "clock", "at": moment.isoformat() if moment else ""}


def say_act(line: Line, person: Person, *, parent: str, quoted: str = "") -> Act:
    """The act that says a line."""
    private, review = line.kind == "message", line.kind == "review"
    return {
        "act": "say",
        "key": line.id,
        "by": person.handle,
        "name": person.name,
        "text": line.text,
        "parent": parent,
        "quoted": quoted,
        "private": private,
        "review": review,
        "to": [OURS] if private or review else [],
    }
