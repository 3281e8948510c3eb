"""Due times, hours and targets in words: how a moment came about, and what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from resonanz.duties.calendars import DEFAULT_CALENDAR
from resonanz.duties.models import ResponseTarget
from resonanz.duties.targets import Because, Skipped, holiday_name
from resonanz.service.times.deadlines import from_record
from resonanz.web import times
from resonanz.web.wording import words

WEEKDAYS = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
    gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
)  # fmt: skip
LANDS: Mapping[str, Promise | str] = {
    "": gettext_lazy("holidays of all of Germany"),
    "BW": gettext_lazy("Baden-Württemberg"),
    "BY": gettext_lazy("Bavaria"),
    "BE": gettext_lazy("Berlin"),
    "BB": gettext_lazy("Brandenburg"),
    "HB": gettext_lazy("Bremen"),
    "HH": gettext_lazy("Hamburg"),
    "HE": gettext_lazy("Hesse"),
    "MV": gettext_lazy("Mecklenburg-Western Pomerania"),
    "NI": gettext_lazy("Lower Saxony"),
    "NW": gettext_lazy("North Rhine-Westphalia"),
    "RP": gettext_lazy("Rhineland-Palatinate"),
    "SL": gettext_lazy("Saarland"),
    "SN": gettext_lazy("Saxony"),
    "ST": gettext_lazy("Saxony-Anhalt"),
    "SH": gettext_lazy("Schleswig-Holstein"),
    "TH": gettext_lazy("Thuringia"),
    "--": gettext_lazy("no public holidays"),
}
_WHAT: Mapping[tuple[str, str], Promise] = {
    ("", ""): gettext_lazy("Everything"),
    ("COMPLAINT", ""): gettext_lazy("Complaints"),
    ("QUESTION", ""): gettext_lazy("Questions"),
    ("PRAISE", ""): gettext_lazy("Praise"),
    ("OTHER", ""): gettext_lazy("Other matters"),
    ("", "HIGH"): gettext_lazy("Everything urgent"),
    ("COMPLAINT", "HIGH"): gettext_lazy("Urgent complaints"),
    ("QUESTION", "HIGH"): gettext_lazy("Urgent questions"),
    ("PRAISE", "HIGH"): gettext_lazy("Urgent praise"),
    ("OTHER", "HIGH"): gettext_lazy("Other urgent matters"),
}
_DUE: Mapping[str, Promise] = {
    "FIRST": gettext_lazy("first reply within %(length)s of business time"),
    "NEXT": gettext_lazy("next reply within %(length)s of business time"),
    "RESOLUTION": gettext_lazy("resolved within %(length)s of business time"),
}
KINDS: Mapping[str, Promise] = {
    "FIRST": gettext_lazy("first reply"),
    "NEXT": gettext_lazy("next reply"),
    "RESOLUTION": gettext_lazy("resolution"),
}


def length(minutes: int) -> str:
    """ "30 min", "4 h", "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": times.number(hours)}
    return _("%(hours)s h %(minutes)s min") % {"hours": times.number(hours), "minutes": rest}


def calendar_name(name: str) -> str:
    """The calendar of the start has a name of its own in every language."""
    return pgettext("hours", "Usual hours") if name == DEFAULT_CALENDAR else name


def because(record: Mapping[str, Any]) -> str:
    """How a stored due time came about: "4 h of business time, hours: Support, 3 October is a holiday"."""
    found = from_record(record)
    return ", ".join(_parts(found)) if found is not None else ""


def _parts(found: Because) -> list[str]:
    if found.by_alarm:
        parts = [_("%(length)s by the clock") % {"length": length(found.alarm_minutes)}]
        if found.minutes:
            parts.append(_("%(length)s of business time would end later") % {"length": length(found.minutes)})
    else:
        parts = [_("%(length)s of business time") % {"length": length(found.minutes)}]
    if found.clause:
        parts.insert(0, _("clause %(clause)s of the guideline") % {"clause": found.clause})
    if found.calendar:
        parts.append(_("hours: %(name)s") % {"name": calendar_name(found.calendar)})
    return [*parts, *(_skipped(one, found.land) for one in found.skipped)]


def _skipped(one: Skipped, land: str) -> str:
    day = times.day(one.day)
    if one.name:
        return _("%(day)s: %(name)s") % {"day": day, "name": one.name}
    name = holiday_name(land, one.day, language=get_language() or "en")
    return _("%(day)s is a public holiday (%(name)s)") % {"day": day, "name": name}


def target(row: ResponseTarget) -> str:
    """What was promised: "Complaints on Mastodon: first reply within 1 h of business time"."""
    what = {
        "what": _WHAT[(row.intent, row.urgency)],
        "network": words.word("networks", row.network),
        "due": _DUE[row.kind] % {"length": length(row.business_minutes)},
        "group": row.group.name if row.group else "",
    }
    if row.group:
        from_group = _("%(what)s from %(group)s: %(due)s")
        return (_("%(what)s from %(group)s on %(network)s: %(due)s") if row.network else from_group) % what
    return (_("%(what)s on %(network)s: %(due)s") if row.network else _("%(what)s: %(due)s")) % what


def alarm(row: ResponseTarget) -> str:
    """What the wall clock does beside it."""
    if row.alarm_minutes == 0:
        return _("no hard alarm")
    if row.alarm_minutes:
        return _("hard alarm after %(length)s by the clock") % {"length": length(row.alarm_minutes)}
    if row.kind == "RESOLUTION":
        return ""
    return _("hard alarm after 20 h by the clock where the network lives by the minute")


def until(span: timedelta) -> str:
    """How much time is left, for a message: "in 30 min"; or how long ago it was."""
    if span < timedelta():
        return _("%(span)s ago") % {"span": times.span(-span)}
    return _("in %(span)s") % {"span": times.span(span)}
