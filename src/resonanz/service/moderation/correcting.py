"""Putting right what we said: other words for an answer that was sent, or taking it away, with a reason."""

from __future__ import annotations

from django.db import transaction

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.service.answers.approvals import NothingLeft
from resonanz.service.answers.drafts import MOST_CHARACTERS
from resonanz.service.cases import locked_with_case, note
from resonanz.service.models import Case, Moderation, ModerationAct, Outgoing, OutgoingState
from resonanz.service.moderation.acts import UNDER_WAY, NotPossible, UnderWay, ruling_on_answer
from resonanz.service.moderation.departing import MOST_EXCERPT, MOST_WORDS, passed, put_on_its_way


class NotYours(ResonanzError):
    """Who wrote an answer puts it right, or a lead."""

    code = "moderation.not_yours"


class NothingChanged(ResonanzError):
    """The words are the same as before."""

    code = "moderation.nothing_changed"


class NoReason(ResonanzError):
    """Whoever takes an answer away says why."""

    code = "moderation.no_reason"


class NotStanding(ResonanzError):
    """The answer does not stand on its network, or no more."""

    code = "moderation.not_standing"


def correct(*, outgoing_id: int, text: str, words: str = "", actor: User) -> Moderation:
    """Other words for an answer, judged like any answer and signed where that is needed.

    Raises NothingLeft, NotStanding, NotYours, NotPossible, NothingChanged, UnderWay, NotAllowed.
    """
    text = clean(text, most=MOST_CHARACTERS)
    if not text:
        raise NothingLeft
    with transaction.atomic():
        outgoing, case = _standing(outgoing_id, ModerationAct.CORRECT, actor)
        if text.split() == outgoing.text.split():
            raise NothingChanged
        return _ask(outgoing, case, ModerationAct.CORRECT, actor, text=text, words=words)


def withdraw(*, outgoing_id: int, words: str, actor: User) -> Moderation:
    """Take an answer away, for a reason. Raises NoReason, and as `correct`."""
    words = clean(words, most=MOST_WORDS)
    if not words:
        raise NoReason
    with transaction.atomic():
        outgoing, case = _standing(outgoing_id, ModerationAct.WITHDRAW, actor)
        return _ask(outgoing, case, ModerationAct.WITHDRAW, actor, text="", words=words)


def may_put_right(*, user: User, outgoing: Outgoing) -> bool:
    """Whether this is theirs to put right: who wrote it, or a lead."""
    return may(user, Act.ANSWER) and (outgoing.author_id == user.pk or may(user, Act.PUT_RIGHT_FOR_OTHERS))


def _standing(outgoing_id: int, act: ModerationAct, actor: User) -> tuple[Outgoing, Case]:
    """The answer and its case, locked, if this can be done to it."""
    outgoing = locked_with_case(outgoing_id=outgoing_id)
    if outgoing is None or outgoing.case is None or outgoing.state != OutgoingState.SENT or outgoing.withdrawn_at:
        raise NotStanding
    if not may_put_right(user=actor, outgoing=outgoing):
        raise NotYours
    network = outgoing.channel.network
    if not outgoing.native_id or not able(registry.connector(network), Capability(act.lower())):
        raise NotPossible(act=act.value, network=network)
    if outgoing.moderations.filter(state__in=UNDER_WAY).exists():
        raise UnderWay
    return outgoing, outgoing.case


def _ask(outgoing: Outgoing, case: Case, act: ModerationAct, actor: User, *, text: str, words: str) -> Moderation:
    ruling = passed(ruling_on_answer(case=case, act=act, actor=actor, outgoing=outgoing, text=text))
    post = outgoing.in_reply_to
    row = Moderation(
        act=act,
        channel=outgoing.channel,
        case=case,
        outgoing=outgoing,
        origin=post.origin if post else case.origin,
        target_native_id=outgoing.native_id,
        author_native_id=post.author_native_id if post else "",
        visibility=outgoing.visibility,
        excerpt=clean(outgoing.text, most=MOST_EXCERPT),
        url=outgoing.url,
        actor=actor,
        words=clean(words, most=MOST_WORDS),
        text=text,
        text_before=outgoing.text if text else "",
        ruling=ruling.as_record(),
    )
    put_on_its_way(row, actor=actor)
    note(case=case, act="answer.put_right", actor=actor, moderation_act=act.value, moderation=row.pk)
    return row
