"""Who belongs to a target group by rule: a few plain conditions that a page can edit. Plain Python.

All conditions that are set must hold; of the values of one condition any. A rule without conditions fits nobody: such
a group is filled by hand. A rule describes many accounts; a single one is put in by hand, so that rules name nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from resonanz.core.errors import ResonanzError

MOST_VALUES = 50
MOST_CASES = 10_000
_NETWORK = re.compile(r"[a-z0-9_]{1,32}\Z")
_HANDLE = re.compile(r"[^\s*]*\*[^\s]*\Z")
_WORD = re.compile(r"\w[\w-]{0,59}\Z")
_KNOWN = ("networks", "handles", "name_words", "least_cases")


class GroupRuleInvalid(ResonanzError):
    """The rule cannot be kept like this; `field` names the condition, `value` what is wrong in it."""

    code = "group.rule_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """Conditions on an account. `handles` are patterns with a *; a name fits if a word in it begins with one of ours.

    `least_cases`: so many cases of theirs were settled before.
    """

    networks: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    name_words: tuple[str, ...] = ()
    least_cases: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it has no condition and so fits nobody."""
        return not (self.networks or self.handles or self.name_words or self.least_cases)

    def fits(self, *, network: str, handle: str, name: str, settled_cases: int = 0) -> bool:
        """Whether an account meets all its conditions."""
        return (
            not self.is_empty
            and (not self.networks or network in self.networks)
            and (not self.handles or any(is_like(handle, pattern) for pattern in self.handles))
            and (not self.name_words or _has_word(name, self.name_words))
            and settled_cases >= self.least_cases
        )

    def as_json(self) -> dict[str, object]:
        """As stored; conditions that are not set are left out."""
        found: dict[str, object] = {
            "networks": list(self.networks),
            "handles": list(self.handles),
            "name_words": list(self.name_words),
            "least_cases": self.least_cases,
        }
        return {name: value for name, value in found.items() if value}


def read_rule(record: Mapping[str, object]) -> GroupRule:
    """The rule that JSON or a form holds; raises GroupRuleInvalid."""
    for name in record:
        if name not in _KNOWN:
            raise GroupRuleInvalid("group.rule_invalid", field=str(name)[:40], value="")
    cases = record.get("least_cases", 0)
    if isinstance(cases, bool) or not isinstance(cases, int) or not 0 <= cases <= MOST_CASES:
        raise GroupRuleInvalid("group.rule_invalid", field="least_cases", value=str(cases)[:40])
    return GroupRule(
        networks=_values(record, "networks", _NETWORK),
        handles=_values(record, "handles", _HANDLE),
        name_words=_values(record, "name_words", _WORD),
        least_cases=cases,
    )


def is_like(handle: str, pattern: str) -> bool:
    """Whether a handle is like a pattern in which * stands for anything; large and small letters are the same.

    Each part is looked for once from left to right, so many stars cost no more than few.
    """
    value = handle.casefold().lstrip("@")
    first, *middle, last = pattern.casefold().lstrip("@").split("*")
    if not (value.startswith(first) and value.endswith(last) and len(value) >= len(first) + len(last)):
        return False
    place, end = len(first), len(value) - len(last)
    for part in middle:
        found = value.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


def _has_word(name: str, beginnings: tuple[str, ...]) -> bool:
    words = re.findall(r"\w[\w-]*", name.casefold())
    return any(word.startswith(beginning.casefold()) for word in words for beginning in beginnings)


def _values(record: Mapping[str, object], field: str, wanted: re.Pattern[str]) -> tuple[str, ...]:
    values = record.get(field, [])
    if not isinstance(values, list | tuple) or len(values) > MOST_VALUES:
        raise GroupRuleInvalid("group.rule_invalid", field=field, value="")
    for value in values:
        if not isinstance(value, str) or len(value) > 100 or not wanted.match(value) or not value.strip("@*"):
            code = "group.handle_without_star" if field == "handles" else "group.rule_invalid"
            raise GroupRuleInvalid(code, field=field, value=str(value)[:60])
    return tuple(sorted({str(value) for value in values}))
