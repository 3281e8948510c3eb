"""A rule that bites at once: one clause more on what is in force, and on what is about to be.

Without the latter a version that was published for tomorrow would take the emergency rule away again in silence.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.db.models import Q

from resonanz.accounts.models import Brand, User
from resonanz.core import clock
from resonanz.guidelines import in_force
from resonanz.guidelines.document import Clause, Document, RuleSpec, Section, read
from resonanz.guidelines.fields import Words
from resonanz.guidelines.models import Council, Guideline, GuidelineState, Part
from resonanz.guidelines.versions import BrandGone, lock, put_into_force

SECTION = "emergency"
HEADING = Words(de="Eilregelungen", en="Emergency rules")


def rule_at_once(
    *, text: Words, rule: RuleSpec, actor: User, brand_id: int | None = None, conduct: bool = False
) -> list[Guideline]:
    """Publish the rule as a clause of its own, at once; the versions made.

    Without a brand it holds for the company and all brands. Who sends has a day to acknowledge it.
    Raises DocumentInvalid, BrandGone.
    """
    clause = Clause(number="1.1", text=text, rule=rule, conduct=conduct)
    with transaction.atomic():
        bases = [(series, base) for series in _concerned(brand_id) for base in _in_force_and_to_come(series)]
        return [_publish(base, series, clause, actor) for series, base in bases]


def _concerned(brand_id: int | None) -> list[int]:
    """In order, so that two who do this at once do not wait for each other for good."""
    if brand_id:
        if not Brand.objects.filter(pk=brand_id).exists():
            raise BrandGone
        return [brand_id]
    alive = Q(series=in_force.COMPANY) | Q(brand__isnull=False)
    rows = in_force.published().filter(alive, part=Part.OFFICIAL)
    return sorted({in_force.COMPANY, *rows.values_list("series", flat=True)})


def _in_force_and_to_come(series: int) -> list[Guideline]:
    """The version in force, then those to come; for a brand without any of its own, the company's in force."""
    lock(series, Part.OFFICIAL)
    now = clock.now()
    current = in_force.guideline(brand_id=series, at=now)
    own = in_force.published().filter(series=series, part=Part.OFFICIAL, effective_at__gt=now)
    by_moment = {one.effective_at: one for one in own.order_by("effective_at", "version")}
    return ([current] if current else []) + list(by_moment.values())


def _publish(base: Guideline, series: int, clause: Clause, actor: User) -> Guideline:
    now = clock.now()
    document = _with_clause(read(base.document), clause)
    council = Council.NOT_YET if clause.conduct and base.council != Council.NO_COUNCIL else base.council
    made = Guideline(
        series=series, brand_id=series or None, part=Part.OFFICIAL, state=GuidelineState.SIGNED,
        document=document.as_json(), based_on=base, council=council,
        council_date=base.council_date if council == base.council else None, created_at=now, created_by=actor,
        changed_at=now, changed_by=actor, signed_at=now, signed_by=actor,
    )  # fmt: skip
    put_into_force(made, effective_at=max(base.effective_at or now, now), emergency=True, actor=actor)
    return made


def _with_clause(document: Document, clause: Clause) -> Document:
    """The document with the clause at the end of its emergency rules, under a number of its own."""
    found = next((one for one in document.sections if one.key == SECTION), None)
    first = max((int(one.number.partition(".")[0]) for one in document.clauses), default=0) + 1
    number = f"{first}.1"
    if found is not None and found.clauses:
        *places, last = found.clauses[-1].number.split(".")
        number = ".".join([*places, str(int(last) + 1)])
    section = found or Section(key=SECTION, heading=HEADING)
    section = replace(section, clauses=(*section.clauses, replace(clause, number=number)))
    others = tuple(one for one in document.sections if one.key != SECTION)
    return read(Document(sections=(*others, section), address=document.address).as_json())
