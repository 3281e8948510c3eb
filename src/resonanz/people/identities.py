"""Identities: a record of somebody who addressed us, made when a case needs one, never for mere listening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from resonanz.people.models import Identity, Person
from resonanz.privacy.models import Purpose

IdentityKey = tuple[str, str, str]
"""(network, origin, native id of the account)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """That an account addressed us. `keeps_name`: who tells it knows less of its name than we do."""

    network: str
    origin: str
    native_id: str
    handle: str
    name: str
    url: str
    at: datetime
    source: str
    delete_on: date
    keeps_name: bool = False

    @property
    def key(self) -> IdentityKey:
        """What makes it one identity."""
        return (self.network, self.origin, self.native_id)


def meet(*, seen: Sequence[Seen]) -> dict[IdentityKey, int]:
    """Identity ids for the accounts seen; unknown ones get a person of their own. Call within a transaction."""
    newest = {one.key: one for one in sorted(seen, key=lambda one: one.at)}
    wanted = sorted(newest)
    found = _known(wanted)
    _refresh([newest[key] for key in wanted if key in found])
    _add([newest[key] for key in wanted if key not in found])
    return _known(wanted)


def _known(keys: Sequence[IdentityKey]) -> dict[IdentityKey, int]:
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT network, origin, native_id, id FROM people_identity"
            " JOIN unnest(%s::text[], %s::text[], %s::text[]) AS wanted (network, origin, native_id)"
            " USING (network, origin, native_id)",
            [list(parts) for parts in zip(*keys, strict=True)],
        )
        return {(network, origin, native_id): pk for network, origin, native_id, pk in cursor.fetchall()}


def _refresh(seen: Sequence[Seen]) -> None:
    """Names change; the day of deletion moves with the last contact, for the person too."""
    if not seen:
        return
    rows = [(*one.key, one.handle, one.name, one.url, one.at, one.delete_on, one.keeps_name) for one in seen]
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH new AS (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],"
            " %s::timestamptz[], %s::date[], %s::bool[])"
            " AS new (network, origin, native_id, handle, name, url, at, delete_on, keeps_name)),"
            " met AS (UPDATE people_identity old SET (handle, name, url) = (SELECT"
            " CASE WHEN newer THEN new.handle ELSE old.handle END, CASE WHEN newer THEN new.name ELSE old.name END,"
            " CASE WHEN newer AND new.url <> '' THEN new.url ELSE old.url END"
            " FROM (SELECT new.at >= old.last_seen_at AND NOT new.keeps_name AS newer) AS age),"
            " last_seen_at = greatest(old.last_seen_at, new.at), delete_on = greatest(old.delete_on, new.delete_on)"
            " FROM new WHERE (old.network, old.origin, old.native_id) = (new.network, new.origin, new.native_id)"
            " RETURNING old.person_id, old.delete_on)"
            " UPDATE people_person person SET delete_on = greatest(person.delete_on, met.delete_on)"
            " FROM met WHERE person.id = met.person_id",
            [list(column) for column in zip(*rows, strict=True)],
        )


def _add(seen: Sequence[Seen]) -> None:
    if not seen:
        return
    people = Person.objects.bulk_create(
        [
            Person(
                name=one.name, created_at=one.at, purpose=Purpose.SERVICE, source=one.source, delete_on=one.delete_on
            )
            for one in seen
        ]
    )
    Identity.objects.bulk_create(
        [
            Identity(
                network=one.network,
                origin=one.origin,
                native_id=one.native_id,
                handle=one.handle,
                name=one.name,
                url=one.url,
                person=person,
                first_seen_at=one.at,
                last_seen_at=one.at,
                purpose=Purpose.SERVICE,
                source=one.source,
                delete_on=one.delete_on,
            )
            for one, person in zip(seen, people, strict=True)
        ],
        ignore_conflicts=True,
    )
    # Two batches may have met the same stranger at once: the one whose identity was ignored leaves an empty person.
    Person.objects.filter(pk__in=[person.pk for person in people], identities__isnull=True).delete()
