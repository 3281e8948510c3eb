"""What the acts are: on what, where, by which rule, and whether the guideline lets somebody do them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.guidelines import in_force
from resonanz.guidelines.ruling import Outcome, Ruling, stricter
from resonanz.listening.models import Post, Speaker
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.service.answers.judging import judge, rule_on_act
from resonanz.service.models import Case, ModerationAct, ModerationState, Outgoing

UNDER_WAY = (ModerationState.AWAITING, ModerationState.QUEUED, ModerationState.SENDING, ModerationState.UNKNOWN)
WANTS_RULE = (ModerationAct.HIDE, ModerationAct.DELETE, ModerationAct.BLOCK, ModerationAct.REPORT)
"""What needs a clause of the netiquette as its reason."""
BELOW_OURS = (ModerationAct.HIDE, ModerationAct.UNHIDE, ModerationAct.DELETE)
TAKES_BACK: Mapping[ModerationAct, ModerationAct] = {
    ModerationAct.UNLIKE: ModerationAct.LIKE,
    ModerationAct.UNHIDE: ModerationAct.HIDE,
    ModerationAct.UNBLOCK: ModerationAct.BLOCK,
}
"""The acts that give back what another one took; whoever may do the one may do the other, without a signature."""
GIVEN_BACK_BY = {back: act for act, back in TAKES_BACK.items()}
ON_ACCOUNTS = (ModerationAct.BLOCK, ModerationAct.UNBLOCK)


class NotPossible(ResonanzError):
    """The network does not let this be done from here; a person does it there. `act` and `network` say what where."""

    code = "moderation.not_possible"


class NotBelowOurs(ResonanzError):
    """Only what stands below a post of the company can be hidden or deleted."""

    code = "moderation.not_below_ours"


class NoRule(ResonanzError):
    """Hiding, deleting, blocking and reporting name the clause of the netiquette that was broken."""

    code = "moderation.no_rule"


class NoNetiquette(ResonanzError):
    """The guideline names no reasons, so there is none."""

    code = "moderation.no_netiquette"


class UnderWay(ResonanzError):
    """The same, or its opposite, is on its way."""

    code = "moderation.under_way"


def refuse_impossible(*, act: ModerationAct, post: Post, network: str) -> None:
    """Raises NotPossible and NotBelowOurs."""
    needed = Capability(TAKES_BACK.get(act, act).lower())
    if not able(registry.connector(network), needed) or (act in (*ON_ACCOUNTS, "REPORT") and not post.author_native_id):
        raise NotPossible(act=act.value, network=network)
    if act in BELOW_OURS and not _stands_below_ours(post):
        raise NotBelowOurs


def _stands_below_ours(post: Post) -> bool:
    """As far as we know; where we never saw the first post of the thread, the network decides."""
    if post.root_native_id in ("", post.native_id):
        return post.root_native_id == ""
    root = Post.objects.filter(network=post.network, origin=post.origin, native_id=post.root_native_id)
    speaker = root.values_list("speaker", flat=True).first()
    return speaker in (None, Speaker.OWN)


def ruling_on(*, case: Case, act: ModerationAct, actor: User, post: Post | None, at_send: bool = False) -> Ruling:
    """What the guideline says to an act on what somebody else said. What gives back needs no signature."""
    ruled = TAKES_BACK.get(act, act)
    ruling = rule_on_act(case=case, act=ruled.value, actor=actor, post=post, at_send=at_send)
    if act in TAKES_BACK and ruling.outcome is Outcome.NEEDS_APPROVAL:
        return replace(ruling, outcome=Outcome.ALLOWED, approvers=None)
    return ruling


def ruling_on_answer(
    *, case: Case, act: ModerationAct, actor: User, outgoing: Outgoing, text: str, at_send: bool = False
) -> Ruling:
    """What it says to putting an answer of ours right. New words have to be allowed as words, too."""
    ruling = rule_on_act(case=case, act=act.value, actor=actor, post=outgoing.in_reply_to, at_send=at_send)
    if act is not ModerationAct.CORRECT:
        return ruling
    judged = judge(case=case, text=text, author=actor, at_send=at_send, post_id=outgoing.in_reply_to_id)
    return stricter(judged.ruling, ruling)


def netiquette_of(case: Case) -> tuple[str, ...]:
    """The numbers of the clauses that visitors have to keep to, by the guideline in force for the case's brand."""
    guideline = in_force.compiled(brand_id=case.channel.brand_id) or in_force.NO_GUIDELINE
    return guideline.netiquette


def target_of(act: ModerationAct, post: Post) -> str:
    """What the act is done to: an account, or a post."""
    return post.author_native_id if act in ON_ACCOUNTS else post.native_id
