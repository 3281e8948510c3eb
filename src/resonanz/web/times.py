"""Times and numbers as people say them; the exact ones go into a tooltip."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resonanz.core import clock

SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Due:
    """When an answer is due, in words; `tone` is late, soon or "", `long` the whole sentence, `exact` the tooltip."""

    words: str
    long: str
    tone: str
    exact: str


def due(moment: datetime | None) -> Due | None:
    """How much time is left, or by how much it is late; None where nothing is due."""
    if moment is None:
        return None
    left = moment - clock.now()
    if left < timedelta(0):
        return Due(_("%(span)s over") % {"span": span(-left)}, _late_for(-left), "late", exact(moment))
    words = _left(moment, left)
    return Due(words, words, "soon" if left < SOON else "", exact(moment))


def ago(moment: datetime) -> str:
    """ "12 min ago", "today 09:12", "yesterday 17:03", "2 Nov", "Mar 2024"."""
    passed = clock.now() - moment
    if timedelta(0) <= passed < timedelta(minutes=1):
        return _("just now")
    if timedelta(0) <= passed < timedelta(hours=1):
        return _("%(minutes)s min ago") % {"minutes": int(passed.total_seconds() // 60)}
    return _day_and_time(moment)


def until(moment: datetime) -> str:
    """ "14:30" today, "Mon 09:00" within the week, "30 Nov" further away."""
    local, today = timezone.localtime(moment), timezone.localtime(clock.now()).date()
    days = (local.date() - today).days
    if days == 0:
        return local.strftime("%H:%M")
    if days < 7:
        return formats.date_format(local, "D H:i")
    return formats.date_format(local, _("j M"))


def exact(moment: datetime) -> str:
    """Day, month, year and minute, in the reader's zone and language."""
    return formats.date_format(timezone.localtime(moment), _("j F Y, H:i"))


def between(began: datetime, ended: datetime) -> str:
    """ "20 Nov 14:47–15:27", "20 Nov 22:00 – 21 Nov 06:27"."""
    first, last = timezone.localtime(began), timezone.localtime(ended)
    days = [formats.date_format(moment, _("j M")) for moment in (first, last)]
    if first.date() == last.date():
        return f"{days[0]} {first:%H:%M}–{last:%H:%M}"
    return f"{days[0]} {first:%H:%M} – {days[1]} {last:%H:%M}"


def day(moment: date) -> str:
    """Day, month and year, in the reader's language."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    return formats.date_format(local, _("j F Y"))


def weekday(moment: date) -> str:
    """Weekday and day, as short as can be, for a place where the month is plain: "Fri 20"."""
    return formats.date_format(moment, _("D j"))


def day_of_week(moment: date) -> str:
    """ "Friday, 20 November"."""
    return formats.date_format(moment, _("l, j F"))


def span(length: timedelta) -> str:
    """ "42 min", "3:20 h", "4 days"."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    if minutes < 24 * 60:
        return _("%(hours)s h") % {"hours": f"{minutes // 60}:{minutes % 60:02d}"}
    days = minutes // (24 * 60)
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": number(days)}


def number(value: int) -> str:
    """With the reader's sign between thousands."""
    return str(formats.number_format(value, use_l10n=True, force_grouping=True))


def _left(moment: datetime, left: timedelta) -> str:
    days = (timezone.localtime(moment).date() - timezone.localtime(clock.now()).date()).days
    if days == 0 or left < timedelta(hours=4):
        return _("%(span)s left") % {"span": span(left)}
    if days == 1:
        return _("tomorrow")
    return formats.date_format(timezone.localtime(moment), _("D j M"))


def _late_for(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return ngettext("late by %(count)s minute", "late by %(count)s minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("late by %(count)s hour", "late by %(count)s hours", hours) % {"count": hours}
    days = hours // 24
    return ngettext("late by %(count)s day", "late by %(count)s days", days) % {"count": number(days)}


def _day_and_time(moment: datetime) -> str:
    local, today = timezone.localtime(moment), timezone.localtime(clock.now()).date()
    days = (today - local.date()).days
    clock_time = local.strftime("%H:%M")
    if days == 0:
        return _("today %(time)s") % {"time": clock_time}
    if days == 1:
        return _("yesterday %(time)s") % {"time": clock_time}
    if local.year == today.year:
        return formats.date_format(local, _("j M"))
    return formats.date_format(local, _("M Y"))


def patterns() -> str:
    """The words of near times as JSON, for the clock of an open page; it fills in the figures."""
    return json.dumps(
        {
            "minutes": _("%(minutes)s min"),
            "hours": _("%(hours)s h"),
            "left": _("%(span)s left"),
            "over": _("%(span)s over"),
            "now": _("just now"),
            "ago": _("%(minutes)s min ago"),
            "today": _("today %(time)s"),
        }
    )
