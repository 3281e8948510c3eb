"""Four eyes: what waits for this colleague's signature, one of them with all it takes to decide, and the decision.

Made for a phone first: opened from the list it takes one more tap. Who signs posts the mark of the conversation that
the page showed; where something was said since, the page comes back with it instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.service import quoting
from resonanz.service.answers import approvals, signing
from resonanz.service.answers.judging import judge
from resonanz.service.conversation import MEDIA
from resonanz.service.models import Approval, ApprovalState, CasePost, Outgoing, OutgoingState
from resonanz.service.moderation import signing as moderation
from resonanz.web import findings, rulings
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.approvals import ApproveForm, CommentForm, RefuseForm
from resonanz.web.permissions import page
from resonanz.web.wording import words

MOST_POSTS = 30


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the conversation as the signer reads it; `is_new`: said or changed since they were asked."""

    place: CasePost | None
    answer: Outgoing | None
    is_new: bool


@page(Act.ANSWER)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What this colleague may sign now; a piece of the page for one that is open already."""
    found = approvals.waiting_for(user=signed_in(request))
    template = "web/approval_rows.html" if request.headers.get("HX-Request") else "web/approvals.html"
    asked = moderation.waiting_for(user=signed_in(request))
    return render(request, template, {"approvals": found, "moderations": asked})


@page(Act.ANSWER)
@require_GET
def approval(request: HttpRequest, approval_id: int) -> HttpResponse:
    """One request: what was said, the words, the clause, what is new since."""
    return render(request, "web/approval.html", _context(request, _asked(approval_id)))


@page(Act.ANSWER)
@require_POST
def approve(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Sign it, as it is or in other words."""
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _again(request, approval_id, words.sentence("approval.no_words", {}))
    typed = form.cleaned_data
    return _decide(
        request,
        approval_id,
        lambda: approvals.approve(
            approval_id=approval_id,
            actor=signed_in(request),
            text=typed["text"] if "text" in request.POST else None,
            comment=typed["comment"],
            seen=typed["seen"],
        ),
        done=_("Approved. It is sent in a few seconds."),
    )


@page(Act.ANSWER)
@require_POST
def refuse(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Do not let it leave; its author reads why."""
    form = RefuseForm(request.POST)
    comment = form.cleaned_data["comment"] if form.is_valid() else ""
    return _decide(
        request,
        approval_id,
        lambda: approvals.refuse(approval_id=approval_id, actor=signed_in(request), comment=comment),
        done=_("Not approved. The words are their author's draft again."),
    )


@page(Act.ANSWER)
@require_POST
def comment(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Say something about it, as a note in the case."""
    get_object_or_404(Approval, pk=approval_id)
    form = CommentForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    attempt(
        request,
        lambda: approvals.comment_on(approval_id=approval_id, actor=signed_in(request), text=text),
        done=_("Note kept."),
    )
    return redirect("approval", approval_id)


def _decide(request: HttpRequest, approval_id: int, act: Callable[[], object], *, done: str) -> HttpResponse:
    _asked(approval_id)
    try:
        act()
    except ResonanzError as error:
        clause = str(error.params.get("clause", ""))
        return _again(request, approval_id, rulings.told(clause, error.params) if clause else words.told(error))
    messages.success(request, done)
    return redirect("approvals")


def _again(request: HttpRequest, approval_id: int, problem: str) -> HttpResponse:
    """The page as it is now, with what was typed and why nothing was decided."""
    typed = {"problem": problem, "comment": request.POST.get("comment", ""), "text": request.POST.get("text")}
    return render(request, "web/approval.html", _context(request, _asked(approval_id), **typed), status=409)


def _asked(approval_id: int) -> Approval:
    rows = Approval.objects.select_related(
        "requested_by", "decided_by", "outgoing__author", "outgoing__channel", "outgoing__in_reply_to",
        "outgoing__case__channel", "outgoing__case__identity",
    )  # fmt: skip
    return get_object_or_404(rows, pk=approval_id, outgoing__case__isnull=False)


def _context(request: HttpRequest, asked: Approval, **typed: Any) -> dict[str, Any]:
    outgoing, case = asked.outgoing, asked.outgoing.case
    assert case is not None  # noqa: S101 # `_asked` finds no other
    is_open = asked.state == ApprovalState.WAITING and outgoing.state == OutgoingState.AWAITING
    said = _said(asked)
    changed = typed.get("text")
    return {
        "asked": asked,
        "outgoing": outgoing,
        "case": case,
        "said": said,
        "some_new": any(line.is_new for line in said),
        "seen": signing.thread_mark(case=case),
        "is_open": is_open,
        "found": _found(asked) if is_open else [],
        "text": outgoing.text if changed is None else changed,
        "is_changed": changed is not None and changed.split() != outgoing.text.split(),
        **{name: value for name, value in typed.items() if name != "text"},
    }


def _found(asked: Approval) -> list[findings.Shown]:
    """What the checks find in the words, as their author saw it."""
    outgoing = asked.outgoing
    if outgoing.author is None or outgoing.case is None:
        return []
    judged = judge(case=outgoing.case, text=outgoing.text, author=outgoing.author, post_id=outgoing.in_reply_to_id)
    return findings.shown(judged.findings, text=outgoing.text, guideline_id=judged.ruling.guideline_id)


def _said(asked: Approval) -> list[Said]:
    """The newest lines, in the order of time."""
    case, since = asked.outgoing.case, asked.requested_at
    newest = CasePost.objects.filter(case=case).exclude(post__speaker="OWN").select_related("post")
    places = list(newest.order_by("-post__posted_at", "-pk")[:MOST_POSTS])
    prefetch_related_objects([place.post for place in places], MEDIA)
    quoting.beside([place.post for place in places])
    sent = Outgoing.objects.filter(case=case, state=OutgoingState.SENT).select_related("author")
    answers = list(sent.order_by("-sent_at", "-pk")[:MOST_POSTS])
    lines = [
        *((row.post.posted_at, Said(row, None, _is_new(row, asked))) for row in places),
        *((row.sent_at or row.created_at, Said(None, row, (row.sent_at or since) > since)) for row in answers),
    ]
    return [line for _at, line in sorted(lines, key=lambda pair: pair[0])]


def _is_new(place: CasePost, asked: Approval) -> bool:
    edited = place.post.edited_at
    return place.pk > asked.newest_place or (edited is not None and edited > asked.requested_at)
