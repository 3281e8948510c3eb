"""Versions of a guideline: the list, two side by side, signing, publishing, and who has read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.guidelines import acknowledging, in_force, versions
from resonanz.guidelines.models import Guideline, GuidelineState
from resonanz.web import guideline_changes, guideline_series
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.guideline_versions import CouncilForm, PublishForm
from resonanz.web.guideline_words import Names
from resonanz.web.permissions import page

MOST_VERSIONS = 200


@page(Act.WRITE_GUIDELINE)
@require_GET
def guideline_versions(request: HttpRequest) -> HttpResponse:
    """All versions of one guideline, the newest first."""
    among = guideline_series.all_series()
    here = guideline_series.chosen(request.GET, among=among)
    rows = versions.published(brand_id=here.series or None, part=here.part).select_related("signed_by")
    found = list(rows.defer("document", "earlier")[:MOST_VERSIONS])
    current = in_force.guideline(brand_id=here.series or None, part=here.part)
    for newer, older in zip(found, [*found[1:], None], strict=False):
        newer.before = older  # type: ignore[attr-defined]  # read by the template
    context = {
        "versions": found,
        "current": current,
        "at_work": versions.at_work(brand_id=here.series or None, part=here.part),
        "council_form": CouncilForm(),
        **around(request, here, among, "guideline_versions"),
    }
    return render(request, "web/guideline_versions.html", context)


@page(Act.READ_GUIDELINE)
@require_GET
def guideline_changes_page(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """What changed from one version to another: only that."""
    found = get_object_or_404(_readable(request), pk=guideline_id)
    before = _compared_with(request, found)
    names = Names.everybody()
    changes = versions.changes(before_id=before.pk, after_id=found.pk) if before else ()
    context = {
        "found": found,
        "before": before,
        "others": _readable(request).filter(series=found.series, part=found.part).exclude(pk=found.pk)[:MOST_VERSIONS],
        "changes": guideline_changes.shown(changes, names=names, language=get_language() or "de"),
    }
    return render(request, "web/guideline_changes.html", context)


@page(Act.WRITE_GUIDELINE)
@require_POST
def new_guideline_draft(request: HttpRequest) -> HttpResponse:
    """Begin the next version with the words of the newest one."""
    among = guideline_series.all_series()
    here = guideline_series.chosen(request.POST, among=among)
    draft = versions.begin(brand_id=here.series or None, part=here.part, actor=signed_in(request))
    return redirect("guideline_draft", draft.pk)


@page(Act.WRITE_GUIDELINE)
@require_POST
def sign_guideline(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """Say that the words are final."""
    draft = get_object_or_404(Guideline, pk=guideline_id)
    council: dict[str, Any] = {}
    if "council" in request.POST or "council_asked" in request.POST:
        form = CouncilForm(request.POST)
        if not form.is_valid():
            return _say_wrong(request, form, draft)
        council = form.typed
    revision = _whole(request.POST.get("revision", ""))
    return _act(
        request,
        draft,
        lambda actor: versions.sign(guideline_id=draft.pk, revision=revision, actor=actor, **council),
        done=_("Signed. Now it can be published."),
    )


@page(Act.WRITE_GUIDELINE)
@require_POST
def reopen_guideline(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """Take the signature back, to go on writing."""
    draft = get_object_or_404(Guideline, pk=guideline_id)
    return _act(
        request,
        draft,
        lambda actor: versions.reopen(guideline_id=draft.pk, actor=actor),
        done=_("The signature was taken back; the version can be changed again."),
    )


@page(Act.WRITE_GUIDELINE)
@require_POST
def publish_guideline(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """Give a signed version its day."""
    draft = get_object_or_404(Guideline, pk=guideline_id)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _say_wrong(request, form, draft)
    typed = form.cleaned_data
    done = attempt(
        request,
        lambda: versions.publish(
            guideline_id=draft.pk,
            effective_date=typed["effective_date"],
            emergency=typed["emergency"],
            actor=signed_in(request),
        ),
        done=_("Published."),
    )
    return redirect("guideline_version", draft.pk) if done else redirect("guideline_draft", draft.pk)


@page(Act.WRITE_GUIDELINE)
@require_POST
def discard_guideline(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """Throw a version away that was never published."""
    draft = get_object_or_404(Guideline, pk=guideline_id)
    among = guideline_series.all_series()
    query = guideline_series.of(draft, among=among).query

    def throw_away() -> None:
        if draft.state == GuidelineState.SIGNED:
            versions.reopen(guideline_id=draft.pk, actor=signed_in(request))
        versions.discard(guideline_id=draft.pk, actor=signed_in(request))

    if not attempt(request, throw_away, done=_("The version was thrown away.")):
        return redirect("guideline_draft", draft.pk)
    answer = redirect("guideline_versions")
    answer["Location"] += query
    return answer


@page(Act.WRITE_GUIDELINE)
@require_POST
def catch_up_guideline(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """Take into a draft what was published since it was begun."""
    draft = get_object_or_404(Guideline, pk=guideline_id)

    def take_in() -> None:
        both = versions.catch_up(guideline_id=draft.pk, actor=signed_in(request))
        if both:
            told = _("Both changed these, and the draft's words stand: %(parts)s") % {"parts": ", ".join(both)}
            messages.warning(request, told)

    attempt(request, take_in, done=_("What was published meanwhile is taken in."))
    return redirect("guideline_draft", draft.pk)


@page(Act.WRITE_GUIDELINE)
@require_POST
def record_council(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """Add what the works council said after a version was signed."""
    found = get_object_or_404(Guideline, pk=guideline_id)
    form = CouncilForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The day on which it agreed is needed."))
        return redirect("guideline_versions")
    attempt(
        request,
        lambda: versions.record_council(guideline_id=found.pk, actor=signed_in(request), **form.typed),
        done=_("Noted what the works council said."),
    )
    return redirect("guideline_versions")


@page(Act.WRITE_GUIDELINE)
@require_GET
def guideline_register(request: HttpRequest) -> HttpResponse:
    """Who has acknowledged the version in force, and who has not yet."""
    among = guideline_series.all_series()
    here = guideline_series.chosen(request.GET, among=among)
    shown = in_force.guideline(brand_id=here.series or None, part=here.part)
    entries = acknowledging.register(guideline_id=shown.pk) if shown and not shown.is_starter else []
    context = {
        "shown": shown,
        "entries": entries,
        "missing": [one for one in entries if one.at is None],
        **around(request, here, among, "guideline_register"),
    }
    return render(request, "web/guideline_register.html", context)


@page(Act.WRITE_GUIDELINE)
@require_POST
def remind_of_guideline(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """Ask those who have not read a version to do so, wherever they wish to be told."""
    found = get_object_or_404(Guideline.objects.defer("document", "earlier"), pk=guideline_id)
    here = guideline_series.of(found, among=guideline_series.all_series())
    told = 0

    def remind() -> None:
        nonlocal told
        told = acknowledging.remind(guideline_id=found.pk, actor=signed_in(request))

    if attempt(request, remind):
        messages.info(request, _reminded(told))
    onward = redirect("guideline_register")
    onward["Location"] += here.query
    return onward


def _reminded(told: int) -> str:
    if told:
        return ngettext("%(count)s colleague is reminded.", "%(count)s colleagues are reminded.", told) % {
            "count": told
        }
    return _(
        "Nobody was reminded: they were within the last day, or wish to be told of nothing outside of these pages."
    )


def around(
    request: HttpRequest, here: guideline_series.Series, among: list[guideline_series.Series], name: str
) -> dict[str, Any]:
    """What stands around every page of the guideline."""
    return {
        "chosen": here,
        "tabs": guideline_series.pages(request, here),
        "several": guideline_series.several(here, among=among, page=name),
    }


def _readable(request: HttpRequest) -> QuerySet[Guideline]:
    """Published versions, and what is being written for those who write."""
    rows = Guideline.objects.order_by("-version", "-pk")
    return rows if may(request.user, Act.WRITE_GUIDELINE) else rows.filter(state=GuidelineState.PUBLISHED)


def _compared_with(request: HttpRequest, found: Guideline) -> Guideline | None:
    asked = _whole(request.GET.get("with", ""))
    named = _readable(request).filter(pk=asked, series=found.series, part=found.part).first() if asked else None
    return named or found.based_on or versions.predecessor(found)


def _act(request: HttpRequest, draft: Guideline, act: Callable[[User], object], *, done: str) -> HttpResponse:
    user = signed_in(request)
    attempt(request, lambda: act(user), done=done)
    return redirect("guideline_draft", draft.pk)


def _say_wrong(request: HttpRequest, form: Any, draft: Guideline) -> HttpResponse:
    for errors in form.errors.values():
        messages.error(request, " ".join(errors))
    return redirect("guideline_draft", draft.pk)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
