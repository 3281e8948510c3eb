"""Pictures: those that others posted, fetched and drawn anew for who may read the post, and those beside answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.core.pictures import JPEG
from resonanz.listening import previews, screenshots
from resonanz.listening.models import PostMedia, Visible
from resonanz.service.answers import attachments, drafts
from resonanz.service.models import Case, CasePost, Outgoing
from resonanz.web import attached
from resonanz.web.acts import signed_in
from resonanz.web.forms.reply import DraftForm
from resonanz.web.permissions import page
from resonanz.web.wording import words

_ALT = "alt-"
_KEPT_SECONDS = 600
_BUSY_SECONDS = 2


@page(Act.READ_CASES)
@require_GET
def post_picture(request: HttpRequest, media_id: int) -> HttpResponse:
    """What somebody posted, small, or a screenshot of it, whole, for whoever may read the post."""
    media = PostMedia.objects.select_related("post").filter(pk=media_id).exclude(post__speaker="STAFF").first()
    if media is None or not (media.post.visibility == Visible.PUBLIC or _is_in_a_case(media.post_id)):
        raise Http404
    if media.is_screenshot:
        shot = screenshots.of(media=media)
        return _shown(bytes(shot.data), shot.content_type) if shot else HttpResponse(status=404)
    try:
        drawn = previews.preview(media=media)
    except previews.Busy:
        return HttpResponse(status=503, headers={"Retry-After": str(_BUSY_SECONDS)})
    if drawn is None:
        raise Http404
    return _shown(drawn.data, drawn.content_type)


@page(Act.READ_CASES)
@require_GET
def picture(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """A picture beside an answer; with `download` to be posted by hand."""
    found = attachments.seen_by(attachment_id=attachment_id, user=signed_in(request))
    if found is None:
        raise Http404
    answer = _shown(bytes(found.data), found.content_type)
    if "download" in request.GET:
        ending = "jpg" if found.content_type == JPEG else "png"
        answer["Content-Disposition"] = f'attachment; filename="picture-{found.place + 1}.{ending}"'
    return answer


@page(Act.ANSWER)
@require_POST
def attach(request: HttpRequest, case_id: int) -> HttpResponse:
    """Put pictures to one's draft, describe them, take one off: a piece of the page, or the page it leads to."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        raise Http404
    problem = ""
    try:
        _change(request, case_id, form.cleaned_data)
    except ResonanzError as error:
        problem = words.told(error)
    if request.headers.get("HX-Request") == "true":
        return _piece(request, case_id, problem)
    if problem:
        messages.error(request, problem)
    return redirect(f"{reverse('case', args=[case_id])}?to={form.cleaned_data['post_id']}#write")


def take_with(request: HttpRequest, *, case_id: int, typed: Mapping[str, Any]) -> None:
    """What a form that is sent or kept says of its pictures, and brings where no script brought it before."""
    author = signed_in(request)
    attachments.describe(case_id=case_id, author=author, alts=_alts(request))
    if files := _files(request):
        attachments.add(
            case_id=case_id, post_id=typed["post_id"], author=author, key=typed["key"], files=files, text=typed["text"]
        )


def _change(request: HttpRequest, case_id: int, typed: Mapping[str, Any]) -> None:
    author, removed = signed_in(request), request.POST.get("remove", "")
    is_page = request.headers.get("HX-Request") != "true"
    if is_page and typed["text"]:  # without a script these words are on no other way
        drafts.keep(case_id=case_id, post_id=typed["post_id"], text=typed["text"], author=author, key=typed["key"])
    attachments.describe(case_id=case_id, author=author, alts=_alts(request))
    if removed.isascii() and removed.isdecimal() and len(removed) < 19:
        attachments.remove(case_id=case_id, author=author, attachment_id=int(removed))
    if files := _files(request):
        attachments.add(case_id=case_id, post_id=typed["post_id"], author=author, key=typed["key"], files=files)


def _piece(request: HttpRequest, case_id: int, problem: str) -> HttpResponse:
    case = Case.objects.select_related("channel").filter(pk=case_id).first()
    if case is None:
        raise Http404
    draft: Outgoing | None = drafts.of(case_id=case_id, author=signed_in(request))
    reply = {**attached.state(network=case.channel.network, draft=draft), "key": draft.key if draft else ""}
    context = {"case": case, "reply": reply, "picture_problem": problem}
    return render(request, "web/attachments.html", context, status=422 if problem else 200)


def _alts(request: HttpRequest) -> dict[int, str]:
    """What the form says that pictures show, by their ids."""
    found = {name.removeprefix(_ALT): told for name, told in request.POST.items() if name.startswith(_ALT)}
    return {int(pk): str(told) for pk, told in found.items() if pk.isascii() and pk.isdecimal() and len(pk) < 19}


def _files(request: HttpRequest) -> list[bytes]:
    return [file.read(attachments.MOST_UPLOAD + 1) for file in request.FILES.getlist("pictures")]


def _is_in_a_case(post_id: int) -> bool:
    return CasePost.objects.filter(post_id=post_id).exists()


def _shown(data: bytes, content_type: str) -> HttpResponse:
    """Bytes that are pixels and nothing else, whatever a browser may think of them."""
    return HttpResponse(
        data,
        content_type=content_type,
        headers={
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Content-Disposition": "inline",
            "Cache-Control": f"private, max-age={_KEPT_SECONDS}",
        },
    )
