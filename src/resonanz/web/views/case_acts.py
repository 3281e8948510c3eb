"""What is done to a case from its page; each act is one call of the room.

A form without a script gets the page it leads to; a script gets the pieces of the open page that changed, or why
nothing did.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import ACTS_BY_ROLE, Act
from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.service import cases, notes
from resonanz.service.answers import replies
from resonanz.service.models import Case, CaseEvent, ClosedBecause, NoneNeeded, Outgoing
from resonanz.service.moderation import praise
from resonanz.service.work import undoing
from resonanz.web import rulings, undo
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.reply import ReplyForm
from resonanz.web.permissions import page
from resonanz.web.views import live
from resonanz.web.views.attachments import take_with
from resonanz.web.views.inbox import addressed, case_context, listed
from resonanz.web.wording import words

ANSWERING_ROLES = [role for role, acts in ACTS_BY_ROLE.items() if Act.ANSWER in acts]


@page(Act.ANSWER)
@require_POST
def reply(request: HttpRequest, case_id: int) -> HttpResponse:
    """Put an answer on its way; refused, the page comes back with the text and the reason."""
    form = ReplyForm(request.POST)
    if not form.is_valid():
        told = next(iter(form.errors.get("send_at", [])), words.sentence("starter.nothing_said", {}))
        return _not_sent(request, case_id, form, str(told))
    try:
        take_with(request, case_id=case_id, typed=form.cleaned_data)
        replies.queue_reply(case_id=case_id, author=signed_in(request), **form.cleaned_data)
    except ResonanzError as error:
        clause = str(error.params.get("clause", ""))
        told = rulings.told(clause, error.params) if clause else words.told(error)
        return _not_sent(request, case_id, form, told)
    except Case.DoesNotExist:
        return _gone(request)
    undo.remember(request)
    if asks_for_pieces(request):
        return live.pieces(request, case_id, fresh_paper=True)
    after = "after" if form.cleaned_data["then_resolve"] else "next"
    return back(request, reverse("case", args=[case_id]), field=after)


def _not_sent(request: HttpRequest, case_id: int, form: ReplyForm, problem: str) -> HttpResponse:
    if asks_for_pieces(request):
        return JsonResponse({"refused": problem}, status=422)
    typed = {"text": form.data.get("text", ""), "problem": problem}
    return render(request, "web/case.html", case_context(request, case_id, listed(request), **typed), status=422)


def _gone(request: HttpRequest) -> HttpResponse:
    told = words.sentence("case.gone", {})
    if asks_for_pieces(request):
        return JsonResponse({"refused": told}, status=404)
    messages.error(request, told)
    return redirect("inbox")


@page(Act.ANSWER)
@require_POST
def cancel_reply(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """Take back what was not sent yet; its text is a draft again."""
    outgoing = get_object_or_404(Outgoing, pk=outgoing_id)
    leads_to = reverse("inbox")
    if outgoing.case_id is not None:
        leads_to = f"{reverse('case', args=[outgoing.case_id])}?to={outgoing.in_reply_to_id or ''}#write"
    return answer_act(
        request,
        outgoing.case_id,
        lambda: replies.cancel(outgoing_id=outgoing_id, actor=signed_in(request)),
        done=_("The answer was taken back; its text is kept below."),
        leads_to=leads_to,
        fresh_paper=True,
    )


@page(Act.ASSIGN)
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, case_id: int) -> HttpResponse:
    """Give the case to somebody: a list of colleagues, or the choice made."""
    case = get_object_or_404(Case.objects.select_related("channel", "assignee"), pk=case_id)
    colleagues = User.objects.filter(is_active=True, role__in=ANSWERING_ROLES).order_by("name", "id")
    if request.method == "GET":
        here = reverse("case", args=[case_id]) + addressed(request)["query"]
        template = "web/assign_form.html" if asks_for_pieces(request) else "web/assign.html"
        return render(request, template, {"case": case, "colleagues": colleagues, "here": here})
    wanted = request.POST.get("assignee", "")
    is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) < 19
    chosen = get_object_or_404(colleagues, pk=wanted) if is_number else None
    return answer_act(
        request,
        case_id,
        lambda: cases.assign(case_id=case_id, assignee_id=chosen.pk if chosen else None, actor=signed_in(request)),
        done=_("Assigned to %(name)s.") % {"name": chosen} if chosen else _("Assigned to nobody."),
        leads_to=reverse("case", args=[case_id]),
    )


@page(Act.ANSWER)
@require_POST
def claim(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take the case oneself, from nobody or from whom the reader saw there."""
    get_object_or_404(Case, pk=case_id)
    seen = request.POST.get("instead_of", "")
    instead_of = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 19 else None
    return answer_act(
        request,
        case_id,
        lambda: cases.claim(case_id=case_id, actor=signed_in(request), instead_of=instead_of),
        done=_("Taken."),
        leads_to=reverse("case", args=[case_id]),
    )


