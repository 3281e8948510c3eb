"""Handing over: a case goes to a colleague or a team, with a note on what it is about, in one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.privacy import retention
from resonanz.privacy.models import Purpose
from resonanz.service.models import Case, CaseNote
from resonanz.service.notes import MOST_CHARACTERS, TooLong
from resonanz.service.work.acting import CLAIM, CaseAct, Done, act_on, before, only_open
from resonanz.service.work.leases import end_claim

_COLUMNS = ("assignee_id", "team_id", *CLAIM)


class ToNobody(ResonanzError):
    """Neither a colleague nor a team was named."""

    code = "handover.to_nobody"


class HandOver(CaseAct):
    """Give cases to a colleague, or to a team in which anybody may take them, and say why."""

    name: ClassVar[str] = "case.handed_over"
    columns: ClassVar[tuple[str, ...]] = _COLUMNS

    def __init__(self, *, actor: User, assignee_id: int | None, team_id: int | None, text: str = "") -> None:
        self._actor = actor
        self._assignee_id, self._team_id = assignee_id, team_id
        self._text = clean(text, most=MOST_CHARACTERS + 1)
        if assignee_id is None and team_id is None:
            raise ToNobody
        if len(self._text) > MOST_CHARACTERS:
            raise TooLong(most=MOST_CHARACTERS)

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Raises NotOpen."""
        only_open(case)
        stood = before(case, _COLUMNS)
        case.assignee_id = self._assignee_id
        if self._team_id is not None:
            case.team_id = self._team_id
        end_claim(case)
        return {"assignee": self._assignee_id, "team": self._team_id, "before": stood}

    def finish(self, done: Sequence[Done]) -> None:
        """The note stands in each of the cases, and leaves with what is taken back."""
        if not self._text:
            return
        notes = CaseNote.objects.bulk_create([_note(each.case, self._text, self._actor) for each in done])
        for each, written in zip(done, notes, strict=True):
            each.details["note"] = written.pk


def _note(case: Case, text: str, author: User) -> CaseNote:
    now = clock.now()
    due = retention.delete_on(purpose=Purpose.SERVICE, network=case.channel.network, since=now)
    return CaseNote(case=case, author=author, text=text, created_at=now, delete_on=due)


def hand_over(*, case_id: int, assignee_id: int | None, team_id: int | None, text: str, actor: User) -> Case:
    """Give a case to a colleague or a team with a note; raises NotOpen, ToNobody, TooLong."""
    return act_on(
        act=HandOver(actor=actor, assignee_id=assignee_id, team_id=team_id, text=text), case_id=case_id, actor=actor
    )
