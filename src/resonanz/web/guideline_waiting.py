"""Versions of the guideline that a colleague has not read yet, in a sentence each: for the start page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.guidelines import acknowledging
from resonanz.guidelines.models import Guideline
from resonanz.web import times


def to_read(user: User) -> list[tuple[Guideline, str]]:
    """What waits for the colleague, the earliest first."""
    return [(one, _told(one)) for one in acknowledging.unread_by(user=user)]


def _told(version: Guideline) -> str:
    name = _("Guideline %(version)s") % {"version": version.version}
    if version.brand is not None:
        name = _("Guideline %(version)s for %(brand)s") % {"version": version.version, "brand": version.brand.name}
    if version.effective_at is not None and version.effective_at > clock.now():
        return _("%(guideline)s takes effect on %(day)s.") % {
            "guideline": name,
            "day": times.exact(version.effective_at),
        }
    return _("%(guideline)s is in force and waits to be read.") % {"guideline": name}
