"""Check `confidential`: terms the company keeps to itself."""

from __future__ import annotations

from collections.abc import Iterator

from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.reading import Reading
from resonanz.guidelines.checks.terms import terms_of

NAME = "confidential"
DEFAULT = Severity.FORBIDDEN


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """Each of the terms, wherever it stands: in links and quotations as well."""
    if not context.confidential_terms:
        return
    for first, last in terms_of(context.confidential_terms).find(reading.folded):
        start, end = reading.original(first, last)
        yield Spot(start=start, end=end, params={"kind": "TERM", "term": reading.text[start:end]})
