"""What pages read about people."""

from __future__ import annotations

from django.db.models import Prefetch

from resonanz.people.models import Identity, Person


def person_card(*, person_id: int) -> Person:
    """A person with their identities, oldest first; raises Person.DoesNotExist."""
    identities = Identity.objects.order_by("first_seen_at", "id")
    return Person.objects.prefetch_related(Prefetch("identities", queryset=identities)).get(pk=person_id)
