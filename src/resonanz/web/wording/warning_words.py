"""Warnings in words, for pages and for messages that leave the house: no word of anybody outside stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resonanz.accounts.models import User
from resonanz.accounts.notifications import Line
from resonanz.core import clock
from resonanz.duties import alarms
from resonanz.guidelines import acknowledging
from resonanz.service import mentions
from resonanz.service.models import CaseWarning
from resonanz.web import times
from resonanz.web.wording import due_words, duty_words, words

MOST_LINES = 5


def say(lines: Sequence[Line], user: User | None) -> tuple[str, str]:
    """Subject and text for a colleague in their language and zone, or for a room in the company's."""
    language = (user.language if user else "") or settings.COMPANY_LANGUAGES[0]
    zone = ZoneInfo((user.time_zone if user else "") or settings.DEFAULT_TIME_ZONE)
    with translation.override(language), timezone.override(zone):
        told = [f"{sentence(line.code, line.params)}\n{settings.BASE_URL}{line.path}" for line in lines[:MOST_LINES]]
        more = len(lines) - MOST_LINES
        if more > 0:
            others = ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}
            told.append(f"{others}\n{settings.BASE_URL}/inbox/")
        return _subject(lines), "\n\n".join(told)


def sentence(code: str, params: dict[str, Any]) -> str:
    """One line of a message: "Case 123 on Mastodon: an answer is due in 30 min"."""
    if code in (mentions.CALLED, "notification.test", "snippet.past", "planned.stopped", acknowledging.REMINDER):
        return words.sentence(code, params)
    if code in alarms.CODES:
        return _channel_alarm(code, params)
    if code.startswith("handing."):
        return duty_words.told(code, params)
    due_at = datetime.fromisoformat(params["due_at"])
    filling = {
        "case": params["case"],
        "network": words.word("networks", params["network"]),
        "until": due_words.until(due_at - clock.now()),
    }
    return _pattern(code, late=due_at < clock.now()) % filling


def of(row: CaseWarning) -> str:
    """The same for a page."""
    params = {"case": row.case_id, "network": row.case.channel.network, "due_at": row.due_at.isoformat()}
    return sentence(f"warning.{row.matter.lower()}", params)


def _pattern(code: str, *, late: bool) -> str:
    if code == "warning.crisis":
        return _("Case %(case)s on %(network)s may be a crisis; somebody should look at it at once")
    if code == "warning.declared":
        return (
            _("Case %(case)s on %(network)s: a declaration was to be dealt with %(until)s")
            if late
            else _("Case %(case)s on %(network)s: a declaration wants a decision, due %(until)s")
        )
    if code == "warning.alarm":
        return _("Case %(case)s on %(network)s has waited too long by the clock; its hard alarm was %(until)s")
    if code == "warning.resolution":
        return (
            _("Case %(case)s on %(network)s: was to be resolved %(until)s")
            if late
            else _("Case %(case)s on %(network)s: is to be resolved %(until)s")
        )
    if code == "warning.approval":
        return _("Case %(case)s on %(network)s: an answer waits for approval, due %(until)s")
    return (
        _("Case %(case)s on %(network)s: an answer was due %(until)s")
        if late
        else _("Case %(case)s on %(network)s: an answer is due %(until)s")
    )


def _channel_alarm(code: str, params: dict[str, Any]) -> str:
    if code == alarms.STOPPED:
        told = _("The channel %(channel)s has stopped: %(why)s")
        return told % {"channel": params["channel"], "why": words.sentence(params["why"], {})}
    if code == alarms.SILENT:
        told = _("The provider of the channel %(channel)s has brought nothing since %(day)s, longer than usual.")
        return told % {"channel": params["channel"], "day": _day(params["since"])}
    told = (
        _("The connection of the channel %(channel)s ends on %(day)s. Until then it has to be connected again.")
        if code == alarms.ENDS
        else _("The connection of the channel %(channel)s ended on %(day)s. It has to be connected again.")
    )
    return told % {"channel": params["channel"], "day": _day(params["ends_at"])}


def _day(moment: str) -> str:
    return times.day(datetime.fromisoformat(moment))


def _subject(lines: Sequence[Line]) -> str:
    if lines[0].code == "notification.test":
        return _("Resonanz: a test")
    if lines[0].code == acknowledging.REMINDER:
        return _("Resonanz: the guideline waits to be read")
    if all(line.code in alarms.CODES for line in lines):
        return _("Resonanz: a channel needs somebody")
    if lines[0].code == "snippet.past":
        return _("Resonanz: a snippet is past its day")
    if all(line.code == mentions.CALLED for line in lines):
        return _("Resonanz: a note calls")
    if all(line.code.startswith("handing.") for line in lines):
        return _("Resonanz: work came to you")
    if any(line.code == "warning.crisis" for line in lines):
        return _("Resonanz: perhaps a crisis")
    if any(line.code == "warning.alarm" for line in lines):
        return _("Resonanz: without an answer for too long")
    return ngettext("Resonanz: %(count)s case comes due", "Resonanz: %(count)s cases come due", len(lines)) % {
        "count": len(lines)
    }
