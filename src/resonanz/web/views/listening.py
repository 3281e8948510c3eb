"""Listening: the stream of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act, may
from resonanz.listening import posts
from resonanz.listening.models import Post, Topic
from resonanz.listening.posts import Wanted
from resonanz.networks.models import Channel
from resonanz.service import cases, quoting
from resonanz.service.models import Case, CasePost
from resonanz.web import post_headings, undo
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.listening import PostFilter
from resonanz.web.permissions import page
from resonanz.web.wording import words

PAGE = 50
MOST_TABS = 50


@page(Act.READ_POSTS)
@require_GET
def listening(request: HttpRequest) -> HttpResponse:
    """What was said, newest first, narrowed by what stands in the address."""
    topics, channels = list(Topic.objects.order_by("name").defer("query")), list(Channel.objects.order_by("name"))
    chosen = PostFilter.of(
        request.GET.dict(),
        topics=topics,
        channels=channels,
        may_read_cases=may(signed_in(request), Act.READ_CASES),
    )
    wanted = chosen.wanted(timezone.get_current_timezone())
    found = list(posts.stream(wanted=wanted, before=_before(request), limit=PAGE, folded=chosen.alike is None))
    if chosen.alike is None:
        _count_alike(found)
    if may(signed_in(request), Act.READ_CASES):
        _name_cases(found)
    quoting.beside(found)
    last = found[-1] if len(found) == PAGE else None
    context = {
        "posts": found,
        "chosen": chosen,
        "heading": post_headings.heading(chosen),
        "count": posts.narrowed(wanted=wanted).count() if chosen.day or chosen.alike else None,
        "topics": _topic_links(chosen, topics, wanted),
        "all_topics": chosen.address(topic=""),
        "without_filters": chosen.address(channel="", day="", sentiment="", kind="", answer="", alike=""),
        "channels": channels,
        "kinds": words.choices("kinds"),
        "sentiments": words.choices("sentiments"),
        "onward": chosen.address(before=f"{last.posted_at.isoformat()}_{last.pk}") if last else "",
        "has_channels": bool(found or channels),
        "to_undo": undo.open_for(request),
    }
    return render(request, "web/listening.html", context)


def _name_cases(found: Sequence[Post]) -> None:
    """Give each post that stands in a case its newest one as `case_shown`."""
    places = CasePost.objects.filter(post__in=found).order_by("case_id").values_list("post_id", "case_id")
    cases_by_post = dict(places)
    for post in found:
        post.case_shown = cases_by_post.get(post.pk)  # type: ignore[attr-defined]


def _count_alike(found: Sequence[Post]) -> None:
    """Tell each post that stands for others how many others, as `others_alike`."""
    groups = {alike for post in found if (alike := getattr(post, "alike", None))}
    counts = posts.alike(groups=groups) if groups else {}
    for post in found:
        post.others_alike = counts.get(getattr(post, "alike", None) or 0, 1) - 1  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class _TopicLink:
    """A tab; `count` is told only for one day, where counting is cheap."""

    name: str
    address: str
    is_here: bool
    count: int | None = None


def _topic_links(chosen: PostFilter, topics: Sequence[Topic], wanted: Wanted) -> list[_TopicLink]:
    counts = posts.per_topic(wanted=replace(wanted, topic_id=None)) if chosen.day else {}
    return [
        _TopicLink(
            name=topic.name,
            address=chosen.address(topic=topic.pk),
            is_here=topic == chosen.topic,
            count=counts.get(topic.pk, 0) if chosen.day else None,
        )
        for topic in topics[:MOST_TABS]
    ]


def _before(request: HttpRequest) -> tuple[datetime, int] | None:
    moment, _separator, post_id = request.GET.get("before", "").rpartition("_")
    try:
        found = datetime.fromisoformat(moment)
        return (found.astimezone(UTC), int(post_id)) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


@page(Act.ANSWER)
@require_POST
def open_case(request: HttpRequest, post_id: int) -> HttpResponse:
    """Make a case of a post that stayed in Listening."""
    get_object_or_404(Post, pk=post_id)
    made: list[Case] = []
    user = signed_in(request)
    attempt(request, lambda: made.append(cases.open_from_post(post_id=post_id, channel_id=None, actor=user)))
    return redirect("case", made[0].pk) if made else back(request, reverse("listening"))
