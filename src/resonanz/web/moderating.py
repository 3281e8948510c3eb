"""The form of moderation: the post it is about, what can be done to it and what the guideline says to that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.guidelines import in_force
from resonanz.guidelines.ruling import Outcome
from resonanz.listening.models import Post
from resonanz.service.answers.judging import is_criticism
from resonanz.service.models import Case, ModerationAct
from resonanz.service.moderation.acts import WANTS_RULE, NotPossible, refuse_impossible, ruling_on
from resonanz.service.moderation.asking import Moderate, posts_of
from resonanz.web import rulings
from resonanz.web.wording import words

_TONES = {Outcome.ALLOWED: "good", Outcome.NEEDS_APPROVAL: "soon", Outcome.FORBIDDEN: "late"}
_GIVES_BACK = (ModerationAct.UNHIDE, ModerationAct.UNBLOCK)


@dataclass(frozen=True, slots=True)
class Choice:
    """One act as the form offers it; `why` it is not possible, or what the guideline says to it.

    What would be said to several in a row stands once, below the last of them: `told_at` is that one's code.
    """

    code: str
    name: str
    tone: str = ""
    ruled: str = ""
    why: str = ""
    is_off: bool = False
    told_at: str = ""


def asked_like(typed: QueryDict, actor: User) -> Moderate:
    """A like, or taking it back."""
    act = ModerationAct.UNLIKE if typed.get("back") else ModerationAct.LIKE
    return Moderate(act=act, actor=actor, post_id=_id(typed.get("post", "")))


def asked_moderation(typed: QueryDict, actor: User) -> Moderate:
    """What the form asks for; raises NotPossible for what it does not offer."""
    wanted = typed.get("moderation", "")
    if wanted not in (*WANTS_RULE, *_GIVES_BACK):
        raise NotPossible(act=wanted, network="")
    return Moderate(
        act=ModerationAct(wanted),
        actor=actor,
        rule=typed.get("rule", ""),
        words=typed.get("words", ""),
        post_id=_id(typed.get("post", "")),
        by_hand=bool(typed.get("by_hand")),
    )


def post_of(case: Case, wanted: str) -> Post | None:
    """The post that is meant: this one, or what the case would choose itself."""
    return posts_of([case], _id(wanted)).get(case.pk)


def fields(*, case: Case | None, post: Post | None, reader: User | None) -> Mapping[str, Any]:
    """What the form offers for one post, or for many cases at once."""
    if case is None or post is None or reader is None:
        acts = [Choice(act.value, words.word("moderations", act)) for act in WANTS_RULE]
        return {"post": None, "acts": acts, "rules": _rules(case), "by_hand": False}
    acts = _told_once(_choice(act, case, post, reader) for act in WANTS_RULE)
    return {
        "post": post,
        "acts": acts,
        "rules": _rules(case),
        "criticism": is_criticism(post=post),
        "by_hand": any(not one.tone and not one.is_off for one in acts),
    }


def _told_once(choices: Iterable[Choice]) -> list[Choice]:
    runs = [list(run) for _, run in groupby(choices, key=lambda one: one.why)]
    return [replace(one, told_at=run[-1].code if one.why else "") for run in runs for one in run]


def _choice(act: ModerationAct, case: Case, post: Post, reader: User) -> Choice:
    """What is not possible from here may have been done there; what the guideline forbids is not done at all."""
    name = words.word("moderations", act)
    ruling = ruling_on(case=case, act=act, actor=reader, post=post)
    if ruling.outcome is Outcome.FORBIDDEN:
        said = rulings.told(ruling.clause, {**ruling.params, "guideline": ruling.guideline_id})
        return Choice(act.value, name, "late", words.word("rulings", ruling.outcome), said, is_off=True)
    try:
        refuse_impossible(act=act, post=post, network=case.channel.network)
    except NotPossible as error:
        return Choice(act.value, name, why=words.told(error))
    except ResonanzError as error:
        return Choice(act.value, name, why=words.told(error), is_off=True)
    return Choice(act.value, name, _TONES[ruling.outcome], words.word("rulings", ruling.outcome))


def _rules(case: Case | None) -> list[tuple[str, str]]:
    """The clauses of the netiquette, by number, in the reader's language."""
    found = in_force.compiled(brand_id=case.channel.brand_id if case else None) or in_force.NO_GUIDELINE
    return [(number, found.words[number].said(get_language() or "de")) for number in found.netiquette]


def _id(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else None
