"""What a check is: it reads a draft and points at words; how grave that is, and by which clause, the guideline says.

Findings are shown while somebody writes and are never stored. They carry codes and parameters; the pages find words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Protocol

from resonanz.core.errors import ResonanzError
from resonanz.guidelines.checks.reading import Reading
from resonanz.guidelines.ruling import Severity

__all__ = [
    "Check",
    "Context",
    "ContextInvalid",
    "Finding",
    "Mend",
    "RuleOfCheck",
    "Setting",
    "Severity",
    "Spot",
    "context_from_record",
    "weight",
]

NO_OPTIONS: Mapping[str, object] = {}


_WEIGHTS = {severity: weight for weight, severity in enumerate(Severity)}


def weight(severity: Severity) -> int:
    """Greater is graver."""
    return _WEIGHTS[severity]


@dataclass(frozen=True, slots=True)
class Mend:
    """One click that puts it right: the characters from `start` to `end` of the draft become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Words a check points at. `least`: the severity that stands whatever the guideline says, as law wants it."""

    start: int
    end: int
    params: Mapping[str, object] = field(default_factory=dict)
    mend: Mend | None = None
    least: Severity = Severity.OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A spot with its severity and clause. `start` = `end` = 0 points at the draft as a whole, or beyond it.

    `params` always has "kind", which with the name of the check chooses the sentence. `clause` is the number of a
    clause of the guideline, or a code (`checks.<name>`) where the guideline is silent.
    """

    check: str
    start: int
    end: int
    params: Mapping[str, object]
    mend: Mend | None
    severity: Severity
    clause: str


class RuleOfCheck(Protocol):
    """What the guideline says about one check."""

    @property
    def severity(self) -> Severity: ...

    @property
    def clause(self) -> str: ...

    @property
    def options(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Setting:
    """A `RuleOfCheck` on its own, where no compiled guideline is at hand."""

    severity: Severity
    clause: str = ""
    options: Mapping[str, object] = field(default_factory=dict)


class ContextInvalid(ResonanzError):
    """A record is no context of a draft; `field` says where."""

    code = "checks.context_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the checks know of a draft besides its text. Everything has a default that finds nothing.

    `language_of_person`: ISO 639-1, "" when unknown. `address`: "DU", "SIE" or "" when the guideline does not say.
    `visibility`: "PUBLIC" or "PRIVATE". `text_length_limit`: 0 is none. `counts_length`: a name of `counting.Counting`.
    `initials`: what the author may sign with, an alias among them; empty: no signature is asked for.
    `patterns`: the company's own numbers by name, as masks (`KD-######`, see personal_data).
    `same_text_sent`: how often these words were sent before; `sent_texts`: texts sent lately, to find nearly the same.
    `automatic`: a machine wrote it. `person_text`: what is being answered.
    """

    language_of_person: str = ""
    address: str = ""
    visibility: str = "PUBLIC"
    network: str = ""
    text_length_limit: int = 0
    counts_length: str = "CHARACTERS"
    initials: tuple[str, ...] = ()
    author_name: str = ""
    person_name: str = ""
    person_text: str = ""
    automatic: bool = False
    automatic_labels: tuple[str, ...] = ()
    own_domains: tuple[str, ...] = ()
    own_contacts: tuple[str, ...] = ()
    patterns: Mapping[str, str] = field(default_factory=dict)
    confidential_terms: tuple[str, ...] = ()
    employee_names: tuple[str, ...] = ()
    same_text_sent: int = 0
    sent_texts: tuple[str, ...] = ()
    repeated_times: int = 10
    checks: Mapping[str, RuleOfCheck] = field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        """Whether everybody will read it."""
        return self.visibility != "PRIVATE"


class Check(Protocol):
    """One check: a module of this folder with these three names."""

    NAME: str
    DEFAULT: Severity  # where the guideline is silent

    def find(self, reading: Reading, context: Context, /) -> Iterable[Spot]:
        """The spots of this draft; never raises, whatever the text."""
        ...


def context_from_record(record: Mapping[str, object]) -> Context:
    """A context as written in JSON: lists for tuples, `checks` as {name: {severity, clause, options}}.

    Raises ContextInvalid on an unknown field or a value of the wrong kind.
    """
    known = {entry.name: entry.default for entry in fields(Context)}
    values: dict[str, object] = {}
    for name, value in record.items():
        if name not in known:
            raise ContextInvalid(field=name)
        values[name] = _settings(value) if name == "checks" else _read(name, known[name], value)
    return Context(**values)  # type: ignore[arg-type]  # each was read by the kind of its field


def _read(name: str, default: object, value: object) -> object:
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        return tuple(str(entry) for entry in value)
    if isinstance(value, Mapping) and name == "patterns":
        return {str(key): str(mask) for key, mask in value.items()}
    if type(value) is not type(default):
        raise ContextInvalid(field=name)
    return value


def _settings(value: object) -> dict[str, Setting]:
    if not isinstance(value, Mapping):
        raise ContextInvalid(field="checks")
    return {str(name): _setting(entry) for name, entry in value.items()}


def _setting(entry: object) -> Setting:
    if not isinstance(entry, Mapping) or entry.get("severity") not in set(Severity):
        raise ContextInvalid(field="checks")
    options = entry.get("options")
    given = options if isinstance(options, Mapping) else NO_OPTIONS
    return Setting(Severity(entry["severity"]), str(entry.get("clause", "")), given)
