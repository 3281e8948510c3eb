"""Drafts: what a colleague is writing in a case, kept while it is typed, so that no word is lost.

A draft is an Outgoing in state DRAFT. It becomes the reply when it is sent, and a reply that is taken back becomes the
draft again. It is nobody's affair but its author's: no audit, no notice, no place in the conversation.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from resonanz.accounts.models import User
from resonanz.core.text import clean
from resonanz.service.cases import CaseGone, NotInCase, hold
from resonanz.service.models import Case, CasePost, Outgoing, OutgoingState
from resonanz.service.work.acting import Merged
from resonanz.service.work.giving_back import MOST_CHARACTERS, begin, draft_delete_on, drafts_of, put_back
from resonanz.service.work.merging import standing

__all__ = ["MOST_CHARACTERS", "begun", "is_said", "keep", "of", "put_back", "taken_for_reply"]


def of(*, case_id: int, author: User) -> Outgoing | None:
    """What the author has begun to write in the case."""
    return drafts_of(case_id, author).first()


def keep(*, case_id: int, post_id: int, text: str, author: User, key: UUID) -> Outgoing | None:
    """Keep the author's words in this case in place of those before; empty words remove a draft without pictures.

    `key` is that of the form, and will be the reply's. None when nothing is left to keep: no words, or the form's reply
    says them all. A form that was sent, or taken back, goes on under the key of what is returned. Where the case was
    merged, the words are kept in the one in which it goes on. Raises CaseGone, NotInCase.
    """
    text = clean(text, most=MOST_CHARACTERS)
    if not text:
        return _emptied(drafts_of(standing(case_id=case_id), author))
    try:
        return _keep(case_id, post_id, text, author, key)
    except IntegrityError:  # in this very moment the form was sent, or another tab of the author began
        return _keep(case_id, post_id, text, author, key)
    except (NotInCase, Merged):
        if (into_id := standing(case_id=case_id)) == case_id:
            raise
        return _keep(into_id, post_id, text, author, key)


def _emptied(draft: QuerySet[Outgoing]) -> Outgoing | None:
    """What is left of a draft without words: one that shows pictures."""
    draft.filter(attachments__isnull=True).delete()
    draft.update(text="")
    return draft.first()


def _keep(case_id: int, post_id: int, text: str, author: User, key: UUID) -> Outgoing | None:
    place = _place(case_id, post_id)
    free = _free_key(key, text, case_id, author)
    if free is None:
        return None
    with transaction.atomic():
        if not drafts_of(case_id, author).update(**_words(place, text, free)):
            hold(case_id=case_id)
            begin(place.case, place.post, text, author, free)
    return of(case_id=case_id, author=author)


def begun(*, case_id: int, post_id: int, text: str | None, author: User, key: UUID) -> Outgoing:
    """The author's draft in the case under the form's key, begun where there is none; without `text` its words stay.

    Raises CaseGone, NotInCase.
    """
    case_id = standing(case_id=case_id)
    earlier = of(case_id=case_id, author=author)
    words = clean(text, most=MOST_CHARACTERS) if text is not None else earlier.text if earlier else ""
    with transaction.atomic():
        place = _place(case_id, post_id)
        hold(case_id=case_id)
        free = _free_key(key, words, case_id, author) or uuid4()
        if not drafts_of(case_id, author).update(**_words(place, words, free)):
            begin(place.case, place.post, words, author, free)
        return drafts_of(case_id, author).select_related("channel").get()


def taken_for_reply(*, case_id: int, author: User, key: UUID, text: str) -> Outgoing | None:
    """The author's draft, if the reply `key` shall be made of it; call with the case locked.

    A draft of another form leaves when the reply says all of it, and stays when words or pictures would go with it.
    """
    draft = drafts_of(case_id, author).select_for_update(of=("self",)).first()
    if draft is None or draft.key == key:
        return draft
    if draft.text in text and not draft.attachments.exists():
        draft.delete()
    return None


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
        "delete_on": draft_delete_on(place.case.channel.network),
    }
