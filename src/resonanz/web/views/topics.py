"""Topics: what we listen for, with a preview on what is stored and on a pasted sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.listening import topics as room
from resonanz.listening.models import Topic
from resonanz.listening.query import QuerySyntaxError
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.topics import SampleForm, TopicForm
from resonanz.web.permissions import page
from resonanz.web.wording import words

MOST_SAMPLE_LINES = 2000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a query, and where: the text before, at and after the character."""

    told: str
    before: str
    at: str
    after: str


@page(Act.MANAGE_TOPICS)
@require_GET
def topics(request: HttpRequest) -> HttpResponse:
    """All topics with how many stored posts touch them."""
    found = Topic.objects.annotate(post_count=Count("posts")).order_by("name")
    return render(request, "web/topics.html", {"topics": found})


@page(Act.MANAGE_TOPICS)
@require_http_methods(["GET", "POST"])
def new_topic(request: HttpRequest) -> HttpResponse:
    """A new topic; the button says whether to try or to save it."""
    return _page(request, None)


@page(Act.MANAGE_TOPICS)
@require_http_methods(["GET", "POST"])
def topic(request: HttpRequest, topic_id: int) -> HttpResponse:
    """A topic, to be tried and changed."""
    return _page(request, get_object_or_404(Topic, pk=topic_id))


@page(Act.MANAGE_TOPICS)
@require_POST
def remove_topic(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Listen for it no longer; its posts stay until their day."""
    get_object_or_404(Topic, pk=topic_id)
    attempt(request, lambda: room.remove(topic_id=topic_id, actor=signed_in(request)), done=_("The topic was removed."))
    return redirect("topics")


def _page(request: HttpRequest, found: Topic | None) -> HttpResponse:
    form = TopicForm(request.POST) if request.method == "POST" else TopicForm(initial=_initial(found))
    sample = SampleForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "sample": sample, "topic": found}
    if request.method == "POST" and form.is_valid() and sample.is_valid():
        try:
            if request.POST.get("act") != "try":
                return _save(request, found, form.cleaned_data)
            context |= _tried(form.cleaned_data["query"], sample.cleaned_data["sample"])
        except QuerySyntaxError as error:
            context["problem"] = _problem(form.cleaned_data["query"], error)
        except room.TopicNameTaken as error:
            form.add_error("name", words.told(error))
    return render(request, "web/topic.html", context)


def _initial(found: Topic | None) -> dict[str, object]:
    if found is None:
        return {"is_active": True}
    return {
        "name": found.name,
        "query": found.query,
        "opens_cases": found.opens_cases,
        "is_active": found.is_active,
    }


def _save(request: HttpRequest, found: Topic | None, typed: dict[str, Any]) -> HttpResponse:
    actor = signed_in(request)
    if found is not None:
        room.change(topic_id=found.pk, actor=actor, **typed)
    else:
        saved = room.create(name=typed["name"], query=typed["query"], opens_cases=typed["opens_cases"], actor=actor)
        if not typed["is_active"]:
            room.change(topic_id=saved.pk, actor=actor, **typed)
    attempt(request, lambda: None, done=_("The topic %(name)s was saved.") % {"name": typed["name"]})
    return redirect("topics")


def _tried(query: str, sample: str) -> dict[str, Any]:
    texts = [line for line in sample.splitlines() if line.strip()][:MOST_SAMPLE_LINES]
    found = room.preview_sample(query=query, texts=texts)
    return {
        "preview": room.preview(query=query),
        "sample_lines": list(zip(texts, found, strict=True)),
        "sample_hits": sum(found),
    }


def _problem(query: str, error: QuerySyntaxError) -> Problem:
    at = min(max(error.position, 0), len(query))
    return Problem(words.told(error), query[:at], query[at : at + 1], query[at + 1 :])
