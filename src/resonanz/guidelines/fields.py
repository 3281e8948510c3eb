"""Reading a guideline from JSON, field by field: what is not as it should be is refused by name. Plain Python.

A field that nobody knows is refused, not skipped: a misspelt condition that falls away would widen the rule.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean

MOST_IN_CLAUSE = 4_000
MOST_IN_SECTION = 20_000
MOST_VALUES = 200
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")
# Characters that nobody sees and that mean nothing or turn the reading order around: a clause must be what it looks
# like. Joiners (U+200C, U+200D) and the marks beside Arabic and Hebrew words (U+200E, U+200F) have a meaning and stay.
_UNSEEN = dict.fromkeys([0x200B, 0x2060, 0xFEFF, 0x00AD, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class DocumentInvalid(ResonanzError):
    """The guideline cannot be saved like this; `clause` names the clause or the section, `field` the field."""

    code = "document.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The same in German and English; one of them may be missing."""

    de: str = ""
    en: str = ""

    def said(self, language: str) -> str:
        """In this language, or in the other one where it is missing."""
        return (self.en or self.de) if language.startswith("en") else (self.de or self.en)

    @property
    def complete(self) -> bool:
        """Whether both languages say something, or neither."""
        return bool(self.de) == bool(self.en)

    def as_json(self) -> dict[str, str]:
        """As stored."""
        return {"de": self.de, "en": self.en}


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of the document with the place where it stands, for errors that can be found."""

    values: Mapping[str, object]
    clause: str

    @classmethod
    def of(cls, value: object, *, clause: str, known: Collection[str], field: str = "") -> Fields:
        """`value` as an object that has none but the `known` fields."""
        if not isinstance(value, Mapping):
            raise DocumentInvalid("document.not_an_object", clause=clause, field=field)
        for name in value:
            if name not in known:
                raise DocumentInvalid("document.unknown_field", clause=clause, field=clean(str(name), most=60))
        return cls(value, clause)

    def wrong(self, code: str, field: str, **more: object) -> DocumentInvalid:
        """The error that this field is wrong."""
        return DocumentInvalid(code, clause=self.clause, field=field, **more)

    def text(self, field: str, *, most: int) -> str:
        """A text without what nobody sees; "" where there is none."""
        value = self.values.get(field, "")
        if not isinstance(value, str):
            raise self.wrong("document.not_a_text", field)
        if len(value) > most:
            raise self.wrong("document.too_long", field, length=len(value), limit=most)
        return clean(value.translate(_UNSEEN), most=most)

    def words(self, field: str, *, most: int) -> Words:
        """A text in both languages."""
        value = self.values.get(field)
        if value is None:
            return Words()
        inner = Fields.of(value, clause=self.clause, known=("de", "en"), field=field)
        return Words(de=inner.text("de", most=most), en=inner.text("en", most=most))

    def choice(self, field: str, *, among: Collection[str]) -> str:
        """One of a few codes."""
        value = self.values.get(field, "")
        if not isinstance(value, str) or value not in among:
            raise self.wrong("document.unknown_value", field, value=clean(str(value), most=60))
        return value

    def codes(self, field: str, *, among: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of codes, each once and in order, so that the same conditions are stored the same way."""
        values = self._list(field)
        for value in values:
            if not isinstance(value, str) or not _CODE.match(value) or (among is not None and value not in among):
                raise self.wrong("document.unknown_value", field, value=clean(str(value), most=60))
        return tuple(sorted({str(value) for value in values}))

    def ids(self, field: str) -> tuple[int, ...]:
        """A list of ids of things in this installation."""
        values = self._list(field)
        for value in values:
            if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
                raise self.wrong("document.unknown_value", field, value=clean(str(value), most=60))
        return tuple(sorted({value for value in values if isinstance(value, int)}))

    def yes(self, field: str) -> bool:
        """Yes or no; no where it is missing."""
        value = self.values.get(field, False)
        if not isinstance(value, bool):
            raise self.wrong("document.unknown_value", field, value=clean(str(value), most=60))
        return value

    def minutes(self, field: str) -> int:
        """A span of up to thirty days; 0 where there is none."""
        value = self.values.get(field, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 30 * 24 * 60:
            raise self.wrong("document.unknown_value", field, value=clean(str(value), most=60))
        return value

    def _list(self, field: str) -> Sequence[object]:
        value = self.values.get(field, [])
        if not isinstance(value, list | tuple):
            raise self.wrong("document.not_a_list", field)
        if len(value) > MOST_VALUES:
            raise self.wrong("document.too_long", field, length=len(value), limit=MOST_VALUES)
        return value
