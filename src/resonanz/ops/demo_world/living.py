"""The present: strangers go on speaking, and react to what we answer. Plain Python, without Django.

Lines are said in their order, 20 to 90 seconds apart, those of the storm and before it faster. Whoever was answered
reacts 20 to 60 seconds later, by their own words or by temperament. When all lines are said, only reactions go on.
"""

from __future__ import annotations

import logging
import random
import threading
import urllib.error
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from resonanz.core import clock
from resonanz.ops.demo_world import progress
from resonanz.ops.demo_world.lines import Line, Person, Reaction, lines, people, reactions
from resonanz.ops.demo_world.practice import Act, Practice, say_act

LOOK_SECONDS = 2.0
BETWEEN_LINES = (20.0, 90.0)
BEFORE_THE_STORM = (20.0, 40.0)
"""The first minutes are livelier, while a newcomer looks."""
IN_THE_STORM = (6.0, 20.0)
UNTIL_A_REACTION = (20.0, 60.0)
STORM = "storm"
MOST_TURNS = 3
_AGAIN = "re"
_HABITS: dict[str, dict[str, int]] = {
    "calm": {"thanks": 70, "asks": 15, "": 15},
    "grateful": {"thanks": 95, "": 5},
    "impatient": {"thanks": 40, "asks": 30, "angry": 30},
    "sour": {"angry": 60, "thanks": 20, "": 20},
    "joker": {"thanks": 50, "asks": 30, "": 20},
    "anxious": {"asks": 55, "thanks": 45},
}
_LATER = {"thanks": 70, "": 30}
"""Whoever was answered twice has mostly heard enough."""
logger = logging.getLogger(__name__)


def live(*, practice: Practice, folder: Path, speed: float, stopping: threading.Event) -> None:
    """Go on until told to stop; `speed` divides all pauses."""
    world = Living(practice, folder, speed)
    while not stopping.wait(LOOK_SECONDS / max(speed, 1.0)):
        try:
            world.look()
        except (urllib.error.URLError, OSError, ValueError) as error:
            # The practice network starts again, or is off: the words stay unsaid until it answers.
            logger.warning("the practice network did not answer: %s", type(error).__name__)


class Living:
    """What is said next, and who reacts to what."""

    def __init__(self, practice: Practice, folder: Path, speed: float, *, now: Callable[[], float] = clock.monotonic):
        self._practice, self._folder, self._speed, self._now = practice, folder, speed, now
        self._people = people()
        self._by_id = {line.id: line for line in lines()}
        self._coming = sorted((line for line in self._by_id.values() if line.live is not None), key=_order)
        self._pool = reactions()
        self._progress = progress.load(folder)
        self._chance = random.Random()  # noqa: S311 - pauses of a play
        self._next = now() + self._pause()

    def look(self) -> None:
        """Say what is due, notice what we answered, react where the time has come."""
        if self._progress.said < len(self._coming) and self._now() >= self._next:
            self._say()
        self._notice()
        self._react()

    def _pause(self) -> float:
        if self._progress.said >= len(self._coming):
            return 0.0
        left = self._coming[self._progress.said :]
        if STORM in left[0].tags:
            bounds = IN_THE_STORM
        else:
            bounds = BEFORE_THE_STORM if any(STORM in line.tags for line in left) else BETWEEN_LINES
        return self._chance.uniform(*bounds) / self._speed

    def _say(self) -> None:
        line = self._coming[self._progress.said]
        self._try(lambda: [say_act(line, self._people[line.by], parent=self._parent(line))])
        self._progress.said += 1
        self._keep()
        self._next = self._now() + self._pause()

    def _try(self, acts: Callable[[], list[Act]]) -> None:
        """What the network refuses stays unsaid: the post above was taken away, say. No answer raises URLError."""
        try:
            self._practice.play(acts())
        except urllib.error.HTTPError as error:
            if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            logger.info("the practice network refused an act: %s", error.code)

    def _parent(self, line: Line) -> str:
        """Under the post it answers; saying that once more under its key only tells its number."""
        if not line.parent:
            return ""
        above = self._by_id[line.parent]
        return str(self._practice.play([say_act(above, self._people[above.by], parent="")])[0]["id"])

    def _notice(self) -> None:
        answers = self._practice.answers(after=self._progress.seen)
        for answer in answers:
            pause = self._chance.uniform(*UNTIL_A_REACTION) / self._speed
            self._progress.waiting.append(
                {"answer": answer["id"], "key": answer["to_key"], "handle": answer["to_handle"],
                 "private": bool(answer["private"]), "at": clock.now().timestamp() + pause}
            )  # fmt: skip
            self._progress.seen = answer["id"]
        if answers:
            self._keep()

    def _react(self) -> None:
        now = clock.now().timestamp()
        for waiting in [one for one in self._progress.waiting if one["at"] <= now]:
            person = self._people.get(waiting["handle"])
            if person and (act := self._reaction(waiting, person)):
                self._try(partial(list, [act]))
            self._progress.waiting.remove(waiting)
            self._keep()

    def _reaction(self, waiting: dict[str, Any], person: Person) -> Act | None:
        first, turn = _turn(waiting["key"])
        # Whoever answers the same post once more does not hear the same words once more.
        turn = max(turn, self._progress.turns.get(first, 0))
        line = self._by_id.get(first)
        if line is None or turn >= MOST_TURNS:
            return None
        self._progress.turns[first] = turn + 1
        own = line.reaction
        if own is not None:
            wanted = own[turn] if turn < len(own) else ""
        else:
            wanted = self._by_temperament(waiting, line, person, turn)
        if isinstance(wanted, dict):
            return _change(wanted, waiting["key"])
        if not wanted:
            return None
        answer = replace(line, id=f"{_AGAIN}:{first}:{waiting['answer']}:{turn + 1}", by=person.handle, text=wanted)
        act = say_act(answer, person, parent=str(waiting["answer"]))
        return act | {"private": waiting["private"]}

    def _by_temperament(self, waiting: dict[str, Any], line: Line, person: Person, turn: int) -> str:
        chance = random.Random(f"{waiting['answer']}")  # noqa: S311 - the same answer brings the same reaction
        habit = _LATER if turn else _HABITS[person.temperament]
        act = chance.choices(list(habit), weights=list(habit.values()))[0]
        fitting = [one for one in self._pool if (one.lang, one.act) == (line.lang, act)]
        fitting = [one for one in fitting if one.temperament == person.temperament] or fitting
        fresh = [one for one in fitting if one.text not in self._progress.used] or fitting
        if not fresh:
            return ""
        chosen: Reaction = chance.choice(fresh)
        self._progress.used.append(chosen.text)
        return chosen.text

    def _keep(self) -> None:
        progress.keep(self._folder, self._progress)


def _order(line: Line) -> tuple[float, str]:
    return (line.live or 0.0, line.id)


def _turn(key: str) -> tuple[str, int]:
    """The line behind a key, and how often its author has reacted: "akku-01" or "re:akku-01:812:1"."""
    parts = key.split(":")
    return (parts[1], int(parts[3])) if parts[0] == _AGAIN and len(parts) == 4 else (key, 0)


def _change(wanted: dict[str, Any], key: str) -> Act | None:
    if "edit" in wanted:
        return {"act": "edit", "key": key, "text": str(wanted["edit"])}
    return {"act": "delete", "key": key} if wanted.get("delete") else None
