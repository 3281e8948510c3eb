"""Help with words beside an answer: what the company knows, macros, and what was answered to posts like this one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act
from resonanz.listening.models import Post
from resonanz.service.answers import macros, snippets, suggestions
from resonanz.service.assistant import asking
from resonanz.service.models import Case, MachineDraft, Snippet
from resonanz.web.acts import attempt, signed_in
from resonanz.web.permissions import page

MOST_MACROS = 3
_MOST_DIGITS = 9
_DIGITS_OF_AN_ID = 19


@page(Act.ANSWER)
@require_GET
def help_with_words(request: HttpRequest, case_id: int) -> HttpResponse:
    """A piece for the dialog of the open case, or a page to copy from."""
    case = get_object_or_404(Case.objects.select_related("channel", "topic", "identity"), pk=case_id)
    is_piece, post = _is_piece(request), _post_answered(request, case)
    draft = _draft(request, case_id, request.GET.get("draft", ""))
    context = {"case": case, "is_piece": is_piece, **_offered(request, case, post), **_machine(case, post, draft)}
    return render(request, "web/ideas.html" if is_piece else "web/help_with_words.html", context)


@page(Act.ANSWER)
@require_POST
def ask_machine(request: HttpRequest, case_id: int) -> HttpResponse:
    """Have a draft made; it is looked for every second."""
    case = get_object_or_404(Case.objects.select_related("channel"), pk=case_id)
    post, asked = _post_answered(request, case), list[MachineDraft]()
    if post is not None:
        actor, post_id = signed_in(request), post.pk
        attempt(request, lambda: asked.append(asking.ask(case_id=case_id, post_id=post_id, actor=actor)))
    draft = asked[0] if asked else None
    if not _is_piece(request):
        return redirect(reverse("help_with_words", args=[case_id]) + (f"?draft={draft.pk}" if draft else ""))
    return _piece(request, case, post, draft)


@page(Act.ANSWER)
@require_GET
def machine_draft(request: HttpRequest, case_id: int, draft_id: int) -> HttpResponse:
    """How far the draft is, for whoever asked for it."""
    case = get_object_or_404(Case.objects.select_related("channel"), pk=case_id)
    draft = _draft(request, case_id, str(draft_id))
    return _piece(request, case, draft.post if draft else None, draft)


def _is_piece(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _piece(request: HttpRequest, case: Case, post: Post | None, draft: MachineDraft | None) -> HttpResponse:
    context = {"case": case, "is_piece": True, "post": post, **_machine(case, post, draft)}
    return render(request, "web/machine_draft.html", context)


def _draft(request: HttpRequest, case_id: int, wanted: str) -> MachineDraft | None:
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < _DIGITS_OF_AN_ID):
        return None
    return asking.found(case_id=case_id, draft_id=int(wanted), reader=signed_in(request))


def _machine(case: Case, post: Post | None, draft: MachineDraft | None) -> dict[str, Any]:
    """The draft, what it rests on, and why none can be asked for."""
    sources = Snippet.objects.filter(pk__in=draft.sources) if draft and draft.sources else []
    return {
        "draft": draft,
        "sources": sources,
        "drafted_name": _("Drafted by a machine"),
        "why_not": asking.why_not(case=case, post=post) if post else "assistant.off",
    }


def _post_answered(request: HttpRequest, case: Case) -> Post | None:
    """The post that the reader chose to answer, else the newest of others in the case."""
    said = Post.objects.filter(case_posts__case=case, speaker="OUTSIDER").order_by("-posted_at", "-pk")
    wanted = request.POST.get("to") or request.GET.get("to", "")
    chosen = (
        said.filter(pk=int(wanted)).first()
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < _DIGITS_OF_AN_ID
        else None
    )
    return chosen or said.first()


def _offered(request: HttpRequest, case: Case, post: Post | None) -> dict[str, Any]:
    """The first nine of all have a figure that puts them into the answer."""
    known = snippets.suggested(case=case, post=post) if post else []
    language = post.language if post else "de"
    pieces = [(one, snippets.in_language(snippet=one, language=language)) for one in known]
    fitting = macros.offered(case=case, author=signed_in(request))[:MOST_MACROS]
    earlier = suggestions.earlier_answers(case=case, post=post) if post else []
    return {
        "post": post,
        "snippets": list(zip(pieces, _figures(0), strict=False)),
        "macros": list(zip(fitting, _figures(len(pieces)), strict=False)),
        "earlier": list(zip(earlier, _figures(len(pieces) + len(fitting)), strict=False)),
    }


def _figures(taken: int) -> list[str]:
    return [str(figure) if figure <= _MOST_DIGITS else "" for figure in range(taken + 1, taken + 31)]
