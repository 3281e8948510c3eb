"""What is done to a case from its page; each act is one call of the room."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import ACTS_BY_ROLE, Act
from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.service import cases, replies
from resonanz.service.models import Case, NoneNeeded, Outgoing
from resonanz.web import undo, words
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.reply import ReplyForm
from resonanz.web.permissions import page
from resonanz.web.views.inbox import case_context

ANSWERING_ROLES = [role for role, acts in ACTS_BY_ROLE.items() if Act.ANSWER in acts]


@page(Act.ANSWER)
@require_POST
def reply(request: HttpRequest, case_id: int) -> HttpResponse:
    """Put an answer on its way; refused, the page comes back with the text and the reason."""
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _with_text(request, case_id, form, words.sentence("starter.nothing_said", {}))
    try:
        replies.queue_reply(case_id=case_id, author=signed_in(request), **form.cleaned_data)
    except ResonanzError as error:
        clause = str(error.params.get("clause", ""))
        told = words.sentence(clause, error.params) if clause else words.told(error)
        return _with_text(request, case_id, form, told)
    except Case.DoesNotExist:
        messages.error(request, words.sentence("case.gone", {}))
        return redirect("inbox")
    undo.remember(request)
    return back(request, reverse("case", args=[case_id]))


def _with_text(request: HttpRequest, case_id: int, form: ReplyForm, problem: str) -> HttpResponse:
    typed = {"text": form.data.get("text", ""), "problem": problem}
    if key := form.cleaned_data.get("key"):
        typed["key"] = key
    return render(request, "web/case.html", case_context(request, case_id, **typed), status=422)


@page(Act.ANSWER)
@require_POST
def ruling(request: HttpRequest, case_id: int) -> HttpResponse:
    """What the guideline says about the text so far; a piece of the page, asked for while writing."""
    case = get_object_or_404(Case.objects.select_related("channel"), pk=case_id)
    text = request.POST.get("text", "")
    found = replies.rule_on(case=case, text=text, author=signed_in(request)) if text.strip() else None
    told = words.sentence(found.clause, found.params) if found else ""
    return render(request, "web/ruling.html", {"ruling": found, "told": told, "clause": found.clause if found else ""})


@page(Act.ANSWER)
@require_POST
def cancel_reply(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """Take back what was not sent yet; its text goes back into the form."""
    outgoing = get_object_or_404(Outgoing, pk=outgoing_id)
    done = attempt(
        request,
        lambda: replies.cancel(outgoing_id=outgoing_id, actor=signed_in(request)),
        done=_("The answer was taken back; its text is kept below."),
    )
    if outgoing.case_id is None:
        return redirect("inbox")
    if done:
        undo.keep_text(request, outgoing)
    return redirect(f"{reverse('case', args=[outgoing.case_id])}?to={outgoing.in_reply_to_id or ''}#write")


@page(Act.ASSIGN)
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, case_id: int) -> HttpResponse:
    """Give the case to somebody: a list of colleagues, or the choice made."""
    case = get_object_or_404(Case.objects.select_related("channel", "assignee"), pk=case_id)
    colleagues = User.objects.filter(is_active=True, role__in=ANSWERING_ROLES).order_by("name", "id")
    if request.method == "GET":
        return render(request, "web/assign.html", {"case": case, "colleagues": colleagues})
    wanted = request.POST.get("assignee", "")
    chosen = get_object_or_404(colleagues, pk=wanted) if wanted.isdecimal() else None
    attempt(
        request,
        lambda: cases.assign(case_id=case_id, assignee_id=chosen.pk if chosen else None, actor=signed_in(request)),
        done=_("Assigned to %(name)s.") % {"name": chosen} if chosen else _("Assigned to nobody."),
    )
    return back(request, reverse("case", args=[case_id]))


@page(Act.ANSWER)
@require_POST
def resolve(request: HttpRequest, case_id: int) -> HttpResponse:
    """Nothing is left to do; on to the next case where there is one."""
    get_object_or_404(Case, pk=case_id)
    done = attempt(request, lambda: cases.resolve(case_id=case_id, actor=signed_in(request)), done=_("Case resolved."))
    return back(request, reverse("inbox")) if done else redirect("case", case_id)


@page(Act.ANSWER)
@require_POST
def reopen(request: HttpRequest, case_id: int) -> HttpResponse:
    """There is something left to do after all."""
    get_object_or_404(Case, pk=case_id)
    attempt(request, lambda: cases.reopen(case_id=case_id, actor=signed_in(request)), done=_("Case opened again."))
    return redirect("case", case_id)


@page(Act.ANSWER)
@require_POST
def needs_no_answer(request: HttpRequest, case_id: int, post_id: int) -> HttpResponse:
    """A post in the case is settled without an answer, for a reason."""
    get_object_or_404(Case, pk=case_id)
    wanted = request.POST.get("reason", "")
    if wanted in NoneNeeded.values:
        reason, actor = NoneNeeded(wanted), signed_in(request)
        attempt(request, lambda: cases.needs_no_answer(case_id=case_id, post_id=post_id, reason=reason, actor=actor))
    return back(request, reverse("case", args=[case_id]))
