"""Asking a colleague who has no seat here, and the page on which they answer."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.accounts.company import company
from resonanz.core.errors import ResonanzError
from resonanz.service import enquiries, naming
from resonanz.service.conversation import conversation
from resonanz.service.models import Case, Enquiry
from resonanz.web import enquiry_mail, marking
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.enquiries import AskForm, CodeForm, KnowledgeForm
from resonanz.web.permissions import page, public_page
from resonanz.web.wording import words

MOST_SUGGESTED = 600
"""So much of the newest open post is suggested to be shown."""


@page(Act.ANSWER)
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, case_id: int) -> HttpResponse:
    """Ask somebody; without a mail server, link and code are shown once, to be passed on."""
    case = get_object_or_404(Case.objects.select_related("channel", "topic"), pk=case_id)
    form = AskForm(request.POST or None, initial=_suggested(request, case))
    around = {"case": case, "form": form, "knew": enquiries.who_knew(topic_id=case.topic_id)}
    if request.method == "POST" and form.is_valid():
        typed, language = form.cleaned_data, get_language() or ""
        try:
            asked = enquiries.ask(case_id=case_id, author=signed_in(request), language=language, **typed)
        except ResonanzError as error:
            form.add_error(None, words.told(error))
        else:
            return _asked(request, case, asked)
    return render(request, "web/ask.html", {**around, "mail": enquiry_mail.is_ready()})


def _asked(request: HttpRequest, case: Case, asked: enquiries.Asked) -> HttpResponse:
    """Send the link, or show it where no mail reaches the addressee."""
    link = settings.BASE_URL.rstrip("/") + reverse("enquiry", args=[asked.token])
    if enquiry_mail.is_ready():
        try:
            enquiry_mail.send_link(enquiry=asked.enquiry, address=link)
        except ResonanzError as error:
            messages.error(request, words.told(error))
        else:
            messages.success(request, _("The question was sent to %(name)s.") % {"name": asked.enquiry.name})
            return redirect("case", case.pk)
    _enquiry, code = enquiries.new_code(token=asked.token, until_it_ends=True)
    return render(request, "web/asked.html", {"case": case, "enquiry": asked.enquiry, "link": link, "code": code})


def _suggested(request: HttpRequest, case: Case) -> dict[str, str]:
    """What stands in the empty form: the newest open post, and whoever was chosen among those who knew."""
    open_posts = conversation(case=case).open_posts
    said = naming.masked(open_posts[-1].post.text, mask=marking.mask())[:MOST_SUGGESTED] if open_posts else ""
    return {"excerpt": said, "name": request.GET.get("name", "")[:120], "email": request.GET.get("email", "")[:254]}


@page(Act.ANSWER)
@require_POST
def revoke(request: HttpRequest, enquiry_id: int) -> HttpResponse:
    """Take a question back."""
    enquiry = get_object_or_404(Enquiry, pk=enquiry_id)
    attempt(
        request,
        lambda: enquiries.revoke(enquiry_id=enquiry_id, actor=signed_in(request)),
        done=_("The question was taken back; its link shows nothing any more."),
    )
    return back(request, reverse("case", args=[enquiry.case_id]))


@public_page(because="the link, and a code sent to its addressee alone, are the permission")
@never_cache
@require_http_methods(["GET", "POST"])
def enquiry(request: HttpRequest, token: str) -> HttpResponse:
    """Looking consumes nothing and shows nothing of the matter; the code opens it, and one answer closes it."""
    step = request.POST.get("step", "") if request.method == "POST" else ""
    found: Enquiry | None = None
    try:
        found = enquiries.behind(token=token)
        if step == "send":
            return _send_code(request, token)
        if step == "unlock":
            return _unlock(request, token)
        if step == "answer":
            return _answer(request, token)
    except ResonanzError as error:
        ended = isinstance(error, (enquiries.EnquiryEnded, enquiries.EnquiryUnknown))
        told = {"problem": words.told(error), "ended": ended, "unknown": isinstance(error, enquiries.EnquiryUnknown)}
        around = {"company": company(), "asker": found.asked_by if found else None, "mail": enquiry_mail.is_ready()}
        status = 410 if ended else 422
        return render(request, "web/enquiry.html", {**around, **told, "code_form": CodeForm()}, status=status)
    return _closed(request, found)


def _closed(request: HttpRequest, found: Enquiry, *, sent: bool = False) -> HttpResponse:
    """Before the code: who asks, and nothing else."""
    around = {"company": company(), "asker": found.asked_by, "sent": sent, "mail": enquiry_mail.is_ready()}
    return render(request, "web/enquiry.html", {**around, "code_form": CodeForm()})


def _send_code(request: HttpRequest, token: str) -> HttpResponse:
    if not enquiry_mail.is_ready():
        return _closed(request, enquiries.behind(token=token))
    found, code = enquiries.new_code(token=token)
    enquiry_mail.send_code(enquiry=found, code=code, minutes=enquiries.CODE_MINUTES)
    return _closed(request, found, sent=True)


def _unlock(request: HttpRequest, token: str) -> HttpResponse:
    proof = enquiries.unlock(token=token, code=request.POST.get("code", ""))
    return _opened(request, token, KnowledgeForm(initial={"proof": proof}), proof)


def _opened(request: HttpRequest, token: str, form: KnowledgeForm, proof: str, *, status: int = 200) -> HttpResponse:
    found = enquiries.read(token=token, proof=proof)
    around = {"company": company(), "opened": found, "asker": found.asked_by, "form": form}
    return render(request, "web/enquiry.html", around, status=status)


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    form = KnowledgeForm(request.POST)
    proof = request.POST.get("proof", "")
    if not form.is_valid():
        return _opened(request, token, form, proof, status=422)
    enquiries.answer(token=token, proof=proof, text=form.cleaned_data["text"])
    return render(request, "web/enquiry.html", {"company": company(), "answered": True})
