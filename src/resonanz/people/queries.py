"""What pages read about people."""

from __future__ import annotations

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import Prefetch, QuerySet

from resonanz.people.models import CALLED, Identity, Person


def person_card(*, person_id: int) -> Person:
    """A person with their identities, oldest first; raises Person.DoesNotExist."""
    identities = Identity.objects.order_by("first_seen_at", "id")
    return Person.objects.prefetch_related(Prefetch("identities", queryset=identities)).get(pk=person_id)


def identities_called(*, words: str) -> QuerySet[Identity]:
    """Identities in whose name or handle every one of `words` begins a word, most recently seen first."""
    if not (asked := beginnings(words=words)):
        return Identity.objects.none()
    wanted = SearchQuery(asked, config="simple", search_type="raw")
    called = Identity.objects.annotate(called=CALLED).filter(called=wanted)
    return called.order_by("-last_seen_at", "-id")


def beginnings(*, words: str) -> str:
    """Each of these begins a word, as PostgreSQL is asked it; "" where there are no words."""
    return " & ".join(f"{word}:*" for word in re.findall(r"[^\W_]+", words))
