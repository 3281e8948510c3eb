"""Declarations in words: what they are, how much time is left, what the law says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resonanz.service.models import Declaration, DeclarationKind, DeclarationState
from resonanz.web import times

KINDS: Mapping[str, Promise] = {
    DeclarationKind.WITHDRAWAL: gettext_lazy("Withdrawal from a contract"),
    DeclarationKind.TERMINATION: gettext_lazy("Termination"),
    DeclarationKind.DEADLINE: gettext_lazy("Deadline set for us"),
    DeclarationKind.DATA_REQUEST: gettext_lazy("Data protection request"),
    DeclarationKind.OBJECTION: gettext_lazy("Objection"),
    DeclarationKind.ACCIDENT: gettext_lazy("Accident or injury"),
}
TERMS: Mapping[str, Promise] = {
    DeclarationKind.WITHDRAWAL: gettext_lazy("Money goes back within 14 days of receipt (§ 357 BGB)."),
    DeclarationKind.TERMINATION: gettext_lazy("Confirm it without delay: three days of our own."),
    DeclarationKind.DEADLINE: gettext_lazy("The day they named."),
    DeclarationKind.DATA_REQUEST: gettext_lazy("One month from receipt (Art. 12 (3) GDPR; requests of Art. 15 to 20)."),
    DeclarationKind.OBJECTION: gettext_lazy("Advertising stops at once (Art. 21 GDPR): two days of our own."),
    DeclarationKind.ACCIDENT: gettext_lazy("Report without delay (Art. 20 GPSR): one day of our own."),
}


@dataclass(frozen=True, slots=True)
class Band:
    """One declaration as the page of its case shows it."""

    row: Declaration
    title: str
    received: str
    due: times.Due | None
    is_open: bool
    term: str = ""


def bands(rows: Sequence[Declaration]) -> list[Band]:
    """In the order given."""
    return [_band(row) for row in rows]


def _band(row: Declaration) -> Band:
    title = str(KINDS[row.kind]) if row.kind else _("Perhaps a declaration")
    is_open = row.state != DeclarationState.DONE
    return Band(
        row,
        title,
        _received(row.received_at, by_network=row.by_network),
        times.due(row.due_at) if is_open else None,
        is_open,
        str(TERMS[row.kind]) if row.kind else "",
    )


def _received(moment: datetime, *, by_network: bool) -> str:
    """Which moment it is that the clock runs from, and whose."""
    told = {"time": times.exact(moment)}
    if by_network:
        return _("received %(time)s, as the network tells") % told
    return _("received %(time)s, when it was taken in") % told


def kinds() -> list[tuple[str, str, str]]:
    """What can be chosen: code, name, and what it means for the time."""
    return [(code.value, str(KINDS[code]), str(TERMS[code])) for code in DeclarationKind]
