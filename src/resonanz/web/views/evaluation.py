"""The evaluation of a post: why it is judged so, what it could be instead, and a person's word on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act, may
from resonanz.core.errors import ResonanzError
from resonanz.listening.models import Post, Visible
from resonanz.triage import feedback, nearest
from resonanz.triage.learning import labels as company_labels
from resonanz.web import judged, undo
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.permissions import page
from resonanz.web.views.case_acts import asks_for_pieces
from resonanz.web.wording import judged_words, words


@page(Act.READ_POSTS)
@require_GET
def evaluation(request: HttpRequest, post_id: int) -> HttpResponse:
    """Why one label of a post was decided as it was; the weightiest where none was chosen."""
    post = _post(request, post_id)
    label = request.GET.get("label") or judged.first_label(post)
    if not judged.is_label(label):
        raise Http404
    context = _context(post, label, here=_here(request.GET))
    if asks_for_pieces(request):
        return render(request, "web/judged_news.html", context)
    if "similar" in request.GET:
        context |= {"shows_similar": True, "similar": _similar(post, label)}
    return render(request, "web/evaluation.html", {**context, "to_undo": undo.open_for(request)})


@page(Act.READ_POSTS)
@require_GET
def similar_posts(request: HttpRequest, post_id: int) -> HttpResponse:
    """Posts like this one that people here have checked, for this label."""
    post, label = _post(request, post_id), request.GET.get("label", "")
    if not judged.is_label(label):
        raise Http404
    return render(request, "web/similar_posts.html", {"similar": _similar(post, label)})


@page(Act.CORRECT_TRIAGE)
@require_POST
def correct(request: HttpRequest, post_id: int) -> HttpResponse:
    """A person's word on one label of a post: what the judge said, or something else."""
    post, user = _post(request, post_id), signed_in(request)
    label, _separator, value = request.POST.get("correction", "").partition(":")
    former = post.evaluation.labels.get(label, {}).get("said", "")

    def give() -> None:
        feedback.give(post_id=post_id, label=label, value=value, by=user)
        undo.remember_judged(request, undo.Judged(post_id, label, value, former))

    return _answered(request, post_id, label, give)


@page(Act.CORRECT_TRIAGE)
@require_POST
def take_back_correction(request: HttpRequest, post_id: int) -> HttpResponse:
    """What one said of a label just now goes, and what stood before stands again."""
    _post(request, post_id)
    user, done = signed_in(request), undo.judged_just_now(request)
    if done is None or done.post_id != post_id:
        return back(request, reverse("evaluation", args=[post_id]))

    def take_back() -> None:
        feedback.withdraw(post_id=post_id, label=done.label, by=user, former=done.former)
        undo.forget_judged(request)

    return _answered(request, post_id, done.label, take_back)


def _answered(request: HttpRequest, post_id: int, label: str, act: Callable[[], object]) -> HttpResponse:
    """Do `act` and answer as it was asked: with the pieces that changed, or with the page it was asked from."""
    if not asks_for_pieces(request):
        address = reverse("evaluation", args=[post_id])
        return back(request, f"{address}?{urlencode({'label': label})}" if attempt(request, act) else address)
    try:
        act()
    except ResonanzError as error:
        return JsonResponse({"refused": words.told(error)}, status=409)
    context = _context(_post(request, post_id), label, here=_here(request.POST))
    return render(request, "web/judged_news.html", {**context, "to_undo": undo.judged(request), "is_done": True})


def _post(request: HttpRequest, post_id: int) -> Post:
    """An evaluated post that this reader may read."""
    readable = {} if may(signed_in(request), Act.READ_CASES) else {"visibility": Visible.PUBLIC}
    return get_object_or_404(
        Post.objects.select_related("evaluation"), pk=post_id, evaluation__isnull=False, **readable
    )


def _context(post: Post, label: str, *, here: str) -> dict[str, Any]:
    return {"post": post, "judged": judged.judged(post=post, label=label), "here": here}


def _similar(post: Post, label: str) -> list[tuple[Post, str]]:
    own = company_labels.names()
    found = nearest.nearest(post=post, label=label)
    return [(near.post, judged_words.said_as(label, near.value, own)) for near in found]


def _here(asked: QueryDict) -> str:
    """The page of ours that one came from."""
    wanted = asked.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours and wanted.startswith("/") else reverse("listening")
