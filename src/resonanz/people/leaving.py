"""People whom nothing holds here any more: no post, no case. Upper rooms say who that is."""

from __future__ import annotations

from collections.abc import Collection

from resonanz.people.erasure import delete_lonely
from resonanz.people.models import Identity
from resonanz.privacy import retention


def forget(*, identity_ids: Collection[int]) -> int:
    """Delete these identities, and persons left without one; what a duty keeps stays. How many identities went."""
    going = Identity.objects.filter(retention.free(retention.today()), pk__in=identity_ids)
    person_ids = set(going.values_list("person_id", flat=True))
    gone, _ = going.delete()
    delete_lonely(person_ids)
    return gone
