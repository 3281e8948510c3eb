"""Asking a machine for a draft, from the page of a case: the row first, then the job."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.listening.models import Post
from resonanz.privacy import audit
from resonanz.service.assistant import drafting, material, settings
from resonanz.service.cases import NotInCase
from resonanz.service.models import Case, CasePost, MachineDraft, MachineDraftState
from resonanz.service.tasks import draft_with_machine

PATIENCE = timedelta(seconds=90)
"""Whoever waits longer waits for a job that is lost."""


class Withheld(ResonanzError):
    """It is off, or this post is not told to a machine; the code says why."""

    code = "assistant.off"


def why_not(*, case: Case, post: Post) -> str:
    """Why no draft can be had here, as a code: `assistant.off`, `assistant.private` …; "" where it can."""
    allowed = settings.in_use()
    return "assistant.off" if allowed is None else material.why_not(case=case, post=post, allowed=allowed)


def ask(*, case_id: int, post_id: int, actor: User) -> MachineDraft:
    """Put the question on its way; one that this colleague is waiting for already is given back. Raises Withheld."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).select_related("channel").get(pk=case_id)
        place = CasePost.objects.select_related("post").filter(case=case, post_id=post_id).first()
        if place is None:
            raise NotInCase
        if reason := why_not(case=case, post=place.post):
            raise Withheld(reason)
        mine = MachineDraft.objects.filter(case=case, asked_by=actor, asked_at__gt=clock.now() - PATIENCE)
        waiting = mine.filter(state=MachineDraftState.ASKED, post=place.post).first()
        if waiting:
            return waiting
        row = MachineDraft.objects.create(case=case, post=place.post, asked_by=actor, asked_at=clock.now())
        audit.record(act="assistant.asked", actor=actor_of(actor), thing="case", thing_id=case.pk)
        draft_with_machine.later(draft_id=row.pk)
    return row


def found(*, case_id: int, draft_id: int, reader: User) -> MachineDraft | None:
    """A draft for whoever asked for it; one that nobody makes any more has failed."""
    row = MachineDraft.objects.filter(pk=draft_id, case_id=case_id, asked_by=reader).first()
    if row and row.state == MachineDraftState.ASKED and row.asked_at < clock.now() - PATIENCE:
        row.state, row.failure_code = MachineDraftState.FAILED, drafting.LOST
    return row
