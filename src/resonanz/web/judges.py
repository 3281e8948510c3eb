"""How the judges stand, as a page shows it: figures with where they come from, and one sentence for each label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resonanz.triage.learning.comparing import Figures
from resonanz.triage.learning.drift import Week
from resonanz.triage.learning.labels import Label
from resonanz.triage.learning.standing import HeadSummary, Standing
from resonanz.triage.models import UNDER_WAY
from resonanz.web import times
from resonanz.web.wording import judged_words, words

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Told:
    """A figure in words, for a cell or a list; `why` says what it counts."""

    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """A label in the table of all: who judges it, how good, and what is to be said of it."""

    standing: Standing
    name: str
    judge: str
    figures: Sequence[Told]
    unsure: str
    sentence: str
    tone: str


@dataclass(frozen=True, slots=True)
class Side:
    """A head beside another one, on the same posts."""

    name: str
    head: HeadSummary | None
    figures: Sequence[Told]


def line(standing: Standing, week: Week | None) -> Line:
    """One label; `week` is the newest in which anything was judged."""
    sentence, tone = _sentence(standing)
    told = None if standing.clean_needed else standing.figures  # of a few posts a share says nothing
    return Line(
        standing, name_of(standing.label), judge_of(standing), figures(told, standing.label),
        percent(week.unsure) if week and standing.judge != "NONE" else NOTHING, sentence, tone,
    )  # fmt: skip


def place_of(standing: Standing) -> tuple[int, str]:
    """Where a label stands among all: the weightiest first, as beside a post, then the company's own by name."""
    codes = list(judged_words.LABELS)
    code = standing.label.code
    return (codes.index(code) if code in codes else len(codes), standing.label.name)


def name_of(label: Label) -> str:
    """What a label is called."""
    return label.name or str(judged_words.LABELS.get(label.code, label.code))


def meaning_of(label: Label) -> str:
    """What a label means, in a sentence."""
    return label.description if label.is_own else str(judged_words.LABELS_EXPLAINED.get(label.code, ""))


def judge_of(standing: Standing) -> str:
    """Who judges a label now, with the version of a company's own head."""
    told = words.word("judges", standing.judge)
    return f"{told} ({version_of(standing.champion)})" if standing.champion else told


def version_of(head: HeadSummary) -> str:
    """The version as short as tells two heads apart."""
    return head.version.removeprefix("company-")[:6]


def is_under_way(standing: Standing) -> bool:
    """Whether the label is being learnt."""
    return standing.run is not None and standing.run.state in UNDER_WAY


def sides(standing: Standing) -> list[Side]:
    """Who judges now beside who is offered, on the same posts of the clean sample; nothing where none was learnt."""
    challenger = standing.challenger
    if challenger is None:
        return []
    now = Side(judge_of(standing), standing.champion, figures(challenger.rival, standing.label))
    learnt = _("Learnt anew (%(version)s)") % {"version": version_of(challenger)}
    theirs = [now] if standing.judge != "NONE" else []
    return [*theirs, Side(learnt, challenger, figures(challenger.figures, standing.label))]


def figures(found: Figures | None, label: Label) -> list[Told]:
    """Five figures; dashes where there is nothing to count."""
    is_mood = label.code == "sentiment"
    values = [NOTHING] * 5
    if found is not None:
        no_yes = not is_mood and found.f1 == 0 and found.accuracy == 1  # no yes in the sample, and none was claimed
        shares = [NOTHING] * 3 if no_yes else [percent(found.precision), percent(found.recall), percent(found.f1)]
        values = [_right(found), *shares, formats.number_format(found.calibration_error, 2)]
    names = [str(judged_words.FIGURES[code]) for code in _FIGURES]
    if is_mood:
        names[3] = _("Macro-F1")
    explained = [str(judged_words.FIGURES_EXPLAINED[code]) for code in _FIGURES]
    return [Told(name, value, why) for name, value, why in zip(names, values, explained, strict=True)]


_FIGURES = ("right", "precision", "recall", "f1", "calibration")


def percent(share: float) -> str:
    """A share as whole hundredths."""
    return _("%(number)s%%") % {"number": round(share * 100)}


def beside(head: HeadSummary) -> str:
    """What tells two heads apart: on how many posts only one of them was right."""
    told = {"better": times.number(head.better), "worse": times.number(head.worse)}
    return _("Only the new one was right on %(better)s posts, only the present one on %(worse)s.") % told


def offer(standing: Standing) -> str:
    """Why a challenger is offered, or why not."""
    told = {"clean": times.number(standing.clean), "fewest": times.number(standing.clean + standing.clean_needed)}
    return str(judged_words.BECAUSE[standing.because]) % told


def _right(found: Figures) -> str:
    low, high = round(found.low * 100), round(found.high * 100)
    return _("%(share)s (%(low)s–%(high)s)") % {"share": percent(found.accuracy), "low": low, "high": high}


def _sentence(standing: Standing) -> tuple[str, str]:
    """The one thing to know about a label now, and its colour."""
    if is_under_way(standing):
        return _("is being learnt"), "accent"
    if standing.is_offered:
        is_new = standing.judge == "NONE"
        return (_("can judge now") if is_new else _("something better was learnt")), "accent"
    if standing.clean_needed and standing.clean:
        told = {"clean": standing.clean, "fewest": standing.clean + standing.clean_needed}
        return _("too little checked so far: %(clean)s of %(fewest)s") % told, ""
    if standing.clean_needed:
        return (_("checked, but none drawn yet") if standing.checked else _("not checked yet")), ""
    if standing.new:
        count = times.number(standing.new)
        return ngettext("one post checked since", "%(count)s posts checked since", standing.new) % {"count": count}, ""
    return "", ""
