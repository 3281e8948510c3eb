"""What of service is due: posts with their cases, our answers and notes, and wordings that no open case needs."""

from __future__ import annotations

from datetime import date

from resonanz.listening.erasure import delete_posts
from resonanz.listening.models import EarlierWording
from resonanz.listening.retention import due_posts
from resonanz.service.erasure import take_from_cases
from resonanz.service.models import CaseNote, CaseState, Outgoing, OutgoingState

_ON_ITS_WAY = [OutgoingState.QUEUED, OutgoingState.SENDING]


def delete_due_posts(day: date, limit: int) -> int:
    """Delete up to `limit` due posts that stand in cases, and what of the cases goes with them."""
    due = due_posts(day).filter(case_posts__isnull=False).values_list("pk", flat=True)
    ids = sorted(set(due[:limit]))
    return take_from_cases(ids).rows + delete_posts(ids).rows


def delete_due_answers(day: date, limit: int) -> int:
    """Delete up to `limit` of our answers whose day has come; what is on its way arrives first."""
    due = Outgoing.objects.filter(delete_on__lte=day).exclude(state__in=_ON_ITS_WAY).order_by("delete_on", "pk")
    return Outgoing.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_due_notes(day: date, limit: int) -> int:
    """Delete up to `limit` notes whose day has come; the others leave with their case."""
    due = CaseNote.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")
    return CaseNote.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_unneeded_wordings(_day: date, limit: int) -> int:
    """Delete up to `limit` earlier wordings of posts that stand in no open case."""
    unneeded = EarlierWording.objects.exclude(post__case_posts__case__state=CaseState.OPEN).order_by("pk")
    return EarlierWording.objects.filter(pk__in=list(unneeded.values_list("pk", flat=True)[:limit])).delete()[0]
