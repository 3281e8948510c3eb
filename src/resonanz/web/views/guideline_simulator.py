"""The simulator: what a version would have said to last month's answers, and who may answer one case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from resonanz.accounts.access import ACTS_BY_ROLE, Act
from resonanz.accounts.models import Brand, User
from resonanz.guidelines import in_force, simulator, versions
from resonanz.guidelines.compiling import Compiled
from resonanz.guidelines.models import Guideline, Part
from resonanz.guidelines.ruling import Outcome, Ruling
from resonanz.guidelines.simulator import Candidate, Replay, Replayed
from resonanz.service.answers.past_answers import MOST_ANSWERS, Past, draft_of_case, replay_answers
from resonanz.service.models import Case
from resonanz.web import guideline_series
from resonanz.web.guideline_series import Series
from resonanz.web.guideline_words import Names, approval
from resonanz.web.permissions import page
from resonanz.web.wording import words
from resonanz.web.wording.sentences import SENTENCES

MOST_SHOWN = 100
_CASE = re.compile(r"(?:.*/inbox/)?#?([0-9]{1,18})/?(?:\?.*)?\Z")
_TONES = {Outcome.ALLOWED: "good", Outcome.NEEDS_APPROVAL: "soon", Outcome.FORBIDDEN: "late"}


@dataclass(frozen=True, slots=True)
class Said:
    """A ruling in words: outcome, its clause, what that says, who signs."""

    outcome: str
    tone: str
    clause: str
    text: str
    signs: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A colleague or several about whom the guideline says the same."""

    names: list[str]
    said: Said


@page(Act.WRITE_GUIDELINE)
@require_GET
def guideline_simulator(request: HttpRequest) -> HttpResponse:
    """Choose a version; see what would have moved, or who may answer a case."""
    among = guideline_series.all_series()
    here = guideline_series.chosen(request.GET, among=[one for one in among if not one.is_for_employees])
    offered = _offered(here)
    shown = _named(request.GET.get("version", ""), offered)
    current = in_force.guideline(brand_id=here.series or None)
    context: dict[str, Any] = {
        "offered": offered,
        "shown": shown,
        "current": current,
        "asked_case": request.GET.get("case", "")[:200],
        "most": MOST_ANSWERS,
        "chosen": here,
        "tabs": guideline_series.pages(request, here),
        "several": guideline_series.several(
            here, among=[one for one in among if not one.is_for_employees], page="guideline_simulator"
        ),
    }
    if shown is not None and current is not None:
        context |= _tried(request.GET.get("act", ""), context["asked_case"], here, shown, current)
    return render(request, "web/guideline_simulator.html", context)


def _tried(act: str, asked_case: str, here: Series, shown: Guideline, current: Guideline) -> dict[str, Any]:
    before, after = in_force.compiled_version(current), in_force.compiled_version(shown)
    names, language = Names.everybody(), get_language() or "de"
    if act == "case" and asked_case:
        return _who_may(asked_case, after, names, language)
    if act == "replay":
        return _replayed(
            replay_answers(before=before, after=after, brands=_brands(here)), before, after, names, language
        )
    return {}


def _replayed(found: Replay[Past], before: Compiled, after: Compiled, names: Names, language: str) -> dict[str, Any]:
    moved = found.moved
    ways = Counter((one.before.outcome, one.after.outcome) for one in moved)
    return {
        "replayed": found,
        "moved_count": len(moved),
        "ways": [
            (words.word("rulings", old), _TONES[old], words.word("rulings", new), _TONES[new], count)
            for (old, new), count in ways.most_common()
        ],
        "moved": [_moved(one, before, after, names, language) for one in moved[:MOST_SHOWN]],
    }


def _moved(
    one: Replayed[Past], before: Compiled, after: Compiled, names: Names, language: str
) -> tuple[Past, Said, Said]:
    return one.key, _said(one.before, before, names, language), _said(one.after, after, names, language)


def _who_may(asked: str, version: Compiled, names: Names, language: str) -> dict[str, Any]:
    match = _CASE.match(asked.strip())
    case = Case.objects.select_related("channel").filter(pk=int(match[1])).first() if match else None
    if case is None:
        return {"case_problem": _("There is no case of this number.")}
    answering = [role for role, acts in ACTS_BY_ROLE.items() if Act.ANSWER in acts]
    users = User.objects.filter(is_active=True, role__in=answering).order_by("name", "id")
    candidates = [Candidate(user.role, user.pk) for user in users]
    verdicts = simulator.who_may(draft=draft_of_case(case=case), candidates=candidates, guideline=version)
    alike: dict[Said, list[str]] = {}
    for verdict in verdicts:
        said = _said(verdict.ruling, version, names, language)
        alike.setdefault(said, []).append(names.people.get(verdict.candidate.user_id or 0, ""))
    return {"case": case, "answers": [Answer(who, said) for said, who in alike.items()]}


def _said(ruling: Ruling, version: Compiled, names: Names, language: str) -> Said:
    clause = version.words.get(ruling.clause)
    text = clause.said(language) if clause else ""
    if not text and ruling.clause in SENTENCES:
        text = words.sentence(ruling.clause, ruling.params)
    signs = approval(ruling.approvers, names=names) if ruling.approvers else ""
    outcome = words.word("rulings", ruling.outcome)
    return Said(outcome, _TONES[ruling.outcome], ruling.clause if clause else "", text, signs)


def _offered(here: Series) -> list[Guideline]:
    """What is being written first, then what was published, the newest first."""
    at_work = versions.at_work(brand_id=here.series or None)
    published = versions.published(brand_id=here.series or None)[:MOST_SHOWN]
    return [*([at_work] if at_work else []), *published]


def _named(asked: str, offered: Sequence[Guideline]) -> Guideline | None:
    return next((one for one in offered if str(one.pk) == asked), offered[0] if offered else None)


def _brands(here: Series) -> list[int | None]:
    """Whose channels go by this guideline: the brand's; or those of no brand and of brands without one of their own."""
    if here.series != in_force.COMPANY:
        return [here.series]
    own = set(in_force.published().filter(part=Part.OFFICIAL).values_list("series", flat=True))
    return [None, *Brand.objects.exclude(pk__in=own).values_list("pk", flat=True)]
