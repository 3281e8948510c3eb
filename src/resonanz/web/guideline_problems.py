"""What is odd about a draft of a guideline: contradictions with their clauses side by side, and what lacks words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from resonanz.guidelines import references
from resonanz.guidelines.contradictions import Contradiction, Why
from resonanz.guidelines.document import Document
from resonanz.web.guideline_words import Line, Names, lines


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that is part of a problem: where it stands, what it says, what it sets."""

    number: str
    section: str
    text: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not go together, and why."""

    heading: str
    sentence: str
    clauses: list[Clause]


@dataclass(frozen=True, slots=True)
class Part:
    """A clause or a section, to go to."""

    name: str
    section: str


def problems(
    found: Sequence[Contradiction], *, document: Document, names: Names, language: str, only: str = ""
) -> list[Problem]:
    """Contradictions in words, each with its clauses; `only` those of one clause."""
    concerned = [one for one in found if not only or only in (one.first, one.second)]
    return [_problem(one, document, names, language) for one in concerned]


def untranslated(document: Document, *, language: str) -> list[Part]:
    """What stands in one language only."""
    section_of = {clause.number: one.key for one in document.sections for clause in one.clauses}
    headings = {one.key: one.heading.said(language) for one in document.sections}
    return [Part(headings.get(one, one), section_of.get(one, one)) for one in document.untranslated]


def without_signers(document: Document, *, names: Names, language: str) -> list[Problem]:
    """Clauses whose signers all left, for those who can name others."""
    numbers = references.unsigned(document)
    if not numbers:
        return []
    told = _("Nobody of those who are named may sign any more. Until somebody else is named, the leads sign.")
    return [Problem(_("Signers are gone"), told, [_clause(one, document, names, language) for one in numbers])]


def _problem(found: Contradiction, document: Document, names: Names, language: str) -> Problem:
    both = list(dict.fromkeys([found.first, found.second]))
    filled = {"first": found.first, "second": found.second}
    heading, sentence = {
        Why.OPPOSITE: (_("Contradiction"), _("%(first)s allows what %(second)s forbids; the stricter one decides.")),
        Why.NEVER_APPLIES: (
            _("Without effect"),
            _("%(first)s never takes effect: wherever it applies, %(second)s is stricter."),
        ),
        Why.NEVER_TRUE: (_("Without effect"), _("%(first)s can never apply: what it asks for excludes itself.")),
    }[found.why]
    return Problem(heading, sentence % filled, [_clause(number, document, names, language) for number in both])


def _clause(number: str, document: Document, names: Names, language: str) -> Clause:
    section = next((one.key for one in document.sections for clause in one.clauses if clause.number == number), "")
    clause = document.clause(number)
    if clause is None:
        return Clause(number, section, "", [])
    return Clause(number, section, clause.text.said(language), lines(clause, names=names))
