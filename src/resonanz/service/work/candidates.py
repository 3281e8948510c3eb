"""Which cases may be the same matter as this one: of the same person, in the same thread, lately on the same topic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left

from resonanz.core import clock
from resonanz.listening.models import Visible
from resonanz.service.models import Case, CasePost, CaseState
from resonanz.service.work.merging import why_not

MOST = 6
LATELY = timedelta(days=3)
MOST_SHOWN = 200  # characters of what was said last, to know the case by


class Alike(StrEnum):
    """What two cases have in common."""

    PERSON = "PERSON"
    THREAD = "THREAD"
    TOPIC = "TOPIC"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case (with `latest_text`) that may be merged with another one, and why it is thought of."""

    case: Case
    alike: Alike


def candidates(*, case: Case) -> list[Candidate]:
    """Open cases with which this one may stand together, the likeliest first."""
    found: dict[int, Candidate] = {}
    for alike, wanted in _alike(case).items():
        for other in _open_beside(case).filter(wanted).order_by("-last_post_at", "-pk")[:MOST]:
            if why_not(source=case, target=other) is None:
                found.setdefault(other.pk, Candidate(other, alike))
    return list(found.values())[:MOST]


def _alike(case: Case) -> dict[Alike, Q]:
    wanted = {}
    if case.identity_id is not None:
        wanted[Alike.PERSON] = Q(identity=case.identity_id)
    if case.visibility == Visible.PUBLIC:
        parts = Q(pk=case.split_from_id or 0) | Q(split_from=case.pk)
        wanted[Alike.THREAD] = parts | Q(network=case.network, origin=case.origin, root_native_id=case.root_native_id)
        if case.topic_id is not None:
            wanted[Alike.TOPIC] = Q(topic=case.topic_id, last_post_at__gte=clock.now() - LATELY)
    return wanted


def _open_beside(case: Case) -> QuerySet[Case]:
    rows = Case.objects.filter(state=CaseState.OPEN, visibility=case.visibility, private_with=case.private_with)
    newest = CasePost.objects.filter(case=OuterRef("pk"), post__speaker="OUTSIDER").order_by("-post__posted_at", "-id")
    said = Subquery(newest.annotate(begins=Left("post__text", MOST_SHOWN)).values("begins")[:1])
    return rows.exclude(pk=case.pk).annotate(latest_text=said).select_related("channel", "identity", "topic")
