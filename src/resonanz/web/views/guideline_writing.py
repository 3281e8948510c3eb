"""Writing the next version of a guideline: its outline, one section at a time, what a clause sets.

Every form says on which revision it was written. What somebody else changed meanwhile is brought together with it;
where both changed the same words, both are shown and nothing is stored until somebody has chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.guidelines import editing, meanwhile, versions
from resonanz.guidelines.document import Document, Section, read
from resonanz.guidelines.fields import DocumentInvalid, Words
from resonanz.guidelines.models import Guideline, GuidelineState
from resonanz.guidelines.versions import ChangedMeanwhile, Saved
from resonanz.web import guideline_problems, guideline_reading, guideline_series, times
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms import guideline_sections
from resonanz.web.forms.guideline_sections import ClauseFormSet, SectionForm, revision_of
from resonanz.web.forms.guideline_versions import CouncilForm, NewSectionForm, PublishForm, WholeForm
from resonanz.web.guideline_words import Names, lines
from resonanz.web.permissions import page
from resonanz.web.wording import words


@page(Act.WRITE_GUIDELINE)
@require_GET
def guideline_draft(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """The outline of a version that is being written, with everything that is odd about it."""
    draft = _draft(guideline_id)
    if draft.state == GuidelineState.PUBLISHED:
        return redirect("guideline_version", draft.pk)
    document, names, language = read(draft.document), Names.everybody(), get_language() or "de"
    among = guideline_series.all_series()
    here = guideline_series.of(draft, among=among)
    found = versions.contradictions_in(document)
    newest = versions.published(brand_id=here.series or None, part=here.part).first()
    context = {
        "draft": draft,
        "title": _("The next version") if not here.series and not here.is_for_employees else here.name,
        "about": _about(draft),
        "series_query": here.query,
        "is_for_employees": here.is_for_employees,
        "sections": guideline_reading.read(document, language=language, names=names).sections,
        "problems": [
            *guideline_problems.without_signers(document, names=names, language=language),
            *guideline_problems.problems(found, document=document, names=names, language=language),
        ],
        "untranslated": guideline_problems.untranslated(document, language=language),
        "newer": newest if newest is not None and newest.pk != draft.based_on_id else None,
        "new_section": NewSectionForm(),
        "whole": WholeForm(initial={"address": document.address}),
        "council_form": CouncilForm() if document.conduct else None,
        "publish_form": PublishForm(),
    }
    return render(request, "web/guideline_draft.html", context)


@page(Act.WRITE_GUIDELINE)
@require_http_methods(["GET", "POST"])
def guideline_section(request: HttpRequest, guideline_id: int, key: str) -> HttpResponse:
    """One section with its clauses, in German and English side by side."""
    draft = _draft(guideline_id)
    if request.method == "POST":
        return _save_section(request, draft, key)
    section = _section(read(draft.document), key)
    heading, clauses = guideline_sections.shown(section)
    if request.GET.get("new"):
        clauses.append({"number": editing.next_number(read(draft.document), key)})
    form = SectionForm(initial=heading | {"revision": draft.revision})
    return _section_page(request, draft, section, form, ClauseFormSet(initial=clauses))


def _save_section(request: HttpRequest, draft: Guideline, key: str) -> HttpResponse:
    form, clauses = SectionForm(request.POST), ClauseFormSet(request.POST)
    form_is_valid, clauses_are_valid = form.is_valid(), clauses.is_valid()
    revision = form.cleaned_data.get("revision") or 0
    base = meanwhile.wording_at(draft, revision=revision) or read(draft.document)
    stored = next((one for one in base.sections if one.key == key), None)
    if stored is None:
        messages.error(request, words.sentence("guideline.no_such_part", {"part": key}))
        return redirect("guideline_draft", draft.pk)
    if not form_is_valid or not clauses_are_valid or guideline_sections.say_numbers_taken(clauses, base, key):
        return _section_page(request, draft, stored, form, clauses)
    mine = editing.with_section(base, guideline_sections.typed_section(form, clauses, stored))
    try:
        saved = versions.save(guideline_id=draft.pk, revision=revision, document=mine, actor=signed_in(request))
    except ChangedMeanwhile:
        return _both(request, draft.pk, key, revision, mine)
    except DocumentInvalid as error:
        guideline_sections.say_invalid(form, clauses, error)
        return _section_page(request, draft, stored, form, clauses)
    except ResonanzError as error:
        messages.error(request, words.told(error))
        return _section_page(request, draft, stored, form, clauses)
    _tell(request, saved)
    onward = redirect("guideline_section", draft.pk, key)
    if request.POST.get("act") == "add":
        onward["Location"] += "?new=1#last"
    return onward


def _both(request: HttpRequest, guideline_id: int, key: str, revision: int, mine: Document) -> HttpResponse:
    """Show what was typed with what others changed elsewhere in it, and beside it their words where both changed."""
    draft = _draft(guideline_id)
    merged = meanwhile.bring_together(draft, revision=revision, mine=mine)
    theirs = read(draft.document)
    section = _section(merged.document, key)
    heading, clauses = guideline_sections.shown(section)
    before = next((one for one in theirs.sections if one.key == key), None)
    conflicts: dict[str, Words] = {}
    for part in merged.conflicts:
        clause = theirs.clause(part)
        conflicts[part] = clause.text if clause else (before.text if before and part == key else Words())
    form = SectionForm(initial=heading | {"revision": draft.revision})
    return _section_page(request, draft, section, form, ClauseFormSet(initial=clauses), conflicts, status=409)


def _section_page(
    request: HttpRequest,
    draft: Guideline,
    section: Section,
    form: SectionForm,
    clauses: Any,
    conflicts: Mapping[str, Words] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    names, language = Names.everybody(), get_language() or "de"
    stored = {clause.number: clause for clause in section.clauses}
    rows = []
    for one in clauses.forms:
        was = str(one["was"].value() or "")
        clause = stored.get(was)
        conflict = (conflicts or {}).get(was)
        rows.append(
            {"form": one, "stored": was if clause else "", "conflict": conflict}
            | {"lines": lines(clause, names=names) if clause else []}
        )
    context = {
        "draft": draft,
        "section": section,
        "title": section.heading.said(language),
        "form": form,
        "clauses": clauses,
        "rows": rows,
        "conflicts": conflicts,
        "section_conflict": (conflicts or {}).get(section.key),
        "refused": form.errors or any(one.errors for one in clauses.forms) or clauses.total_error_count(),
    }
    return render(request, "web/guideline_section.html", context, status=status)


@page(Act.WRITE_GUIDELINE)
@require_POST
def add_guideline_section(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """One more section at the end."""
    form = NewSectionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A section needs a heading, at least in one language."))
        return redirect("guideline_draft", guideline_id)
    heading = Words(de=form.cleaned_data["heading_de"], en=form.cleaned_data["heading_en"])
    return _change(request, guideline_id, lambda document: editing.with_new_section(document, heading)[0])


@page(Act.WRITE_GUIDELINE)
@require_POST
def move_guideline_section(request: HttpRequest, guideline_id: int, key: str) -> HttpResponse:
    """A section up or down."""
    by = 1 if request.POST.get("by") == "1" else -1
    return _change(request, guideline_id, lambda document: editing.moved(document, key, by=by))


@page(Act.WRITE_GUIDELINE)
@require_POST
def remove_guideline_section(request: HttpRequest, guideline_id: int, key: str) -> HttpResponse:
    """A section and its clauses out."""
    done = _("The section was removed.")
    return _change(request, guideline_id, lambda document: editing.without_section(document, key), done=done)


@page(Act.WRITE_GUIDELINE)
@require_POST
def renumber_guideline(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """Number all clauses as they stand."""
    return _change(request, guideline_id, editing.renumbered, done=_("The clauses are numbered as they stand."))


@page(Act.WRITE_GUIDELINE)
@require_POST
def change_guideline_draft(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """What holds for the whole of it: how people are addressed."""
    form = WholeForm(request.POST)
    address = form.cleaned_data["address"] if form.is_valid() else ""
    return _change(request, guideline_id, lambda document: editing.addressed(document, address), done=_("Saved."))


def _change(
    request: HttpRequest, guideline_id: int, change: Callable[[Document], Document], *, done: str = ""
) -> HttpResponse:
    """One change to the words as they were seen; what others changed since then stays, or the change is refused."""
    draft, user = _draft(guideline_id), signed_in(request)
    revision = revision_of(request.POST)

    def save() -> None:
        seen = meanwhile.wording_at(draft, revision=revision)
        if seen is None:
            raise ChangedMeanwhile(clauses=[])
        versions.save(guideline_id=draft.pk, revision=revision, document=change(seen), actor=user)

    attempt(request, save, done=done)
    return redirect("guideline_draft", draft.pk)


def _tell(request: HttpRequest, saved: Saved) -> None:
    if saved.merged:
        messages.success(request, _("Saved, together with what somebody else changed meanwhile."))
    else:
        messages.success(request, _("Saved."))
    if saved.contradictions:
        pairs = ", ".join(f"{one.first} – {one.second}" for one in saved.contradictions)
        told = _("These clauses get in each other's way: %(pairs)s. The outline says how.")
        messages.warning(request, told % {"pairs": pairs})


def _about(draft: Guideline) -> str:
    if draft.changed_by is None:
        return _("Last changed %(when)s") % {"when": times.ago(draft.changed_at)}
    return _("Last changed %(when)s by %(name)s") % {"when": times.ago(draft.changed_at), "name": draft.changed_by}


def _draft(guideline_id: int) -> Guideline:
    return get_object_or_404(Guideline.objects.select_related("changed_by", "signed_by", "based_on"), pk=guideline_id)


def _section(document: Document, key: str) -> Section:
    try:
        return editing.section(document, key)
    except editing.NoSuchPart as error:
        raise Http404 from error
