"""Which version of a guideline is in force, and what it says about a draft."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from resonanz.core import clock
from resonanz.guidelines import starter
from resonanz.guidelines.compiling import Compiled, compile
from resonanz.guidelines.document import read
from resonanz.guidelines.models import Guideline, GuidelineState, Part
from resonanz.guidelines.ruling import Draft, Ruling

COMPANY = 0
"""The series of the company itself; that of a brand is the brand's id."""
NO_GUIDELINE = Compiled(version=0)
_MOST_HELD = 64
_NEWEST = """
SELECT id, version, state, published_at FROM guidelines_guideline
WHERE state = 'PUBLISHED' AND part = 'OFFICIAL' AND effective_at <= %(at)s
    AND (series = 0 OR (series = %(own)s AND brand_id IS NOT NULL))
ORDER BY series DESC, effective_at DESC, version DESC LIMIT 1
"""
_compiled: dict[tuple[int, datetime | None], Compiled] = {}


def ensure_starter() -> None:
    """Put the starter guideline into force where there is none yet.

    A company that has not written its own gets the starter of a newer release as the next version; what an answer of
    before rests on stays readable.
    """
    newest = published().filter(part=Part.OFFICIAL, series=COMPANY).order_by("-version").first()
    if newest is None:
        _publish_starter(version=1)
    elif newest.is_starter and newest.document != starter.OFFICIAL:
        _publish_starter(version=(newest.version or 0) + 1)


def ruling(*, draft: Draft, brand_id: int | None = None) -> Ruling:
    """What the guideline in force says about the draft; without any guideline nothing may be said."""
    return (compiled(brand_id=brand_id) or NO_GUIDELINE).ruling(draft)


def compiled(*, brand_id: int | None, at: datetime | None = None) -> Compiled | None:
    """The guideline in force at a moment, ready to be asked: the brand's own, else the company's."""
    # Asked at every keystroke: its long words are fetched once, and the statement is not composed anew.
    found = Guideline.objects.raw(_NEWEST, {"own": brand_id or COMPANY, "at": at or clock.now()})
    return next((compiled_version(one) for one in found), None)


def guideline(*, brand_id: int | None, at: datetime | None = None, part: str = Part.OFFICIAL) -> Guideline | None:
    """The version in force at a moment: the brand's own, else the company's."""
    return _in_effect(brand_id, at, part).first()


def compiled_version(guideline: Guideline) -> Compiled:
    """One version, ready to be asked; a published one is read once, because it never changes."""
    if guideline.state != GuidelineState.PUBLISHED:
        return compile(read(guideline.document), guideline.version or 0, guideline.pk)
    key = (guideline.pk, guideline.published_at)
    if key not in _compiled:
        if len(_compiled) >= _MOST_HELD:
            _compiled.clear()
        _compiled[key] = compile(read(guideline.document), guideline.version or 0, guideline.pk)
    return _compiled[key]


def clause_words(*, guideline_id: int | None, clause: str, language: str) -> str:
    """What a clause that a ruling names says, in this language; "" where the version or the clause is unknown."""
    found = published().defer("document", "earlier").filter(pk=guideline_id).first() if guideline_id else None
    words = compiled_version(found).words.get(clause) if found else None
    return words.said(language) if words else ""


def published() -> QuerySet[Guideline]:
    """All versions that were ever published."""
    return Guideline.objects.filter(state=GuidelineState.PUBLISHED)


def _in_effect(brand_id: int | None, at: datetime | None, part: str) -> QuerySet[Guideline]:
    """What bound this brand up to a moment, what counts first."""
    of_both = Q(series=COMPANY) | Q(series=brand_id or COMPANY, brand__isnull=False)
    rows = published().filter(of_both, part=part, effective_at__lte=at or clock.now())
    return rows.order_by("-series", "-effective_at", "-version")


def _publish_starter(*, version: int) -> None:
    now = clock.now()
    Guideline.objects.get_or_create(
        series=COMPANY,
        part=Part.OFFICIAL,
        version=version,
        defaults={
            "state": GuidelineState.PUBLISHED,
            "document": starter.OFFICIAL,
            "is_starter": True,
            "council": starter.COUNCIL,
            "effective_at": now,
            "published_at": now,
            "created_at": now,
            "changed_at": now,
        },
    )
