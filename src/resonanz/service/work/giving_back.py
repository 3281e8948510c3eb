"""Giving words back: what was taken back, refused or stopped is its author's draft again, so that no word is lost."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db.models import Max, QuerySet

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.listening.models import Post
from resonanz.privacy import retention
from resonanz.privacy.models import Purpose
from resonanz.service.models import Case, Outgoing, OutgoingState

MOST_CHARACTERS = 100_000
KEPT = timedelta(days=30)
"""How long a draft stays without a change."""


def put_back(*, outgoing: Outgoing, to: User | None = None) -> None:
    """What was taken back is a draft again: its author's, or that of `to`; call with it CANCELLED, its case and itself
    locked.

    One that was tried bears the key of its attempts for ever, so its words go to a draft of their own. Where there is a
    draft already, they stand above it.
    """
    owner = to or outgoing.author
    if outgoing.case is None or outgoing.in_reply_to is None or owner is None:
        return
    if outgoing.attempt == 0 and owner == outgoing.author and not drafts_of(outgoing.case.pk, owner).exists():
        outgoing.state, outgoing.delete_on = OutgoingState.DRAFT, draft_delete_on(outgoing.channel.network)
        outgoing.planned_for = None
        outgoing.save(update_fields=["state", "delete_on", "planned_for"])
    else:
        keep_words(outgoing=outgoing, owner=owner)


def keep_words(*, outgoing: Outgoing, owner: User) -> None:
    """The words of an answer in its owner's draft, above what stands there; the answer itself stays as it is."""
    if outgoing.case is None or outgoing.in_reply_to is None:
        return
    draft = drafts_of(outgoing.case.pk, owner).select_for_update(of=("self",)).first()
    if draft is not None:
        _add_above(draft, outgoing.text)
    else:
        begin(outgoing.case, outgoing.in_reply_to, outgoing.text, owner, uuid4())
    add_pictures(outgoing=outgoing, draft=drafts_of(outgoing.case.pk, owner).get())


def drafts_of(case_id: int, author: User) -> QuerySet[Outgoing]:
    """The author's draft in a case: one, or none."""
    return Outgoing.objects.filter(case_id=case_id, author=author, state=OutgoingState.DRAFT)


def begin(case: Case, post: Post, text: str, author: User, key: UUID) -> None:
    """A new draft; an IntegrityError where the author has one in the case."""
    Outgoing.objects.create(
        channel=case.channel,
        case=case,
        in_reply_to=post,
        parent_native_id=post.native_id,
        root_native_id=case.root_native_id,
        visibility=case.visibility,
        author=author,
        state=OutgoingState.DRAFT,
        created_at=clock.now(),
        text=text,
        key=key,
        delete_on=draft_delete_on(case.channel.network),
    )


def draft_delete_on(network: str) -> date:
    """When a draft that nobody changes any more goes."""
    longest = retention.delete_on(purpose=Purpose.SERVICE, network=network, since=clock.now())
    return min(longest, retention.today() + KEPT)


def add_pictures(*, outgoing: Outgoing, draft: Outgoing) -> None:
    """Copies of its pictures, behind those of the draft and but for those that the draft shows already."""
    there = set(draft.attachments.values_list("digest", flat=True))
    last = draft.attachments.aggregate(last=Max("place"))["last"]
    missing = [row for row in outgoing.attachments.order_by("place") if row.digest not in there]
    for place, row in enumerate(missing, 0 if last is None else last + 1):
        row.pk, row.outgoing, row.place = None, draft, place
        row.native_id, row.is_ready_there, row.uploaded_at = "", False, None
        row.save(force_insert=True)


def _add_above(draft: Outgoing, text: str) -> None:
    if text not in draft.text:
        draft.text = clean(f"{text}\n\n{draft.text}", most=MOST_CHARACTERS)
        draft.delete_on = draft_delete_on(draft.channel.network)
        draft.save(update_fields=["text", "delete_on"])