@page(Act.ANSWER)
@require_POST
def note(request: HttpRequest, case_id: int) -> HttpResponse:
    """Leave a note for colleagues."""
    text = request.POST.get("text", "")
    return answer_act(
        request,
        case_id,
        lambda: notes.write(case_id=case_id, text=text, author=signed_in(request)),
        leads_to=reverse("case", args=[case_id]),
    )


@page(Act.ANSWER)
@require_POST
def undo_act(request: HttpRequest, event_id: int) -> HttpResponse:
    """Take back what one just did to a case."""
    event = get_object_or_404(CaseEvent, pk=event_id)
    return answer_act(
        request,
        event.case_id,
        lambda: undoing.undo(event_id=event_id, actor=signed_in(request)),
        done=_("Taken back."),
        leads_to=reverse("case", args=[event.case_id]),
        fresh_paper=event.act in {"case.resolved", "case.reopened"},
    )


@page(Act.ANSWER)
@require_POST
def resolve(request: HttpRequest, case_id: int) -> HttpResponse:
    """Nothing is left to do, or nothing that wants an answer (`reason`); on to the next case where there is one."""
    get_object_or_404(Case, pk=case_id)
    reason = request.POST.get("reason", "")
    reason = reason if reason in ClosedBecause.values else ""
    liked = reason == ClosedBecause.PRAISE and bool(request.POST.get("like"))
    return answer_act(
        request,
        case_id,
        lambda: (
            praise.like_and_resolve(case_id=case_id, actor=signed_in(request))
            if liked
            else cases.resolve(case_id=case_id, actor=signed_in(request), reason=reason)
        ),
        done=_("Case resolved."),
        leads_to=reverse("inbox"),
        refused_to=reverse("case", args=[case_id]),
    )


@page(Act.ANSWER)
@require_POST
def reopen(request: HttpRequest, case_id: int) -> HttpResponse:
    """There is something left to do after all."""
    get_object_or_404(Case, pk=case_id)
    return answer_act(
        request,
        case_id,
        lambda: cases.reopen(case_id=case_id, actor=signed_in(request)),
        done=_("Case opened again."),
        leads_to=reverse("case", args=[case_id]),
        fresh_paper=True,
    )


@page(Act.ANSWER)
@require_POST
def needs_no_answer(request: HttpRequest, case_id: int, post_id: int) -> HttpResponse:
    """A post in the case is settled without an answer, for a reason."""
    get_object_or_404(Case, pk=case_id)
    wanted, actor = request.POST.get("reason", ""), signed_in(request)
    if wanted not in NoneNeeded.values:
        return back(request, reverse("case", args=[case_id]))
    reason = NoneNeeded(wanted)
    return answer_act(
        request,
        case_id,
        lambda: cases.needs_no_answer(case_id=case_id, post_id=post_id, reason=reason, actor=actor),
        leads_to=reverse("case", args=[case_id]),
    )


def answer_act(
    request: HttpRequest,
    case_id: int | None,
    act: Callable[[], object],
    *,
    leads_to: str,
    done: str = "",
    refused_to: str = "",
    fresh_paper: bool = False,
) -> HttpResponse:
    """Do `act` and answer as it was asked: with pieces of the page, or with the page it leads to."""
    if not asks_for_pieces(request):
        if attempt(request, act, done=done):
            undo.remember(request)
            return back(request, leads_to)
        return redirect(refused_to) if refused_to else back(request, leads_to)
    try:
        act()
    except ResonanzError as error:
        return JsonResponse({"refused": words.told(error)}, status=409)
    undo.remember(request)
    if case_id is None:
        return HttpResponse(status=204)
    return live.pieces(request, case_id, fresh_paper=fresh_paper)


def asks_for_pieces(request: HttpRequest) -> bool:
    """Whether a script asks, which puts pieces into the open page."""
    return request.headers.get("HX-Request") == "true"
