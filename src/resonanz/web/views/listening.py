"""Listening: the stream of what was said, and corrections of its evaluation."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act, may
from resonanz.listening import posts
from resonanz.listening.models import Post, Topic, Visible
from resonanz.networks.models import Channel
from resonanz.service import cases
from resonanz.service.models import Case
from resonanz.triage import feedback
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.permissions import page

PAGE = 50


@page(Act.READ_POSTS)
@require_GET
def listening(request: HttpRequest) -> HttpResponse:
    """What was said, newest first, on one topic or on all."""
    wanted = request.GET.get("topic", "")
    topic = get_object_or_404(Topic, pk=wanted) if wanted.isdecimal() else None
    found = list(posts.stream(topic_id=topic.pk if topic else None, before=_before(request), limit=PAGE))
    last = found[-1] if len(found) == PAGE else None
    context = {
        "posts": found,
        "topic": topic,
        "topics": Topic.objects.order_by("name")[:50],
        "onward": f"{last.posted_at.isoformat()}_{last.pk}" if last else "",
        "has_channels": bool(found) or Channel.objects.exists(),
    }
    return render(request, "web/listening.html", context)


def _before(request: HttpRequest) -> tuple[datetime, int] | None:
    moment, _separator, post_id = request.GET.get("before", "").rpartition("_")
    try:
        found = datetime.fromisoformat(moment)
        return (found.astimezone(UTC), int(post_id)) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


@page(Act.CORRECT_TRIAGE)
@require_POST
def correct(request: HttpRequest, post_id: int) -> HttpResponse:
    """A person's word on one label of a post."""
    user = signed_in(request)
    readable = {} if may(user, Act.READ_CASES) else {"visibility": Visible.PUBLIC}
    get_object_or_404(Post, pk=post_id, evaluation__isnull=False, **readable)
    label, _separator, value = request.POST.get("correction", "").partition(":")
    attempt(
        request,
        lambda: feedback.give(post_id=post_id, label=label, value=value, by=user),
        done=_("Thank you; the correction is kept and teaches the next version."),
    )
    return back(request, reverse("listening"))


@page(Act.ANSWER)
@require_POST
def open_case(request: HttpRequest, post_id: int) -> HttpResponse:
    """Make a case of a post that stayed in Listening."""
    get_object_or_404(Post, pk=post_id)
    made: list[Case] = []
    user = signed_in(request)
    attempt(request, lambda: made.append(cases.open_from_post(post_id=post_id, channel_id=None, actor=user)))
    return redirect("case", made[0].pk) if made else back(request, reverse("listening"))
