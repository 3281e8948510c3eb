"""Target groups of those who open cases, looked up only where the matrix depends on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from resonanz.duties.directory import Directory
from resonanz.people.groups import groups_of_many


def groups_for(directory: Directory, identity_ids: Iterable[int | None]) -> Mapping[int | None, frozenset[int]]:
    """The groups of each identity; what is missing belongs to none."""
    asked = {identity for identity in identity_ids if identity is not None}
    if not asked or not directory.heeds_groups:
        return {}
    return dict(groups_of_many(identity_ids=asked).items())
