"""By when a declaration is to be dealt with, counted from its receipt, and how long its proof is kept.

A declaration takes effect when it reaches us (§ 130 (1) BGB). The day of receipt does not count (§ 187 (1) BGB), and a
time ends with its last day (§ 188 BGB; Art. 3 Regulation 1182/71). That a time which ends on a Sunday goes on until the
next working day is left out on purpose: so nobody is late. Not legal advice; what the law leaves open ("without undue
delay") got a number of days of ours.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from resonanz.privacy.models import KeepReason
from resonanz.service.models import DeclarationKind

MOST_DAYS = 3650
"""No deadline that anybody sets lies further ahead."""
_CLAIM_YEARS = 3
_SAFETY_YEARS = 5


@dataclass(frozen=True, slots=True)
class Term:
    """How long there is: months or days; neither where the declaration itself names the day."""

    months: int = 0
    days: int = 0
    keep: KeepReason | None = None


TERMS: Mapping[DeclarationKind, Term] = {
    # Money goes back within 14 days of the day on which the withdrawal arrived (§ 357 (1) BGB).
    DeclarationKind.WITHDRAWAL: Term(days=14, keep=KeepReason.CLAIM),
    # It is to be confirmed without undue delay; when the contract ends depends on when it arrived.
    DeclarationKind.TERMINATION: Term(days=3, keep=KeepReason.CLAIM),
    # They name the day (as with § 281 (1), § 323 (1) BGB).
    DeclarationKind.DEADLINE: Term(keep=KeepReason.CLAIM),
    # Art. 12 (3) GDPR, for requests under Art. 15 to 20. Its author may have asked for erasure: nothing is held.
    DeclarationKind.DATA_REQUEST: Term(months=1),
    # Advertising stops at once (Art. 21 (3) GDPR); the answer may take the month of Art. 12 (3).
    DeclarationKind.OBJECTION: Term(days=2),
    # Makers tell the authority without undue delay (Art. 20 (1) GPSR) and keep a register (Art. 9 GPSR).
    DeclarationKind.ACCIDENT: Term(days=1, keep=KeepReason.PRODUCT_SAFETY),
}


def due(*, kind: DeclarationKind, received_at: datetime, named_day: date | None, zone: ZoneInfo) -> datetime | None:
    """The last minute of the last day; None where the kind needs a day and none is named."""
    term, received = TERMS[kind], received_at.astimezone(zone).date()
    if kind is DeclarationKind.DEADLINE:
        last = named_day
    else:
        last = _months_after(received, term.months) + timedelta(days=term.days)
    return datetime.combine(last, time(23, 59), zone) if last else None


def keep_until(*, kind: DeclarationKind, received_at: datetime, zone: ZoneInfo) -> tuple[date, KeepReason] | None:
    """Until when proof of it is kept, and why. Claims are barred three years after the end of the year (§ 199 BGB)."""
    reason = TERMS[kind].keep
    if reason is None:
        return None
    received = received_at.astimezone(zone).date()
    if reason is KeepReason.PRODUCT_SAFETY:
        return _months_after(received, 12 * _SAFETY_YEARS), reason
    return date(received.year + _CLAIM_YEARS, 12, 31), reason


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one where it is shorter (§ 188 (3) BGB)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
