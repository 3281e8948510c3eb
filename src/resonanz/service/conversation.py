"""A case as a conversation: what was said, what we said, what happened, in time order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.db.models import Exists, F, OuterRef, Prefetch, Q, prefetch_related_objects

from resonanz.accounts.models import User
from resonanz.listening.models import Post, PostMedia, PostQuote, Visible
from resonanz.service import quoting
from resonanz.service.enquiries import waiting
from resonanz.service.lists.tags import TAGS
from resonanz.service.models import (
    Approval,
    Attachment,
    Case,
    CaseEvent,
    CaseNote,
    CasePost,
    CasePostState,
    Declaration,
    Enquiry,
    Moderation,
    NoneNeeded,
    Outgoing,
    OutgoingState,
)
from resonanz.service.moderation.standing import standing
from resonanz.service.work import declarations


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the conversation: exactly one of `said`, `outgoing`, `event` and `note` is set.

    `approval`: the request for a signature that the answer awaits or got, or that the event tells of. `moderations`:
    what was done to it besides answering, as far as that still holds.
    """

    at: datetime
    said: CasePost | None = None
    outgoing: Outgoing | None = None
    event: CaseEvent | None = None
    note: CaseNote | None = None
    moderations: Sequence[Moderation] = ()
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The whole of it, the posts that still want an answer (oldest first), and who was asked and has not answered.

    `draft`: what the reader has begun to write.
    """

    entries: Sequence[Entry]
    open_posts: Sequence[CasePost]
    enquiries: Sequence[Enquiry] = ()
    draft: Outgoing | None = None
    declarations: Sequence[Declaration] = ()

    def tells_of(self, act: str) -> bool:
        """Whether this act stands in it."""
        return any(entry.event and entry.event.act == act for entry in self.entries)


MOST_IN_PUBLIC = 30
MEDIA = Prefetch("media", queryset=PostMedia.objects.order_by("place"), to_attr="shown_media")
PICTURES = Prefetch(
    "attachments", queryset=Attachment.objects.defer("data").order_by("place"), to_attr="shown_pictures"
)
_SHOWN_EVENTS = ("case.assigned", "case.claimed", "case.released", "case.handed_over", "case.snoozed", "case.woken",
                 "case.returned", "case.linked", "case.unlinked",
                 "case.merged", "case.split", "case.parted", "case.issue_bound", "case.issue_unbound",
                 "case.none_needed", "case.resolved", "case.reopened",
                 "case.made_of_post", "case.given_to_neutral", "case.continued_in_private", "enquiry.asked",
                 "case.answered_elsewhere",
                 "case.post_removed", "case.heard_there",
                 "reply.cancelled", "approval.refused",
                 "approval.superseded", "must.assigned", "must.breached", "case.crisis", "case.no_crisis",
                 "declaration.found", "declaration.none", "declaration.is_one", "declaration.done")  # fmt: skip


# What few cases have is asked for only where it is there; what a page of a case shows besides gets its line here.
_HELD = {
    "has_outgoings": Exists(Outgoing.objects.filter(case=OuterRef("pk"))),
    "has_notes": Exists(CaseNote.objects.filter(case=OuterRef("pk"))),
    "has_media": Exists(PostMedia.objects.filter(post__case_posts__case=OuterRef("pk"))),
    "has_quotes": Exists(PostQuote.objects.filter(post__case_posts__case=OuterRef("pk"))),
    "has_moderations": Exists(Moderation.objects.filter(case=OuterRef("pk"))),
    "has_declarations": Exists(Declaration.objects.filter(case=OuterRef("pk")).exclude(state="NONE")),
    "has_attachments": Exists(Attachment.objects.filter(outgoing__case=OuterRef("pk"))),
}


def opened(*, case_id: int) -> Case | None:
    """A case as its page shows it, and whether it has anything of what most cases have not."""
    with_names = Case.objects.select_related(
        "channel", "topic", "team", "assignee", "claimed_by", "identity__person", "aftermath__post"
    )
    return with_names.annotate(tags=TAGS, **_HELD).filter(pk=case_id).first()


def _may_have(case: Case, what: str) -> bool:
    """False where nothing of it would be found; a case that was not `opened` may have anything."""
    return bool(getattr(case, f"has_{what}", True))


def conversation(*, case: Case, reader: User | None = None) -> Conversation:
    """Posts with evaluation and earlier wordings, our replies, what colleagues did and noted; the reader's draft."""
    others_drafts = Q(state=OutgoingState.DRAFT) & ~Q(author=reader) if reader else Q(state=OutgoingState.DRAFT)
    ours = Outgoing.objects.filter(case=case).exclude(others_drafts).exclude(state=OutgoingState.CANCELLED)
    written = list(ours.select_related("author", "in_reply_to")) if _may_have(case, "outgoings") else []
    _with_pictures(case, written)
    outgoings = [row for row in written if row.state != OutgoingState.DRAFT]
    said = _posts(case, {name for outgoing in outgoings for name in (outgoing.native_id, outgoing.url) if name})
    found = CaseEvent.objects.filter(case=case, act__in=_SHOWN_EVENTS, undone_at__isnull=True).select_related("actor")
    noted = CaseNote.objects.filter(case=case).select_related("author", "enquiry")
    notes = list(noted) if _may_have(case, "notes") else []
    events, asked_for = list(found), _Approvals(case)
    moderated = standing(case_id=case.pk) if _may_have(case, "moderations") else {}
    entries = [
        *(
            Entry(row.post.posted_at, said=row, moderations=moderated.get(("post", row.post_id), ()))
            for row in [*_said_in_public(case, said), *said]
        ),
        *(
            Entry(
                outgoing.sent_at or outgoing.created_at,
                outgoing=outgoing,
                approval=asked_for.of(outgoing),
                moderations=moderated.get(("outgoing", outgoing.pk), ()),
            )
            for outgoing in outgoings
        ),
        *(Entry(event.at, event=event, approval=asked_for.told_by(event)) for event in events),
        *(Entry(note.created_at, note=note) for note in notes),
    ]
    entries.sort(key=lambda entry: entry.at)
    draft = next((row for row in written if row.state == OutgoingState.DRAFT), None)
    declared = declarations.of_case(case_id=case.pk) if _may_have(case, "declarations") else []
    talk = Conversation(entries, [row for row in said if row.state == "OPEN"], draft=draft, declarations=declared)
    asked = talk.tells_of("enquiry.asked")
    return replace(talk, enquiries=list(waiting(case_id=case.pk))) if asked else talk


