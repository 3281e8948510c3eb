"""What a clause sets beyond its words: a rule on answers, a must, a check on drafts; and a rule that bites at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.guidelines import editing, emergencies, meanwhile, versions
from resonanz.guidelines.document import Clause, Document, read
from resonanz.guidelines.fields import Words
from resonanz.guidelines.models import Guideline
from resonanz.web import guideline_problems, guideline_reading, guideline_series
from resonanz.web.acts import signed_in
from resonanz.web.forms.clause_rules import CheckForm, MustForm, RuleForm, initial_of
from resonanz.web.forms.guideline_sections import EmergencyWordsForm, revision_of
from resonanz.web.guideline_words import Line, Names, lines, rule_line
from resonanz.web.permissions import page
from resonanz.web.wording import words

KINDS = ("rule", "must", "check")


@page(Act.WRITE_GUIDELINE)
@require_http_methods(["GET", "POST"])
def guideline_clause(request: HttpRequest, guideline_id: int, number: str) -> HttpResponse:
    """What one clause sets; `?set=` says which of the three is shown as a form."""
    draft = get_object_or_404(Guideline, pk=guideline_id)
    document, names = read(draft.document), Names.everybody()
    clause = document.clause(number)
    if clause is None:
        return _not_there(request, draft, number)
    kind = _kind(request, clause)
    initial = initial_of(getattr(clause, kind))
    form = _form(kind, request.POST if request.method == "POST" else None, names, initial)
    act = request.POST.get("act", "")
    is_wanted = request.method == "POST" and act != "preview"
    if is_wanted and (act == "remove" or form.is_valid()):
        spec = None if act == "remove" else form.spec()
        if _changed_by_another(request, draft, clause, kind, spec):
            return _page(request, draft, document, clause, kind, form, names, conflict=True)
        return _save(request, draft, document, clause, kind, spec)
    return _page(request, draft, document, clause, kind, form, names)


def _not_there(request: HttpRequest, draft: Guideline, number: str) -> HttpResponse:
    """There is no such clause; whoever was changing it is told that it went."""
    if request.method != "POST":
        raise Http404
    messages.error(request, words.sentence("guideline.no_such_part", {"part": number}))
    return redirect("guideline_draft", draft.pk)


def _changed_by_another(request: HttpRequest, draft: Guideline, clause: Clause, kind: str, spec: Any) -> bool:
    """Whether somebody else changed the clause's words, or the same of the three in another way, since it was opened.

    What it sets otherwise stays as they left it. Where the revision is unknown, anything may have changed.
    """
    seen = meanwhile.wording_at(draft, revision=revision_of(request.POST))
    was = seen.clause(clause.number) if seen is not None else None
    if was is None:
        return bool(getattr(clause, kind) != spec)
    return was.text != clause.text or getattr(clause, kind) not in (getattr(was, kind), spec)


def _kind(request: HttpRequest, clause: Clause) -> str:
    asked = request.POST.get("set") or request.GET.get("set", "")
    there = next((kind for kind in KINDS if getattr(clause, kind)), "rule")
    return asked if asked in KINDS else there


def _form(kind: str, data: Any, names: Names, initial: dict[str, Any]) -> RuleForm | MustForm | CheckForm:
    forms: dict[str, type[RuleForm | MustForm | CheckForm]] = {"rule": RuleForm, "must": MustForm, "check": CheckForm}
    return forms[kind](data, names=names, initial=initial)


def _save(
    request: HttpRequest, draft: Guideline, document: Document, clause: Clause, kind: str, spec: Any
) -> HttpResponse:
    whole = editing.with_specs(document, clause.number, **(_specs(clause) | {kind: spec}))
    try:
        saved = versions.save(guideline_id=draft.pk, revision=draft.revision, document=whole, actor=signed_in(request))
    except versions.ChangedMeanwhile:  # in the moment between looking and saving
        return guideline_clause(request, draft.pk, clause.number)
    except ResonanzError as error:
        messages.error(request, words.told(error))
        return redirect("guideline_clause", draft.pk, clause.number)
    messages.success(request, _("Saved."))
    if any(clause.number in (one.first, one.second) for one in saved.contradictions):
        messages.warning(request, _("This clause and another one get in each other's way; both stand below."))
    onward = redirect("guideline_clause", draft.pk, clause.number)
    onward["Location"] += f"?set={kind}"
    return onward


def _page(
    request: HttpRequest,
    draft: Guideline,
    document: Document,
    clause: Clause,
    kind: str,
    form: RuleForm | MustForm | CheckForm,
    names: Names,
    *,
    conflict: bool = False,
) -> HttpResponse:
    language = get_language() or "de"
    typed = form.spec() if form.is_bound and form.is_valid() else None
    whole = editing.with_specs(document, clause.number, **(_specs(clause) | ({kind: typed} if typed else {})))
    found = versions.contradictions_in(whole)
    context = {
        "draft": draft,
        "clause": clause,
        "section": editing.section_of(document, clause.number),
        "said": guideline_reading.said(clause.text, language=language),
        "kind": kind,
        "there": getattr(clause, kind) is not None,
        "form": form,
        "conflict": conflict,
        "stored_words": _in_words(getattr(clause, kind), kind, names) if conflict else None,
        "revision": draft.revision if conflict or not form.is_bound else revision_of(request.POST),
        "in_words": _in_words(typed or getattr(clause, kind), kind, names),
        "others": [line for one in KINDS if one != kind for line in _lines_of(clause, one, names)],
        "problems": guideline_problems.problems(
            found, document=whole, names=names, language=language, only=clause.number
        ),
        "kinds": [(one, one == kind, getattr(clause, one) is not None) for one in KINDS],
    }
    return render(request, "web/guideline_clause.html", context, status=409 if conflict else 200)


def _specs(clause: Clause) -> dict[str, Any]:
    return {kind: getattr(clause, kind) for kind in KINDS}


def _in_words(spec: Any, kind: str, names: Names) -> Line | None:
    if spec is None:
        return None
    alone: dict[str, Any] = {kind: spec}
    return lines(Clause(number="", text=Words(), **alone), names=names)[0]


def _lines_of(clause: Clause, kind: str, names: Names) -> list[Line]:
    specs = _specs(clause)
    alone: dict[str, Any] = {kind: specs[kind]}
    return lines(Clause(number=clause.number, text=clause.text, **alone), names=names)


@page(Act.WRITE_GUIDELINE)
@require_http_methods(["GET", "POST"])
def guideline_emergency(request: HttpRequest) -> HttpResponse:
    """One rule more, in force in this minute, here and in every version that is to come."""
    among = guideline_series.all_series()
    here = guideline_series.chosen(request.POST or request.GET, among=among)
    names = Names.everybody()
    initial = {"outcome": "FORBIDDEN", "unit": "HOURS"}
    said = EmergencyWordsForm(request.POST or None)
    rule = RuleForm(request.POST or None, names=names, initial=initial)
    wanted = request.method == "POST" and request.POST.get("act") != "preview"
    made = (
        _at_once(request, said, rule, here.series or None) if wanted and said.is_valid() and rule.is_valid() else None
    )
    if made is not None:
        return redirect("guideline_version", made)
    shown = rule_line(rule.spec(), names=names) if rule.is_bound and rule.is_valid() else None
    context = {"said": said, "form": rule, "in_words": shown, "chosen": here}
    return render(request, "web/guideline_emergency.html", context)


def _at_once(request: HttpRequest, said: EmergencyWordsForm, rule: RuleForm, brand_id: int | None) -> int | None:
    typed = said.cleaned_data
    text = Words(de=typed["text_de"], en=typed["text_en"])
    try:
        made = emergencies.rule_at_once(
            text=text, rule=rule.spec(), actor=signed_in(request), brand_id=brand_id, conduct=typed["conduct"]
        )
    except ResonanzError as error:
        messages.error(request, words.told(error))
        return None
    messages.success(request, _("In force."))
    return made[0].pk if made else None
