"""Drafts: what a colleague is writing in a case, kept while it is typed, so that no word is lost.

A draft is an Outgoing in state DRAFT. It becomes the reply when it is sent, and a reply that is taken back becomes the
draft again. It is nobody's affair but its author's: no audit, no notice, no place in the conversation.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.privacy import retention
from resonanz.privacy.models import Purpose
from resonanz.service.cases import CaseGone, NotInCase, hold
from resonanz.service.models import Case, CasePost, Outgoing, OutgoingState

MOST_CHARACTERS = 100_000
KEPT = timedelta(days=30)
"""How long a draft stays without a change."""


def of(*, case_id: int, author: User) -> Outgoing | None:
    """What the author has begun to write in the case."""
    return _of(case_id, author).first()


def keep(*, case_id: int, post_id: int, text: str, author: User, key: UUID) -> Outgoing | None:
    """Keep the author's words in this case in place of those before; empty words remove the draft.

    `key` is that of the form, and will be the reply's. None when nothing is left to keep: no words, or the form's reply
    says them all. A form that was sent, or taken back, goes on under the key of what is returned. Raises CaseGone,
    NotInCase.
    """
    text = clean(text, most=MOST_CHARACTERS)
    if not text:
        _of(case_id, author).delete()
        return None
    try:
        return _keep(case_id, post_id, text, author, key)
    except IntegrityError:  # in this very moment the form was sent, or another tab of the author began
        return _keep(case_id, post_id, text, author, key)


def _keep(case_id: int, post_id: int, text: str, author: User, key: UUID) -> Outgoing | None:
    place = _place(case_id, post_id)
    free = _free_key(key, text, case_id, author)
    if free is None:
        return None
    with transaction.atomic():
        if not _of(case_id, author).update(**_words(place, text, free)):
            hold(case_id=case_id)
            _begin(place, text, author, free)
    return of(case_id=case_id, author=author)


def taken_for_reply(*, case_id: int, author: User, key: UUID, text: str) -> Outgoing | None:
    """The author's draft, if the reply `key` shall be made of it; call with the case locked.

    A draft of another form leaves when the reply says all of it, and stays when it would take words with it.
    """
    draft = _of(case_id, author).select_for_update(of=("self",)).first()
    if draft is None or draft.key == key:
        return draft
    if draft.text in text:
        draft.delete()
    return None


def put_back(*, outgoing: Outgoing) -> None:
    """What was taken back is its author's draft again; call with it CANCELLED, and its case and itself locked.

    One that was tried bears the key of its attempts for ever, so its words go to a draft of their own. Where the author
    has begun something else, they stand above it.
    """
    case, post, author = outgoing.case, outgoing.in_reply_to, outgoing.author
    if case is None or post is None or author is None:
        return
    draft = _of(case.pk, author).select_for_update(of=("self",)).first()
    if draft is not None:
        _add_above(draft, outgoing.text)
    elif outgoing.attempt == 0:
        outgoing.state, outgoing.delete_on = OutgoingState.DRAFT, _delete_on(outgoing.channel.network)
        outgoing.save(update_fields=["state", "delete_on"])
    else:
        _begin(_place(case.pk, post.pk), outgoing.text, author, uuid4())


def _of(case_id: int, author: User) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(case_id=case_id, author=author, state=OutgoingState.DRAFT)


def _free_key(key: UUID, text: str, case_id: int, author: User) -> UUID | None:
    """The key under which the form's words may be kept; None when they were sent under it.

    Another tab may show the same form and go on writing after it was sent: its words get a key of their own.
    """
    standing = Outgoing.objects.filter(key=key).first()
    if standing is None:
        return key
    if standing.author_id != author.pk or standing.case_id != case_id:
        return None
    if standing.state == OutgoingState.DRAFT:
        return key
    return None if is_said(text=text, by=standing) else uuid4()


def is_said(*, text: str, by: Outgoing) -> bool:
    """Whether an answer that was not taken back says all of `text`."""
    return by.state != OutgoingState.CANCELLED and text in by.text


def _place(case_id: int, post_id: int) -> CasePost:
    places = CasePost.objects.select_related("post", "case__channel")
    place = places.filter(case_id=case_id, post_id=post_id).first()
    if place is None:
        raise NotInCase if Case.objects.filter(pk=case_id).exists() else CaseGone
    return place


def _words(place: CasePost, text: str, key: UUID) -> dict[str, Any]:
    return {
        "text": text,
        "key": key,
        "in_reply_to": place.post,
        "parent_native_id": place.post.native_id,
        "delete_on": _delete_on(place.case.channel.network),
    }


def _begin(place: CasePost, text: str, author: User, key: UUID) -> None:
    Outgoing.objects.create(
        channel=place.case.channel,
        case=place.case,
        root_native_id=place.case.root_native_id,
        visibility=place.case.visibility,
        author=author,
        state=OutgoingState.DRAFT,
        created_at=clock.now(),
        **_words(place, text, key),
    )


def _add_above(draft: Outgoing, text: str) -> None:
    if text not in draft.text:
        draft.text = clean(f"{text}\n\n{draft.text}", most=MOST_CHARACTERS)
        draft.delete_on = _delete_on(draft.channel.network)
        draft.save(update_fields=["text", "delete_on"])


def _delete_on(network: str) -> date:
    longest = retention.delete_on(purpose=Purpose.SERVICE, network=network, since=clock.now())
    return min(longest, retention.today() + KEPT)
