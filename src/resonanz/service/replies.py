"""Replies: what a person writes, ruled on, put on its way, and taken back within the time for it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.guidelines import in_force
from resonanz.guidelines.ruling import Draft, Outcome, Ruling
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.networks.errors import Unsupported
from resonanz.privacy import audit, retention
from resonanz.privacy.models import Purpose
from resonanz.service import drafts
from resonanz.service.cases import NotInCase, locked_with_case, note
from resonanz.service.models import Case, CasePost, Outgoing, OutgoingState
from resonanz.service.tasks import send

TIME_TO_UNDO = timedelta(seconds=10)


class NotAllowed(ResonanzError):
    """The guideline does not let this be said; `clause` names the part of it."""

    code = "reply.not_allowed"


class AlreadySent(ResonanzError):
    """The form was sent before, with other words."""

    code = "reply.already_sent"


class UnderWay(ResonanzError):
    """A colleague's answer to this post is on its way."""

    code = "reply.under_way"


class TooLate(ResonanzError):
    """It is already on its way and cannot be taken back here."""

    code = "reply.too_late"


def rule_on(*, case: Case, text: str, author: User) -> Ruling:
    """What the guideline says about this text as an answer in this case."""
    limits = registry.connector(case.channel.network).limits
    return in_force.ruling(
        draft=Draft(
            text=text,
            role=author.role,
            network=case.channel.network,
            visibility=case.visibility,
            intent=case.intent,
            text_length_limit=limits.text_length,
        )
    )


def queue_reply(
    *, case_id: int, post_id: int, text: str, author: User, key: UUID, then_resolve: bool = False
) -> Outgoing:
    """Put an answer on its way: row, audit record and job in one transaction, not due before `TIME_TO_UNDO`.

    `key` belongs to the form: sent twice, it is one reply. `then_resolve`: the case is resolved once it is sent, unless
    something else is open in it. Refused, the words stay as the author's draft.
    Raises Case.DoesNotExist, NotAllowed, Unsupported, NotInCase, UnderWay, AlreadySent.
    """
    text = clean(text, most=drafts.MOST_CHARACTERS)
    try:
        return _queue_reply(case_id, post_id, text, author, key, then_resolve)
    except (NotAllowed, Unsupported, UnderWay, AlreadySent):
        if text:
            drafts.keep(case_id=case_id, post_id=post_id, text=text, author=author, key=key)
        raise


def _queue_reply(case_id: int, post_id: int, text: str, author: User, key: UUID, then_resolve: bool) -> Outgoing:
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).select_related("channel").get(pk=case_id)
        draft = drafts.taken_for_reply(case_id=case_id, author=author, key=key, text=text)
        earlier = None if draft else Outgoing.objects.filter(key=key).first()
        if earlier is not None and earlier.state != OutgoingState.CANCELLED:
            return _only_once(earlier, text, author)
        ruling = _ruled(case, text, author)
        if _others_answer(post_id, author):
            raise UnderWay
        outgoing = draft or Outgoing(key=uuid4() if earlier else key)
        outgoing.then_resolve = then_resolve
        _queue(outgoing, case, post_id, text, author, ruling)
        audit.record(
            act="reply.queued", actor=actor_of(author), thing="outgoing", thing_id=outgoing.pk,
            case=case.pk, clause=ruling.clause, guideline=ruling.version,
        )  # fmt: skip
        note(case=case, act="reply.queued", actor=author, outgoing=outgoing.pk)
        send.later(at=outgoing.due_at, outgoing_id=outgoing.pk)
    return outgoing


def _only_once(earlier: Outgoing, text: str, author: User) -> Outgoing:
    """The reply of a form that is sent twice; two tabs that show the same form may have written different things."""
    if earlier.author_id == author.pk and not drafts.is_said(text=text, by=earlier):
        raise AlreadySent
    return earlier


def _ruled(case: Case, text: str, author: User) -> Ruling:
    """The ruling that lets it pass; raises where there is none."""
    if not able(registry.connector(case.channel.network), Capability.REPLY):
        raise Unsupported(network=case.channel.network)
    ruling = rule_on(case=case, text=text, author=author)
    if ruling.outcome is not Outcome.ALLOWED:
        raise NotAllowed(clause=ruling.clause, outcome=ruling.outcome.value, **ruling.params)
    return ruling


def _others_answer(post_id: int, author: User) -> bool:
    """Whether a colleague's answer to the same post has not arrived yet; a public answer is given once."""
    on_its_way = [OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNKNOWN]
    return Outgoing.objects.filter(in_reply_to_id=post_id, state__in=on_its_way).exclude(author=author).exists()


def _queue(outgoing: Outgoing, case: Case, post_id: int, text: str, author: User, ruling: Ruling) -> None:
    place = CasePost.objects.select_related("post").filter(case=case, post_id=post_id).first()
    if place is None:
        raise NotInCase
    now = clock.now()
    outgoing.channel, outgoing.case, outgoing.in_reply_to = case.channel, case, place.post
    outgoing.parent_native_id, outgoing.root_native_id = place.post.native_id, case.root_native_id
    outgoing.visibility, outgoing.author = case.visibility, author
    outgoing.text, outgoing.ruling = text, ruling.as_record()
    outgoing.state = OutgoingState.QUEUED
    outgoing.created_at, outgoing.due_at = now, now + TIME_TO_UNDO
    outgoing.delete_on = retention.delete_on(purpose=Purpose.SERVICE, network=case.channel.network, since=now)
    outgoing.save()


def cancel(*, outgoing_id: int, actor: User) -> Outgoing:
    """Take a reply back before it is sent; raises TooLate once it is on its way. Its words are the draft again."""
    with transaction.atomic():
        outgoing = locked_with_case(outgoing_id=outgoing_id)
        if outgoing is None:
            raise TooLate
        if outgoing.state in (OutgoingState.CANCELLED, OutgoingState.DRAFT):
            return outgoing
        if outgoing.state not in (OutgoingState.QUEUED, OutgoingState.FAILED):
            raise TooLate
        outgoing.state, outgoing.due_at = OutgoingState.CANCELLED, None
        outgoing.save(update_fields=["state", "due_at"])
        audit.record(act="reply.cancelled", actor=actor_of(actor), thing="outgoing", thing_id=outgoing.pk)
        if outgoing.case:
            note(case=outgoing.case, act="reply.cancelled", actor=actor, outgoing=outgoing.pk)
        drafts.put_back(outgoing=outgoing)
    return outgoing
