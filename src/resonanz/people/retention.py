"""Identities whose day has come, and persons whom nothing is left of."""

from __future__ import annotations

from datetime import date

from resonanz.people.erasure import delete_lonely
from resonanz.people.models import Identity, Person
from resonanz.privacy import retention


def delete_due(day: date, limit: int) -> int:
    """Delete up to `limit` due identities with persons left without one; then empty the names of due persons.

    A person is not deleted before its identities: that would take with it those that must be kept.
    """
    due = Identity.objects.filter(retention.due(day)).order_by("delete_on", "pk")
    rows = list(due.values_list("pk", "person_id")[:limit])
    deleted, _ = Identity.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    deleted += delete_lonely({person for _, person in rows})
    return deleted or _delete_due_persons(day, limit)


def _delete_due_persons(day: date, limit: int) -> int:
    due = Person.objects.filter(retention.due(day))
    lonely = due.filter(identities__isnull=True).order_by("pk").values_list("pk", flat=True)[:limit]
    named = due.filter(identities__isnull=False).exclude(name="").order_by("pk").values_list("pk", flat=True)[:limit]
    return delete_lonely(list(lonely)) + Person.objects.filter(pk__in=list(named)).update(name="")
