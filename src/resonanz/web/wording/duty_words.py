"""Responsibilities in words: weekly times, holes, who gets something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from resonanz.duties.coverage import AbsenceHole
from resonanz.duties.holes import Hole, Lack
from resonanz.duties.matrix import Row
from resonanz.duties.weekly import DAY_MINUTES, Weekly
from resonanz.listening.models import Intent
from resonanz.service.answers.replaying import Receiver
from resonanz.web import times
from resonanz.web.wording import words

_MANY: Mapping[str, Promise] = {
    Intent.COMPLAINT: gettext_lazy("complaints"),
    Intent.QUESTION: gettext_lazy("questions"),
    Intent.PRAISE: gettext_lazy("praise"),
    Intent.OTHER: gettext_lazy("other posts"),
}
_LACKS: Mapping[Lack, Promise] = {
    Lack.NO_ROW: gettext_lazy("no one"),
    Lack.GONE: gettext_lazy("nobody who is still here"),
    Lack.LANGUAGE: gettext_lazy("nobody who answers in this language"),
    Lack.TOO_LATE: gettext_lazy("nobody within 20 hours"),
}
_LONG_SPAN = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A hole as a reader sees it, with the address that fills the form with it."""

    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What channels, topics and groups are called, and between which topics and languages holes may differ."""

    channels: Mapping[int, str]
    topics: Mapping[int, str]
    groups: Mapping[int, str]
    asked_topics: Sequence[int] = ()
    asked_languages: Sequence[str] = ()


def hole(found: Hole, names: Names) -> Told:
    """ "Saturday, complaints in English about Product B: nobody"."""
    parts = [joined([str(_MANY[intent]) for intent in found.intents]) if found.intents else _("everything")]
    if found.languages:
        parts.append(_languages(found.languages, names))
    if found.topic_ids:
        parts.append(_topics(found.topic_ids, names))
    if found.channel_ids:
        channels = joined([names.channels.get(one, "") for one in found.channel_ids])
        parts.append(_("on %(channels)s") % {"channels": channels})
    what = " ".join(parts)
    lack = {"what": what, "lack": str(_LACKS[found.lack])}
    told = _("%(what)s: %(lack)s") % lack
    if not found.is_always:
        told = _("%(when)s, %(told)s") % {"when": weekly(Weekly(found.spans)), "told": told}
    return Told(told[:1].upper() + told[1:], _address_of(found))


def _languages(found: Sequence[str], names: Names) -> str:
    """ "in English"; of all but a few: "except in English"."""
    if "" not in found:
        return _("in %(languages)s") % {"languages": joined([language(one) for one in found])}
    others = [language(one) for one in names.asked_languages if one not in found]
    return _("except in %(languages)s") % {"languages": joined(others)}


def _topics(found: Sequence[int | None], names: Names) -> str:
    """The same of topics."""
    if None not in found:
        return _("about %(topics)s") % {"topics": joined([names.topics.get(one or 0, "") for one in found])}
    others = [names.topics.get(one, "") for one in names.asked_topics if one not in found]
    return _("except about %(topics)s") % {"topics": joined(others)}


def _address_of(found: Hole) -> str:
    asked: list[tuple[str, object]] = []
    for name, values in (("channel", found.channel_ids), ("topic", found.topic_ids), ("intent", found.intents),
                         ("language", found.languages)):  # fmt: skip
        if len(values) == 1 and values[0]:
            asked.append((name, values[0]))
    if not found.is_always and len(found.spans) == 1:
        asked += _fields_of(found.spans[0])
    return f"{reverse('responsibilities')}?{urlencode(asked)}#new"


def _fields_of(span: tuple[int, int]) -> list[tuple[str, object]]:
    """One span of the week as the form holds it: whole days, or a part of one."""
    first, last = span[0] // DAY_MINUTES, (span[1] - 1) // DAY_MINUTES
    days: list[tuple[str, object]] = [("days", day) for day in range(first, last + 1)]
    if first == last and (span[0] % DAY_MINUTES or span[1] % DAY_MINUTES):
        days += [("starts", clock(span[0])), ("ends", clock(span[1]).replace("24:00", ""))]
    return days


def absence_hole(found: AbsenceHole, named: Sequence[str]) -> Told:
    """ "From Monday, 23 November until Friday, 27 November nobody stands in for Anna (Mastodon)"."""
    filling = {
        "first": times.day_of_week(found.first),
        "last": times.day_of_week(found.last),
        "name": str(found.owner),
        "what": joined(list(named)),
    }
    if found.first == found.last:
        return Told(_("On %(first)s nobody stands in for %(name)s: %(what)s") % filling)
    return Told(_("From %(first)s until %(last)s nobody stands in for %(name)s: %(what)s") % filling)


def row(found: Row, names: Names) -> str:
    """What a row is about, without when: "Product B · complaint · English"."""
    parts = [names.topics.get(found.topic_id, "") if found.topic_id else ""]
    parts += [names.groups.get(found.group_id, "") if found.group_id else ""]
    parts += [words.word("intents", found.intent) if found.intent else "", language(found.language)]
    told = " · ".join(part for part in parts if part)
    return told or _("everything else")


def place(found: Row, names: Names) -> str:
    """Where a row holds."""
    if found.channel_id:
        return names.channels.get(found.channel_id, "")
    return words.word("networks", found.network) if found.network else _("every channel")


def language(code: str) -> str:
    """A language by its name, where the product knows it."""
    return words.word("languages", code) if code in words.LANGUAGES else code


def weekly(found: Weekly) -> str:
    """ "Monday to Friday, 09:00–17:00", "Saturday"; "" is always."""
    whole, partly, across = _sorted_spans(found)
    told = [_days(whole)] if whole else []
    told += [f"{_days(days)}, {clock(span[0])}–{clock(span[1])}" for span, days in partly.items()]
    for first, last in across:
        filling = {"first": _moment(first), "last": _moment(last)}
        told.append(_("%(first)s until %(last)s") % filling)
    return "; ".join(told)


def _sorted_spans(found: Weekly) -> tuple[list[int], dict[tuple[int, int], list[int]], list[tuple[int, int]]]:
    """Whole days; the same part of days; and what reaches over midnight without being whole days."""
    whole: list[int] = []
    partly: dict[tuple[int, int], list[int]] = {}
    across: list[tuple[int, int]] = []
    for start, end in found.spans:
        day, last = start // DAY_MINUTES, (end - 1) // DAY_MINUTES
        if start % DAY_MINUTES == 0 and end % DAY_MINUTES == 0:
            whole += range(day, last + 1)
        elif day == last:
            part = (start % DAY_MINUTES, end - day * DAY_MINUTES)
            partly.setdefault(part, []).append(day)
        else:
            across.append((start, end))
    return whole, partly, across


def _days(days: Sequence[int]) -> str:
    """Three and more in a row are told by the first and the last."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    told = []
    for run in runs:
        if len(run) >= _LONG_SPAN:
            told.append(_("%(first)s to %(last)s") % {"first": WEEKDAYS[run[0]], "last": WEEKDAYS[run[-1]]})
        else:
            told += [str(WEEKDAYS[day]) for day in run]
    return joined(told)


