"""Known issues: the list, and one page for each with its wordings, its cases, and the message to everybody."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.service.answers import telling_solved
from resonanz.service.answers.telling_tasks import tell_everybody
from resonanz.service.models import IssueCase, IssueState, IssueWording, KnownIssue, Occasion, Telling, WordingState
from resonanz.service.work import known_issues as room
from resonanz.service.work.acting import act_on_all
from resonanz.web import rulings, undo
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.known_issues import IssueForm, WordingForm, languages
from resonanz.web.permissions import page
from resonanz.web.wording import words

MOST_SHOWN = 200
_DAYS_SHOWN = 14


@page(Act.READ_CASES)
@require_GET
def issues(request: HttpRequest) -> HttpResponse:
    """What is open, then what was solved, the newest first."""
    counted = KnownIssue.objects.select_related("owner", "topic").annotate(
        cases=Count("bound", filter=Q(bound__case__merged_into__isnull=True))
    )
    return render(request, "web/known_issues.html", {"issues": counted.order_by("state", "-opened_at")[:MOST_SHOWN]})


@page(Act.MANAGE_KNOWN_ISSUES)
@require_http_methods(["GET", "POST"])
def new_issue(request: HttpRequest) -> HttpResponse:
    """Begin one."""
    return _form(request, None)


@page(Act.MANAGE_KNOWN_ISSUES)
@require_http_methods(["GET", "POST"])
def edit_issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """Another name, owner, or other words."""
    return _form(request, get_object_or_404(KnownIssue, pk=issue_id))


@page(Act.READ_CASES)
@require_GET
def issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """All there is to one; once it is solved, who would be told."""
    found = get_object_or_404(KnownIssue.objects.select_related("owner", "topic", "brand", "teller"), pk=issue_id)
    bound = IssueCase.objects.filter(issue=found, case__merged_into__isnull=True)
    rows = bound.select_related("case__identity", "case__channel", "outgoing").order_by("-case__opened_at", "-pk")
    is_open = found.state == IssueState.OPEN
    to_tell = not is_open and found.telling in (Telling.NOT_BEGUN, Telling.STOPPED)
    seen = telling_solved.preview(issue_id=found.pk) if to_tell else None
    context = {
        "issue": found,
        "bound": rows[:MOST_SHOWN],
        "arrivals": _arrivals(found),
        "wordings": _wordings(request, found),
        "suggested": room.suggested(issue=found) if is_open else [],
        "seen": seen,
        "left_out": [(words.word("left_out", why), count) for why, count in seen.left_out.items()] if seen else [],
        "progress": None if is_open or found.telling == Telling.NOT_BEGUN else telling_solved.progress(issue=found),
    }
    return render(request, "web/known_issue.html", context)


@page(Act.MANAGE_KNOWN_ISSUES)
@require_POST
def wording(request: HttpRequest, issue_id: int) -> HttpResponse:
    """What is said of it; it is released at once where the guideline lets it."""
    get_object_or_404(KnownIssue, pk=issue_id)
    form = WordingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This wording could not be kept."))
        return redirect("known_issue", issue_id)
    typed = form.cleaned_data
    room.set_wording(
        issue_id=issue_id, occasion=Occasion(typed["occasion"]), language=typed["language"], text=typed["text"],
        actor=signed_in(request),
    )  # fmt: skip
    messages.success(request, _("Kept. It may be said once it is released."))
    return redirect("known_issue", issue_id)


@page(Act.MANAGE_KNOWN_ISSUES)
@require_POST
def release(request: HttpRequest, wording_id: int) -> HttpResponse:
    """Let the guideline rule on it."""
    found = get_object_or_404(IssueWording, pk=wording_id)
    try:
        ruled = room.release_wording(wording_id=wording_id, actor=signed_in(request))
    except ResonanzError as error:
        clause = str(error.params.get("clause", ""))
        messages.error(request, rulings.told(clause, error.params) if clause else words.told(error))
    else:
        is_released = ruled.state == WordingState.RELEASED
        messages.success(request, _("Released.") if is_released else _("The guideline wants a signature under it."))
    return redirect("known_issue", found.issue_id)


@page(Act.ANSWER)
@require_POST
def sign(request: HttpRequest, wording_id: int) -> HttpResponse:
    """Sign it for all of its cases."""
    found = get_object_or_404(IssueWording, pk=wording_id)
    attempt(
        request,
        lambda: room.sign_wording(wording_id=wording_id, actor=signed_in(request)),
        done=_("Signed and released."),
    )
    return redirect("known_issue", found.issue_id)


@page(Act.ANSWER)
@require_POST
def bind(request: HttpRequest, issue_id: int) -> HttpResponse:
    """The cases that were chosen are about it."""
    get_object_or_404(KnownIssue, pk=issue_id)
    written = request.POST.getlist("case")
    chosen = {int(each) for each in written if each.isascii() and each.isdecimal() and len(each) < 19}
    actor = signed_in(request)
    outcome = act_on_all(act=room.Bind(issue_id=issue_id, actor=actor), case_ids=chosen, actor=actor, batch=uuid4())
    undo.remember(request)
    told = ngettext("%(count)s case bound.", "%(count)s cases bound.", len(outcome.done))
    messages.success(request, told % {"count": len(outcome.done)})
    return redirect("known_issue", issue_id)


@page(Act.MANAGE_KNOWN_ISSUES)
@require_POST
def solve(request: HttpRequest, issue_id: int) -> HttpResponse:
    """The cause is gone."""
    get_object_or_404(KnownIssue, pk=issue_id)
    room.solve(issue_id=issue_id, actor=signed_in(request))
    messages.success(request, _("Solved. Nobody was told yet."))
    return redirect("known_issue", issue_id)


@page(Act.MANAGE_KNOWN_ISSUES)
@require_POST
def tell(request: HttpRequest, issue_id: int) -> HttpResponse:
    """Tell everybody."""
    get_object_or_404(KnownIssue, pk=issue_id)
    attempt(
        request,
        lambda: tell_everybody(issue_id=issue_id, actor=signed_in(request)),
        done=_("Everybody is being told. What has not left can be taken back."),
    )
    return redirect("known_issue", issue_id)


@page(Act.MANAGE_KNOWN_ISSUES)
@require_POST
def stop(request: HttpRequest, issue_id: int) -> HttpResponse:
    """Tell nobody more."""
    get_object_or_404(KnownIssue, pk=issue_id)
    count = telling_solved.stop(issue_id=issue_id, actor=signed_in(request))
    told = ngettext("Stopped; %(count)s message was taken back.", "Stopped; %(count)s messages were taken back.", count)
    messages.success(request, told % {"count": count})
    return redirect("known_issue", issue_id)


def _form(request: HttpRequest, found: KnownIssue | None) -> HttpResponse:
    form = IssueForm(request.POST or None, initial=_initial(request, found))
    if request.method == "POST" and form.is_valid():
        about, actor = room.About(**form.cleaned_data), signed_in(request)
        try:
            if found is None:
                kept = room.open_issue(about=about, actor=actor)
            else:
                kept = room.change_issue(issue_id=found.pk, about=about, actor=actor)
        except ResonanzError as error:
            form.add_error(None, words.told(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("known_issue", kept.pk)
    return render(request, "web/edit_known_issue.html", {"form": form, "issue": found})


def _initial(request: HttpRequest, found: KnownIssue | None) -> dict[str, Any]:
    if found is None:
        return {"owner": signed_in(request).pk}
    return {
        "title": found.title, "owner": found.owner_id, "brand": found.brand_id, "topic": found.topic_id,
        "words": found.words,
    }  # fmt: skip


def _arrivals(found: KnownIssue) -> list[tuple[Any, int]]:
    """How many of its cases were opened on each of the last days on which any was."""
    moments = IssueCase.objects.filter(issue=found).values_list("case__opened_at", flat=True)
    days = Counter(timezone.localtime(moment).date() for moment in moments)
    return sorted(days.items())[-_DAYS_SHOWN:]


def _wordings(request: HttpRequest, found: KnownIssue) -> list[dict[str, Any]]:
    standing = {(one.occasion, one.language): one for one in found.wordings.select_related("author", "signed_by")}
    return [
        {
            "occasion": occasion.value,
            "language": code,
            "name": name,
            "wording": standing.get((occasion.value, code)),
            "may_sign": _may_sign(request, standing.get((occasion.value, code))),
        }
        for occasion in Occasion
        for code, name in languages()
    ]


def _may_sign(request: HttpRequest, wording: IssueWording | None) -> bool:
    if wording is None or wording.state != WordingState.AWAITING:
        return False
    return room.may_sign_wording(wording=wording, user=signed_in(request))
