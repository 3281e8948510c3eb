r"""The words of the checks, kept as data in `words/<check>.txt`: one pattern a line, in sections.

    # a comment
    [@sum]                      a part, for use in others as {sum}
    geld|betrag
    [MONEY]                     a section: what stands in any of its lines
    \b<zahl zurueck>\b.{0,80}\b{sum}\b      a verb in all its forms (see verbs)

Patterns are regular expressions over folded text (see reading). Repetitions of what overlaps are bounded, so that no
draft makes them run away; a test reads every file and tries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files

from resonanz.guidelines.checks.first_letters import grouped
from resonanz.guidelines.checks.verbs import spelled_out

_PART = re.compile(r"\{([a-z_]+)\}")
_HEAD = re.compile(r"\[(@?\w+)\]")


def _lines(name: str) -> Iterator[str]:
    written = files("resonanz.guidelines.checks").joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    return (line for line in map(str.strip, written.splitlines()) if line and not line.startswith("#"))


def word_set(name: str, section: str) -> frozenset[str]:
    """The plain words of a section, for those that hold words between blanks instead of patterns."""
    lines = {}
    for line in _lines(name):
        if head := _HEAD.fullmatch(line):
            lines[head.group(1)] = found = list[str]()
        else:
            found.extend(line.split())
    return frozenset(lines[section])


@lru_cache(maxsize=32)
def lexicon(name: str) -> Lexicon:
    """The sections of a file of words, each as one pattern."""
    return Lexicon(name)


class Lexicon(Mapping[str, re.Pattern[str]]):
    """The patterns of a file by section. Read when first asked, each compiled when first asked: all of them take two
    seconds, which no process should wait for that checks nothing. Safe to share between threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._compiled: dict[str, re.Pattern[str]] = {}

    def __getitem__(self, section: str) -> re.Pattern[str]:
        found = self._compiled.get(section)
        if found is None:
            found = self._compiled[section] = _compiled(self._sections[section])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._sections)

    def __len__(self) -> int:
        return len(self._sections)

    @cached_property
    def _sections(self) -> dict[str, list[str]]:
        parts: dict[str, str] = {}
        sections: dict[str, list[str]] = {}
        lines: list[str] = []
        part = ""
        for line in _lines(self._name):
            if head := _HEAD.fullmatch(line):
                lines = sections.setdefault(head.group(1), [])
                part = head.group(1).removeprefix("@")
            else:
                lines.append(spelled_out(_PART.sub(lambda match: parts[match.group(1)], line)))
                parts[part] = f"(?:{'|'.join(lines)})"
        return {name: alternatives for name, alternatives in sections.items() if not name.startswith("@")}


def _compiled(alternatives: list[str]) -> re.Pattern[str]:
    r"""One pattern; those that begin with a word share their `\b` and first letter: most places of a text are cheap."""
    words = [pattern.removeprefix(r"\b") for pattern in alternatives if pattern.startswith(r"\b")]
    others = [f"(?:{pattern})" for pattern in alternatives if not pattern.startswith(r"\b")]
    if words:
        others.insert(0, rf"\b(?=\w)(?:{grouped(words)})")
    return re.compile("|".join(others))