def _moment(minute: int) -> str:
    day, at = divmod(minute, DAY_MINUTES)
    if at == 0 and minute:  # the end of the day before reads better than the begin of the next one
        return f"{WEEKDAYS[day - 1]} 24:00"
    return f"{WEEKDAYS[day]} {clock(at)}"


def clock(minute: int) -> str:
    """ "09:00"; the end of a day is "24:00"."""
    at = minute % DAY_MINUTES or (DAY_MINUTES if minute else 0)
    return f"{at // 60:02}:{at % 60:02}"


def joined(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    if len(parts) <= 1:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def receiver(found: Receiver) -> str:
    """Who gets it: a person, a team, nobody; perhaps only on the next business day."""
    if found.person is None and found.team is None:
        return _("no one")
    told = str(found.person or _("team %(name)s") % {"name": found.team})
    return _("%(name)s, next business day") % {"name": told} if found.later else told


def told(code: str, params: Mapping[str, Any]) -> str:
    """What somebody hears when work came to them; no word of anybody outside stands in it."""
    if code == "handing.escalated":
        return _("Case %(case)s came to you because nobody took it.") % params
    many = int(params["count"])
    return ngettext(
        "%(count)s case came to you from a colleague.", "%(count)s cases came to you from a colleague.", many
    ) % {"count": many}


def days_of(first: date, last: date) -> str:
    """Days of an absence."""
    if first == last:
        return times.day_of_week(first)
    return f"{times.day_of_week(first)} – {times.day_of_week(last)}"
