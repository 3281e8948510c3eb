from __future__ import annotations

import pytest

from resonanz.accounts.models import User
from resonanz.service import notes
from resonanz.service.cases import CaseGone
from resonanz.service.conversation import conversation
from resonanz.service.models import Case, CaseEvent, CaseNote

pytestmark = pytest.mark.django_db


def test_note_stands_in_the_conversation_with_its_author(quiet_case: Case, colleague: User) -> None:
    written = notes.write(case_id=quiet_case.pk, text=" Rief an.\x00 ", author=colleague)

    (entry,) = [entry for entry in conversation(case=quiet_case).entries if entry.said is None]
    assert entry.note is not None
    assert entry.note == written
    assert (entry.note.text, entry.note.author, entry.event) == ("Rief an.", colleague, None)
    event = CaseEvent.objects.get(case=quiet_case)
    assert (event.act, event.actor, event.details) == ("note.written", colleague, {"note": written.pk})


def test_note_without_words_or_with_too_many_is_refused_whole(quiet_case: Case, colleague: User) -> None:
    with pytest.raises(notes.NothingWritten):
        notes.write(case_id=quiet_case.pk, text=" \n\x00", author=colleague)
    with pytest.raises(notes.TooLong):
        notes.write(case_id=quiet_case.pk, text="x" * 10_001, author=colleague)
    notes.write(case_id=quiet_case.pk, text="x" * 10_000, author=colleague)

    assert CaseNote.objects.count() == 1


def test_note_on_a_case_that_is_gone_is_refused(quiet_case: Case, colleague: User) -> None:
    gone = quiet_case.pk
    quiet_case.delete()

    with pytest.raises(CaseGone):
        notes.write(case_id=gone, text="Rief an.", author=colleague)
