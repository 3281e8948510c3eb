"""Finding a case from anywhere: by its number, by whom it is with, or by words of what was said lately."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery

from resonanz.accounts.models import User
from resonanz.people.queries import identities_called
from resonanz.service import naming
from resonanz.service.models import Case, CasePost

# Words are looked for in the newest posts only, so that the answer comes while somebody types.
NEWEST_POSTS = 5_000
_FEWEST_LETTERS = 2
_LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case as it is told in a line: who wrote last, and what."""

    case_id: int
    intent: str
    author: str
    text: str


def find_cases(*, words: str, most: int, reader: User) -> list[FoundCase]:
    """At most `most` cases, those with something open first, then the newest; no employee is found by their name."""
    wanted = _wanted(words.strip(), most)
    if wanted is None:
        return []
    if naming.out_of_reach(words=words, reader=reader):
        wanted &= Q(names_employees=False)
    newest = CasePost.objects.filter(case=OuterRef("pk"), post__speaker="OUTSIDER").order_by("-post__posted_at", "-id")
    found = (
        Case.objects.filter(wanted)
        .annotate(latest_text=Subquery(newest.values("post__text")[:1]))
        .annotate(latest_author=Subquery(newest.values("post__author_name")[:1]))
        .annotate(latest_handle=Subquery(newest.values("post__author_handle")[:1]))
        .order_by(F("resolved_at").desc(nulls_first=True), "-last_post_at", "-id")
        .values_list("pk", "intent", "latest_author", "latest_handle", "latest_text")[:most]
    )
    return [FoundCase(pk, intent, name or handle or "", text or "") for pk, intent, name, handle, text in found]


def _wanted(words: str, most: int) -> Q | None:
    """Which cases the words mean; None when they are too few to look for."""
    if (number := words.removeprefix("#")).isdecimal() and int(number) <= _LARGEST_NUMBER:
        return Q(pk=int(number))
    if len(words) < _FEWEST_LETTERS:
        return None
    people = identities_called(words=words).values_list("pk", flat=True)[:most]
    return Q(identity__in=list(people)) | Q(pk__in=_spoken_of(words, most))


def _spoken_of(words: str, most: int) -> list[int]:
    """The cases in whose newest posts the words stand, newest first."""
    newest = CasePost.objects.order_by("-id").values("id")[:NEWEST_POSTS]
    hits = CasePost.objects.filter(id__in=newest, post__text__icontains=words).order_by("-id")
    return list(dict.fromkeys(hits.values_list("case_id", flat=True)[: 3 * most]))
