"""What an open page of the inbox asks for: rows and cases that changed, drafts while typing, who else is here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act, may
from resonanz.core.errors import ResonanzError
from resonanz.service import notices
from resonanz.service.answers import drafts
from resonanz.service.lists import inbox
from resonanz.service.lists.rows import rows as rows_of
from resonanz.service.models import Case
from resonanz.service.work import leases
from resonanz.web import undo
from resonanz.web.acts import signed_in
from resonanz.web.forms.reply import DraftForm
from resonanz.web.permissions import page
from resonanz.web.views.inbox import addressed, beside_list, case_context, draft_state, listed, moment
from resonanz.web.wording import words

MOST_IDS = 300


@page(Act.READ_CASES)
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of these cases as they are now, and which of them do not stand in this list any more."""
    around = listed(request) if _wants_top(request) else None
    return render(request, "web/rows.html", _changed(request, _ids(request), around))


@page(Act.READ_CASES)
@require_GET
def news(request: HttpRequest, case_id: int) -> HttpResponse:
    """An open case as it is now, in pieces, and the rows that changed with it."""
    return pieces(request, case_id)


def pieces(request: HttpRequest, case_id: int, *, fresh_paper: bool = False) -> HttpResponse:
    """The pieces of an open page that an act or a notice may have changed."""
    around = listed(request) if _wants_top(request) else beside_list(request)
    shown = case_context(request, case_id, around)
    context = {**shown, **_changed(request, {case_id, *_ids(request)}, around), "fresh_paper": fresh_paper}
    return render(request, "web/case_news.html", {**context, "current_id": case_id})


@page(Act.ANSWER)
@require_POST
def draft(request: HttpRequest, case_id: int) -> HttpResponse:
    """Keep what is being typed. Changed by another tab meanwhile, it is kept only for the tab that has the focus."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"refused": words.sentence("draft.not_kept", {})}, status=422)
    author, typed = signed_in(request), form.cleaned_data
    standing = draft_state(drafts.of(case_id=case_id, author=author))
    if not typed["mine"] and standing["mark"] not in {typed["mark"], undo.mark_of(typed["text"])}:
        return JsonResponse({"text": standing["text"], "mark": standing["mark"]}, status=409)
    try:
        kept = drafts.keep(
            case_id=case_id, post_id=typed["post_id"], text=typed["text"], author=author, key=typed["key"]
        )
    except ResonanzError as error:
        return JsonResponse({"refused": words.told(error)}, status=422)
    state = draft_state(kept)
    return JsonResponse({"mark": state["mark"], "key": str(state["key"]) if kept else "", "kept": kept is not None})


@page(Act.READ_CASES)
@require_POST
def presence(request: HttpRequest, case_id: int) -> HttpResponse:
    """Tell the colleagues who have the case open what the reader does there; it is kept nowhere."""
    get_object_or_404(Case.objects.only("pk"), pk=case_id)
    doing = request.POST.get("doing", "")
    if doing not in set(notices.Doing):
        return HttpResponse(status=422)
    notices.notify_presence(case_id=case_id, user=signed_in(request), doing=doing)
    if doing != notices.Doing.GONE and may(request.user, Act.ANSWER):
        leases.work_on(case_id=case_id, user=signed_in(request), writes=doing == notices.Doing.WRITING)
    return HttpResponse(status=204)


def _changed(request: HttpRequest, ids: set[int], around: dict[str, Any] | None) -> dict[str, Any]:
    """The rows of `ids` in this list; `around` is what the page that is made knows of the list already."""
    address = around or addressed(request)
    listed_here: list[Case] = around.get("cases", []) if around else []
    found = [case for case in listed_here if case.pk in ids]
    if around and not listed_here:
        found = rows_of(case_ids=[case_id for case_id in around["ids"] if case_id in ids])
    if missing := ids - {case.pk for case in found}:
        found += inbox.cases(
            user=signed_in(request),
            view=address["view"],
            search=address["words"],
            filters=address["filters"],
            among=missing,
        )
    gone = ids - {case.pk for case in found}
    if _wants_top(request):
        found += [case for case in listed_here if case.pk not in ids]
    to_undo = around["to_undo"] if around else undo.open_for(request)
    return {**address, "changed": found, "gone": sorted(gone), "to_undo": to_undo, **moment()}


def _wants_top(request: HttpRequest) -> bool:
    """Whether the page may have missed something, and asks for what stands at the top, too."""
    return bool(request.GET.get("top"))


def _ids(request: HttpRequest) -> set[int]:
    """The cases that the page asks after; what is no number is passed over."""
    written = request.GET.get("ids", "").split(",")[:MOST_IDS]
    return {int(each) for each in written if each.isascii() and each.isdecimal() and len(each) < 19}
