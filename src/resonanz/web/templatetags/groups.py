"""To which target groups a person belongs, for their card."""

from __future__ import annotations

from django import template

from resonanz.people import groups
from resonanz.people.models import Identity, TargetGroup

register = template.Library()


@register.simple_tag
def person_groups(identity: Identity) -> dict[str, list[TargetGroup]]:
    """The target groups of the person behind an account, and those to which they could be added."""
    mine, others = groups.sorted_for(identity=identity)
    return {"groups": mine, "others": others}
