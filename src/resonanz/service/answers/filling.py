"""The fields of a macro: `{name}`, or `{name|everybody}` with what stands there when nothing is known. Plain Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from resonanz.core.errors import ResonanzError

FIELDS = ("name", "handle", "topic", "channel", "company", "colleague", "initials")
_FIELD = re.compile(r"\{\s*([^{}|\s]{1,40})\s*(?:\|([^{}]{0,200}))?\}")


class UnknownField(ResonanzError):
    """A macro names a field that there is not. `field` is as it was typed; `fields` are those there are."""

    code = "macro.unknown_field"


@dataclass(frozen=True, slots=True)
class Filled:
    """A macro's text for one case; `missing` names the fields nothing is known for, which stand there as typed."""

    text: str
    missing: tuple[str, ...] = ()


def check(text: str) -> None:
    """Raise UnknownField for the first field that nothing could fill."""
    for name, _otherwise in _FIELD.findall(text):
        if name.lower() not in FIELDS:
            raise UnknownField(field=name, fields=", ".join(FIELDS))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """The text with its fields filled. What comes in by a value is text: braces in it are not read again."""
    missing: list[str] = []

    def one(found: re.Match[str]) -> str:
        name, otherwise = found.group(1).lower(), found.group(2)
        value = " ".join(values.get(name, "").split())
        if value:
            return value
        if otherwise is not None:
            return otherwise
        missing.append(name)
        return found.group(0)

    return Filled(_FIELD.sub(one, text), tuple(dict.fromkeys(missing)))
