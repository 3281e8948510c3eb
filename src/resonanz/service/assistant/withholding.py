"""What does not leave the house: names, contacts and numbers in what is told to a machine, and posts about things that
are nobody's business. Plain.

A person becomes `[person 1]` wherever they are named, and is put back by us where the machine says so. What looks like
a contact, an account number, an address or a customer number is named by its kind alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from resonanz.guidelines.checks import escalation, personal_data
from resonanz.guidelines.checks.contract import Context
from resonanz.guidelines.checks.reading import Reading, fold

_HANDLE = re.compile(r"(?<![\w/.])@[\w.-]{1,64}(?:@[\w.-]{1,255})?")
_PLACEHOLDER = re.compile(r"\s?\[(person \d{1,3}|colleague|[A-Z_]{2,40}|link|handle)\]")
_LEAST_PART = 3


@dataclass(frozen=True, slots=True)
class Names:
    """How those who speak in the thread are called, and how we call them there: "Jonas Berg" -> "person 1"."""

    called: Mapping[str, str] = field(default_factory=dict)
    colleagues: Collection[str] = ()

    def hide(self, text: str) -> str:
        """The text without names, contacts, numbers and links."""
        text = _without_contacts(text)
        for name, instead in sorted(self._parts(), key=lambda pair: -len(pair[0])):
            text = re.sub(rf"(?<!\w)@?{re.escape(name)}(?!\w)", f"[{instead}]", text, flags=re.IGNORECASE)
        return _HANDLE.sub("[handle]", text)

    def _parts(self) -> list[tuple[str, str]]:
        whole = [*self.called.items(), *((name, "colleague") for name in self.colleagues)]
        parts = [(part, instead) for name, instead in whole for part in re.split(r"[\s,@]+", name)]
        return [(name, instead) for name, instead in dict.fromkeys([*whole, *parts]) if len(name) >= _LEAST_PART]

    def put_back(self, text: str) -> str:
        """What the machine said to `[person 1]`, with the name that person goes by; other placeholders go."""
        shown = {instead: name for name, instead in reversed(list(self.called.items()))}
        for instead, name in shown.items():
            text = text.replace(f"[{instead}]", name)
        return _PLACEHOLDER.sub("", text)


def is_sensitive(text: str, *, patterns: Mapping[str, str] | None = None) -> bool:
    """Whether it may be about health, belief, politics, origin, love, a union, a child, an accident or a lawyer."""
    reading = Reading(text)
    if any(pattern.search(reading.folded) for pattern in _sensitive()):
        return True
    return any(True for _spot in escalation.find(reading, Context()))


def contacts(text: str) -> list[tuple[int, int]]:
    """Where contacts, numbers and links stand in what a machine wrote."""
    reading = Reading(text)
    spots = [(spot.start, spot.end) for spot in personal_data.find(reading, Context())]
    spots += [(start, end) for start, end, _kind in reading.addresses]
    return sorted({*spots, *(match.span() for match in _HANDLE.finditer(text))})


def cut(text: str, places: Sequence[tuple[int, int]]) -> str:
    """The text without these places."""
    parts, at = [], 0
    for start, end in places:
        if start >= at:
            parts.append(text[at:start])
        at = max(at, end)
    return re.sub(r"[ \t]{2,}", " ", "".join([*parts, text[at:]])).strip()


def _without_contacts(text: str) -> str:
    reading = Reading(text)
    spots = [(spot.start, spot.end, str(spot.params["kind"])) for spot in personal_data.find(reading, Context())]
    spots += [(start, end, "link" if kind == "LINK" else "MAIL") for start, end, kind in reading.addresses]
    parts, at = [], 0
    for start, end, kind in sorted(spots):
        if start >= at:
            parts += [reading.text[at:start], f"[{kind}]"]
            at = end
    return "".join([*parts, reading.text[at:]])


@lru_cache(maxsize=1)
def _sensitive() -> tuple[re.Pattern[str], ...]:
    written = files("resonanz.service.assistant").joinpath("sensitive.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in written.splitlines()]
    words = [fold(line) for line in lines if line and not line.startswith("#")]
    return tuple(re.compile(rf"\b{re.escape(word).replace(chr(92) + '*', chr(92) + 'w{0,30}')}\b") for word in words)