def _with_pictures(case: Case, written: Sequence[Outgoing]) -> None:
    """What stands beside each; where the case has no picture, nobody has to ask answer by answer."""
    if written and _may_have(case, "attachments"):
        prefetch_related_objects(written, PICTURES)
    else:
        for outgoing in written:
            outgoing.shown_pictures = []  # type: ignore[attr-defined] # as the prefetch does


class _Approvals:
    """The requests for signatures in a case, read once, and only where there are any."""

    def __init__(self, case: Case) -> None:
        self._case = case

    @cached_property
    def _rows(self) -> dict[int, Approval]:
        rows = Approval.objects.filter(outgoing__case=self._case).select_related("requested_by", "decided_by")
        return {row.pk: row for row in rows.order_by("pk")}

    def of(self, outgoing: Outgoing) -> Approval | None:
        """The newest request about an answer."""
        if outgoing.state != OutgoingState.AWAITING and "approval" not in outgoing.ruling:
            return None
        return next((row for row in reversed(self._rows.values()) if row.outgoing_id == outgoing.pk), None)

    def told_by(self, event: CaseEvent) -> Approval | None:
        """The request an event tells of."""
        asked = event.details.get("approval") if event.act.startswith("approval.") else None
        return self._rows.get(asked) if isinstance(asked, int) else None


def _posts(case: Case, ours: set[str]) -> list[CasePost]:
    """Our own replies come back from the network as posts; each is shown once, as what we sent."""
    found = CasePost.objects.filter(case=case).select_related("post", "post__evaluation")
    found = found.annotate(alike=F("post__likeness__alike"))
    rows = list(found.order_by("post__posted_at", "id"))
    if _may_have(case, "media"):
        prefetch_related_objects([row.post for row in rows], MEDIA)
    if _may_have(case, "quotes"):
        quoting.beside([row.post for row in rows])
    # Few posts are ever changed, and only those have earlier wordings.
    prefetch_related_objects([row.post for row in rows if row.post.edited_at], "earlier_wordings")
    return [row for row in rows if not (row.post.speaker == "OWN" and ours & {row.post.native_id, row.post.url})]


def _said_in_public(case: Case, shown: Sequence[CasePost]) -> list[CasePost]:
    """What stands in public in the thread that a private case began in: context, for whoever answers in private.

    Never the other way round: what is private shows in the case of its own person alone.
    """
    if case.visibility != Visible.PRIVATE:
        return []
    found = Post.objects.filter(
        network=case.network, origin=case.origin, root_native_id=case.root_native_id, visibility=Visible.PUBLIC
    )
    newest = found.exclude(pk__in=[row.post_id for row in shown]).order_by("-posted_at", "-id")[:MOST_IN_PUBLIC]
    context = {"state": CasePostState.NONE_NEEDED, "reason": NoneNeeded.CONTEXT}
    posts = list(newest.select_related("evaluation").prefetch_related("earlier_wordings", MEDIA))
    quoting.beside(posts)
    return [CasePost(case=case, post=post, **context) for post in posts]
