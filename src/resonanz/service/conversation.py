"""A case as a conversation: what was said, what we said, what happened, in time order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from resonanz.service.models import Case, CaseEvent, CaseNote, CasePost, Outgoing, OutgoingState


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the conversation: exactly one of `said`, `outgoing`, `event` and `note` is set."""

    at: datetime
    said: CasePost | None = None
    outgoing: Outgoing | None = None
    event: CaseEvent | None = None
    note: CaseNote | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The whole of it, and the posts that still want an answer, oldest first."""

    entries: Sequence[Entry]
    open_posts: Sequence[CasePost]


_SHOWN_EVENTS = ("case.assigned", "case.claimed", "case.none_needed", "case.resolved", "case.reopened",
                 "case.made_of_post", "case.answered_elsewhere", "case.post_removed", "reply.cancelled")  # fmt: skip


def conversation(*, case: Case) -> Conversation:
    """Posts with evaluation and earlier wordings, our replies, what colleagues did and noted."""
    outgoings = list(
        Outgoing.objects.filter(case=case)
        .exclude(state__in=[OutgoingState.DRAFT, OutgoingState.CANCELLED])
        .select_related("author", "in_reply_to")
    )
    said = _posts(case, {outgoing.native_id for outgoing in outgoings if outgoing.native_id})
    events = CaseEvent.objects.filter(case=case, act__in=_SHOWN_EVENTS, undone_at__isnull=True).select_related("actor")
    notes = CaseNote.objects.filter(case=case).select_related("author")
    entries = [
        *(Entry(row.post.posted_at, said=row) for row in said),
        *(Entry(outgoing.sent_at or outgoing.created_at, outgoing=outgoing) for outgoing in outgoings),
        *(Entry(event.at, event=event) for event in events),
        *(Entry(note.created_at, note=note) for note in notes),
    ]
    entries.sort(key=lambda entry: entry.at)
    return Conversation(entries, [row for row in said if row.state == "OPEN"])


def _posts(case: Case, ours: set[str]) -> list[CasePost]:
    """Our own replies come back from the network as posts; each is shown once, as what we sent."""
    rows = CasePost.objects.filter(case=case).select_related("post", "post__evaluation")
    rows = rows.prefetch_related("post__earlier_wordings").order_by("post__posted_at", "id")
    return [row for row in rows if not (row.post.speaker == "OWN" and row.post.native_id in ours)]
