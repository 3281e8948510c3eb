"""What became of a draft while somebody was writing: their words and the stored ones, in one document."""

from __future__ import annotations

from resonanz.guidelines.comparing import compare
from resonanz.guidelines.document import Document, read
from resonanz.guidelines.merging import Merged, merge
from resonanz.guidelines.models import Guideline


def wording_at(guideline: Guideline, *, revision: int) -> Document | None:
    """A draft as it was at a revision; None where that is too long ago."""
    if revision == guideline.revision:
        return read(guideline.document)
    found = next((words for number, words in guideline.earlier if number == revision), None)
    return None if found is None else read(found)


def bring_together(guideline: Guideline, *, revision: int, mine: Document) -> Merged:
    """What was written on a revision together with what is stored now; where both changed it, `mine` stands.

    Where the revision is too long ago, everything that differs is a conflict.
    """
    theirs = read(guideline.document)
    base = wording_at(guideline, revision=revision)
    if base is not None:
        return merge(base=base, mine=mine, theirs=theirs)
    differing = tuple(change.number or change.section for change in compare(theirs, mine))
    return Merged(document=mine, conflicts=differing)
