"""Finding a case from anywhere: by its number, by whom it is with, or by words of what was said lately."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from resonanz.people.queries import identities_called
from resonanz.service.models import Case, CasePost

# Words are looked for in the newest posts only, so that the answer comes while somebody types.
NEWEST_POSTS = 5_000
_FEWEST_LETTERS = 2
_LARGEST_NUMBER = 2**63 - 1


def find_cases(*, words: str, most: int) -> QuerySet[Case]:
    """At most `most` cases, those with something open first; each has `latest_text` and `latest_author`."""
    words = words.strip()
    if (number := words.removeprefix("#")).isdecimal() and int(number) <= _LARGEST_NUMBER:
        found = Q(pk=int(number))
    elif len(words) < _FEWEST_LETTERS:
        return Case.objects.none()
    else:
        people = identities_called(words=words).values("pk")[:most]
        found = Q(identity__in=list(people.values_list("pk", flat=True))) | Q(pk__in=_spoken_of(words, most))
    newest = CasePost.objects.filter(case=OuterRef("pk"), post__speaker="OUTSIDER").order_by("-post__posted_at", "-id")
    return (
        Case.objects.filter(found)
        .annotate(latest_text=Subquery(newest.values("post__text")[:1]))
        .annotate(latest_author=Subquery(newest.values("post__author_name")[:1]))
        .annotate(latest_handle=Subquery(newest.values("post__author_handle")[:1]))
        .order_by(F("resolved_at").desc(nulls_first=True), "-last_post_at", "-id")[:most]
    )


def _spoken_of(words: str, most: int) -> list[int]:
    """The cases in whose newest posts the words stand, newest first."""
    newest = CasePost.objects.order_by("-id").values("id")[:NEWEST_POSTS]
    hits = CasePost.objects.filter(id__in=newest, post__text__icontains=words).order_by("-id")
    return list(dict.fromkeys(hits.values_list("case_id", flat=True)[: 3 * most]))
