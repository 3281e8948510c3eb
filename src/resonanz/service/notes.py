"""Notes: what colleagues tell each other about a case. Whoever wrote to us never reads them, unless they ask for it."""

from __future__ import annotations

from django.db import transaction

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.privacy import retention
from resonanz.privacy.models import Purpose
from resonanz.service import mentions
from resonanz.service.cases import hold, note
from resonanz.service.models import Case, CaseNote
from resonanz.service.work.acting import following

MOST_CHARACTERS = 10_000


class NothingWritten(ResonanzError):
    """The note has no words."""

    code = "note.empty"


class TooLong(ResonanzError):
    """The note has more characters than a note may have."""

    code = "note.too_long"


def write(*, case_id: int, text: str, author: User) -> CaseNote:
    """Put a note into the case; raises CaseGone, NothingWritten, TooLong."""
    text = clean(text, most=MOST_CHARACTERS + 1)
    if not text:
        raise NothingWritten
    if len(text) > MOST_CHARACTERS:
        raise TooLong(most=MOST_CHARACTERS)
    return following(case_id, lambda standing_id: _write(standing_id, text, author))


def _write(case_id: int, text: str, author: User) -> CaseNote:
    now = clock.now()
    with transaction.atomic():
        hold(case_id=case_id)
        case = Case.objects.select_related("channel").get(pk=case_id)
        due = retention.delete_on(purpose=Purpose.SERVICE, network=case.channel.network, since=now)
        written = CaseNote.objects.create(case=case, author=author, text=text, created_at=now, delete_on=due)
        note(case=case, act="note.written", actor=author, note=written.pk)
        mentions.call(note=written)
    return written
