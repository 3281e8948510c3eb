"""What of service is due: posts with their cases, our answers and notes, and wordings that no open case needs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from resonanz.core import clock
from resonanz.listening.erasure import delete_posts
from resonanz.listening.models import EarlierWording, Post
from resonanz.listening.retention import due_posts
from resonanz.service.erasure import take_from_cases
from resonanz.service.models import (
    Case,
    CaseNote,
    CasePost,
    CaseState,
    CaseWarning,
    Enquiry,
    KnownIssue,
    MachineDraft,
    Moderation,
    ModerationState,
    Outgoing,
    OutgoingState,
    Recomputation,
)

WARNING_DAYS = 30
RECOMPUTATION_DAYS = 90
MACHINE_WORDS = timedelta(days=1)
MACHINE_DRAFT_DAYS = 30
_ON_ITS_WAY = [OutgoingState.QUEUED, OutgoingState.SENDING]


def delete_due_posts(day: date, limit: int) -> int:
    """Delete up to `limit` due posts that stand in cases, and what of the cases goes with them."""
    due = due_posts(day).filter(case_posts__isnull=False).values_list("pk", flat=True)
    ids = sorted(set(due[:limit]))
    return take_from_cases(ids).rows + delete_posts(ids).rows


def shorten_naming(day: date, limit: int) -> int:
    """What is said of employees by name leaves soon after its case was closed: how many posts and answers are due now.

    What another case that is open still needs stays, and so does what must be kept (`privacy.retention`).
    """
    closed_before = clock.now() - timedelta(days=settings.NAMED_EMPLOYEES_DAYS)
    done = Case.objects.filter(state=CaseState.RESOLVED, names_employees=True, resolved_at__lte=closed_before)
    needed = CasePost.objects.filter(case__state=CaseState.OPEN).values("post")
    posts = Post.objects.filter(case_posts__case__in=done, delete_on__gt=day).exclude(pk__in=needed).values("pk")
    count = Post.objects.filter(pk__in=posts[:limit]).update(delete_on=day)
    count += _due_now(Outgoing.objects.filter(case__in=done), day, limit)
    return count + _due_now(CaseNote.objects.filter(case__in=done), day, limit)


def _due_now(rows: QuerySet[Any], day: date, limit: int) -> int:
    later = list(rows.filter(delete_on__gt=day).order_by("pk").values_list("pk", flat=True)[:limit])
    return rows.model.objects.filter(pk__in=later).update(delete_on=day)  # type: ignore[no-any-return]


def delete_due_answers(day: date, limit: int) -> int:
    """Delete up to `limit` of our answers whose day has come; what is on its way arrives first."""
    due = Outgoing.objects.filter(delete_on__lte=day).exclude(state__in=_ON_ITS_WAY).order_by("delete_on", "pk")
    return Outgoing.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_due_moderations(day: date, limit: int) -> int:
    """Delete up to `limit` rows of the moderation ledger whose day has come."""
    due = (
        Moderation.objects.filter(delete_on__lte=day).exclude(state=ModerationState.SENDING).order_by("delete_on", "pk")
    )
    return Moderation.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_due_notes(day: date, limit: int) -> int:
    """Delete up to `limit` notes whose day has come; the others leave with their case."""
    due = CaseNote.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")
    return CaseNote.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_due_enquiries(day: date, limit: int) -> int:
    """Delete up to `limit` questions to colleagues whose day has come; what an ended one showed leaves at once."""
    Enquiry.objects.filter(ends_at__lt=clock.now()).exclude(excerpt="").update(excerpt="")
    due = Enquiry.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")
    return Enquiry.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_unneeded_wordings(_day: date, limit: int) -> int:
    """Delete up to `limit` earlier wordings of posts that stand in no open case."""
    unneeded = EarlierWording.objects.exclude(post__case_posts__case__state=CaseState.OPEN).order_by("pk")
    return EarlierWording.objects.filter(pk__in=list(unneeded.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_old_warnings(_day: date, limit: int) -> int:
    """Delete up to `limit` warnings whose days are over, and what tells of due times that were reckoned anew."""
    old = CaseWarning.objects.filter(made_at__lte=clock.now() - timedelta(days=WARNING_DAYS)).order_by("pk")
    gone = CaseWarning.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]
    past = Recomputation.objects.filter(begun_at__lte=clock.now() - timedelta(days=RECOMPUTATION_DAYS)).order_by("pk")
    return gone + Recomputation.objects.filter(pk__in=list(past.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_due_issues(day: date, limit: int) -> int:
    """Delete up to `limit` known issues that were solved long ago; what was told stays with its cases."""
    due = KnownIssue.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")
    return KnownIssue.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_old_machine_drafts(_day: date, limit: int) -> int:
    """Take the words of drafts that nobody looks at any more, and delete up to `limit` whose days are over."""
    now = clock.now()
    MachineDraft.objects.filter(asked_at__lte=now - MACHINE_WORDS).exclude(text="").update(text="")
    old = MachineDraft.objects.filter(asked_at__lte=now - timedelta(days=MACHINE_DRAFT_DAYS)).order_by("pk")
    return MachineDraft.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]
