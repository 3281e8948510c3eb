"""People's part in erasure: the identity, and the person when it was the last one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import QuerySet

from resonanz.people.models import Identity, Person, StaffAccount, TargetGroupMember
from resonanz.privacy import erasure, retention
from resonanz.privacy.erasure import Key, Removed, Subject


def identities_of(network: str, origin: str, native_id: str) -> QuerySet[Identity]:
    """The identity of an account; none or one."""
    return Identity.objects.filter(network=network, origin=origin, native_id=native_id)


def persons_of(network: str, origin: str, native_id: str) -> QuerySet[Person]:
    """The person behind an account; none or one."""
    return Person.objects.filter(identities__in=identities_of(network, origin, native_id))


def memberships_of(network: str, origin: str, native_id: str) -> QuerySet[TargetGroupMember]:
    """What was said by hand of target groups about the person behind an account."""
    return TargetGroupMember.objects.filter(person__in=persons_of(network, origin, native_id))


def staff_accounts_of(network: str, origin: str, native_id: str) -> QuerySet[StaffAccount]:
    """That a colleague named the account as their own; none or one."""
    return StaffAccount.objects.filter(network=network, origin=origin, native_id=native_id, confirmed_at__isnull=False)


def erase_account(subject: Subject) -> Removed:
    """Delete the identity and, with the last one, the person; what must be kept is counted."""
    named, _ = staff_accounts_of(subject.network, subject.origin, subject.native_id).delete()
    found = identities_of(subject.network, subject.origin, subject.native_id)
    going = found.filter(retention.free(retention.today()))
    person_ids = set(going.values_list("person_id", flat=True))
    rows, _ = going.delete()
    nameless = _forget_names(person_ids, subject)
    return Removed(rows=rows + named + delete_lonely(person_ids), held=found.count(), masked=nameless)


def delete_lonely(person_ids: Collection[int]) -> int:
    """Delete those of these persons who have no identity left and whom nothing obliges us to keep."""
    lonely = Person.objects.filter(pk__in=person_ids, identities__isnull=True)
    return lonely.filter(retention.free(retention.today())).delete()[0]


def _forget_names(person_ids: Collection[int], subject: Subject) -> int:
    """A person who lives on through other accounts does not keep the name that came from the erased one."""
    named = Person.objects.filter(pk__in=person_ids, name__in=subject.names, identities__isnull=False)
    return named.exclude(identities__name__in=subject.names).update(name="")


def _words(key: Key) -> tuple[set[str], set[str]]:
    identities = list(identities_of(*key).values_list("handle", "name", "person__name"))
    return {handle for handle, _, _ in identities}, {name for _, *names in identities for name in names}


def _held_accounts() -> Iterator[Key]:
    rows = Identity.objects.filter(retention.free(retention.today()))
    yield from rows.values_list("network", "origin", "native_id").iterator(chunk_size=2000)


PART = erasure.Part(room="people", words=_words, erase_account=erase_account, held_accounts=_held_accounts)
