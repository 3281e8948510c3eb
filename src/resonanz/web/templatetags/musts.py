"""What a page tells of musts that were not kept."""

from __future__ import annotations

from datetime import timedelta

from django import template

from resonanz.core import clock
from resonanz.service.times import musts

register = template.Library()
SINCE = timedelta(days=90)


@register.simple_tag
def breaches_of(guideline_id: int) -> list[musts.Breach]:
    """What was not kept of one version of a guideline within a quarter, newest first."""
    return musts.breaches(since=clock.now() - SINCE, guideline_ids=[guideline_id])
