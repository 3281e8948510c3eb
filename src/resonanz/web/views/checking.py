"""Look at these twenty: one post after the other, said in one key, and what the judge thought only afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.listening.models import Post, Visible
from resonanz.service.models import CasePost
from resonanz.triage import feedback
from resonanz.triage.learning import labels
from resonanz.triage.learning.labels import Label
from resonanz.triage.models import How
from resonanz.web import checking
from resonanz.web import judges as told
from resonanz.web.acts import attempt, signed_in
from resonanz.web.checking import SKIPPED, Asked, Round
from resonanz.web.permissions import page
from resonanz.web.wording import judged_words, words

MOODS = ("negative", "neutral", "positive")


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: its value, its words, and the keys that press it (a digit acts in every form of choices)."""

    value: str
    words: str
    keys: str = ""
    digit: int | None = None


@page(Act.CORRECT_TRIAGE)
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, label: str) -> HttpResponse:
    """The next post of the round, or what came of it; a post says what this person thinks of one."""
    found, user = _label(label), signed_in(request)
    round_ = checking.under_way(request, label=label)
    if round_ is None or (request.method == "POST" and "again" in request.POST):
        round_ = checking.begin(request, label=label, viewer=user)
    elif request.method == "POST":
        _say(request, round_, user)
    if request.method == "POST":
        return redirect("check_posts", label)
    post = _current(request, round_, user)
    return render(request, "web/check.html", {"label": found, **_shown(round_, found), **_place_of(post, user)})


def _say(request: HttpRequest, round_: Round, user: User) -> None:
    """What was said, skipped or taken back. A page that is no longer the newest says nothing."""
    said, asked = request.POST.get("said", ""), round_.current
    if said == "undo":
        _take_back(round_, user)
    elif asked is None or request.POST.get("post") != str(asked.post_id):
        return
    elif said == "skip":
        round_.said.append(SKIPPED)
    elif _readable(user).filter(pk=asked.post_id).exists() and attempt(
        request,
        lambda: feedback.give(post_id=asked.post_id, label=round_.label, value=said, by=user, how=How(asked.how)),
    ):
        round_.said.append(said)
    checking.keep(request, round_)


def _take_back(round_: Round, user: User) -> None:
    if round_.last is None:
        return
    asked, said = round_.last
    if said != SKIPPED and _readable(user).filter(pk=asked.post_id).exists():
        feedback.withdraw(post_id=asked.post_id, label=round_.label, by=user)
    round_.said.pop()


def _current(request: HttpRequest, round_: Round, user: User) -> Post | None:
    """The post to look at; those that are gone meanwhile are passed over."""
    while (asked := round_.current) is not None:
        if post := _readable(user).filter(pk=asked.post_id).first():
            return post
        round_.said.append(SKIPPED)
        checking.keep(request, round_)
    return None


def _readable(user: User) -> QuerySet[Post]:
    readable = {} if may(user, Act.READ_CASES) else {"visibility": Visible.PUBLIC}
    return Post.objects.filter(evaluation__isnull=False, **readable)


def _label(code: str) -> Label:
    for label in labels.every():
        if label.code == code:
            return label
    raise Http404


def _shown(round_: Round, label: Label) -> dict[str, Any]:
    return {
        "name": told.name_of(label),
        "meaning": told.meaning_of(label),
        "round": round_,
        "number": len(round_.said) + 1,
        "total": len(round_.asked),
        "choices": _choices(label),
        "last": _last(round_, label),
    }


def _place_of(post: Post | None, user: User) -> dict[str, Any]:
    """The post, and the case it stands in for who may read cases."""
    case = None
    if post and may(user, Act.READ_CASES):
        case = CasePost.objects.filter(post=post).order_by("-case_id").values_list("case_id", flat=True).first()
    return {"post": post, "case_id": case}


def _choices(label: Label) -> list[Choice]:
    if label.code == "sentiment":
        return [Choice(mood, words.word("sentiments", mood), digit=place) for place, mood in enumerate(MOODS, start=1)]
    return [Choice("true", _("Yes"), keys="y j"), Choice("false", _("No"), keys="n")]


def _last(round_: Round, label: Label) -> dict[str, Any] | None:
    """What was said of the post before, and only now what the judge had thought of it."""
    if round_.last is None:
        return None
    asked, said = round_.last
    own = {label.code: label.name} if label.is_own else {}
    if said == SKIPPED:
        return {"said": _("Skipped."), "judged": ""}
    as_said = _("Checked: %(what)s.") % {"what": judged_words.said_as(label.code, said, own)}
    return {"said": as_said, "judged": _judged(asked, said, label.code, own)}


def _judged(asked: Asked, said: str, label: str, own: dict[str, str]) -> str:
    if not asked.value or asked.probability is None:
        return _("No judge had an opinion.")
    sureness = judged_words.sureness(asked.probability)
    if asked.value == said:
        return _("The judge thought so, too (%(sureness)s).") % {"sureness": sureness}
    what = judged_words.said_as(label, asked.value, own)
    return _("The judge thought: %(what)s (%(sureness)s).") % {"what": what, "sureness": sureness}
