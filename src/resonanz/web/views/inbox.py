"""The inbox: what waits, what was said, who says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.listening.models import Topic
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.networks.models import Channel
from resonanz.people.models import Identity
from resonanz.service import drafts
from resonanz.service import inbox as lists
from resonanz.service.conversation import Conversation, conversation
from resonanz.service.inbox import Cursor, Filters, View
from resonanz.service.models import Case, CasePost, Intent, Outgoing
from resonanz.web import times, undo, words
from resonanz.web.acts import signed_in
from resonanz.web.inbox_words import inbox_words
from resonanz.web.permissions import page

VIEWS = {
    View.MINE: _("Mine"),
    View.TEAM: _("Team"),
    View.WAITING: _("Waiting"),
    View.LATE: _("Late"),
    View.ALL: _("All"),
    View.RESOLVED: _("Resolved"),
}
# Reached from the start page; six names in German are wider than the list.
_SELDOM = {View.WAITING}
MOST_EARLIER_CASES = 20
_MOST_ID = 2**63 - 1


@page(Act.READ_CASES)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The list alone; beside it a word on what to do."""
    return render(request, "web/no_case.html" if wants_piece(request) else "web/inbox.html", listed(request))


@page(Act.READ_CASES)
@require_GET
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """A case between the list it stands in and the person it comes from; of an open page only the case is asked."""
    template = "web/open_case.html" if wants_piece(request) else "web/case.html"
    return render(request, template, case_context(request, case_id))


@page(Act.READ_CASES)
@require_GET
def filters(request: HttpRequest) -> HttpResponse:
    """What the list can be narrowed to: a small menu on an open page, a page of its own without scripts."""
    context = {
        **addressed(request),
        "channels": Channel.objects.order_by("name", "id"),
        "topics": Topic.objects.order_by("name", "id"),
        "intents": words.choices("intents"),
    }
    return render(request, "web/filter_form.html" if request.headers.get("HX-Request") else "web/filter.html", context)


def wants_piece(request: HttpRequest) -> bool:
    """Whether a page that is open already asks for the case alone."""
    asked = request.headers
    return asked.get("HX-Target") == "open" or asked.get("HX-History-Restore-Request") == "true"


def case_context(request: HttpRequest, case_id: int, **reply: Any) -> dict[str, Any]:
    """All that the page of a case shows; `reply` holds what was typed already."""
    found = get_object_or_404(
        Case.objects.select_related("channel", "topic", "team", "assignee", "identity__person"), pk=case_id
    )
    talk = conversation(case=found)
    context = listed(request)
    return {
        **context,
        "case": found,
        "current_id": found.pk,
        "next_case": _next(context["cases"], found.pk),
        "talk": talk,
        "names": _names(request, found, talk),
        "known": _known(found),
        "none_needed": words.choices("none_needed"),
        "reply": {**_reply(request, found, talk), **reply},
    }


def addressed(request: HttpRequest) -> dict[str, Any]:
    """What the address of a list says: view, search and filters, and the same as a query to carry on."""
    view, search = _view(request.GET), clean(request.GET.get("q", ""), most=200)
    narrowed = _filters(request.GET)
    asked = {
        "view": view.value,
        "q": search,
        "channel": narrowed.channel_id or "",
        "topic": narrowed.topic_id or "",
        "kind": narrowed.intent,
    }
    kept = {name: value for name, value in asked.items() if value}
    return {
        "view": view,
        "search": search,
        "filters": narrowed,
        "kept": kept,
        "query": f"?{urlencode(kept)}",
        "to_query": f"{urlencode(kept)}&",
        "across": urlencode({name: value for name, value in kept.items() if name != "view"}),
    }


def listed(request: HttpRequest) -> dict[str, Any]:
    """The list that the address asks for."""
    address = addressed(request)
    view: View = address["view"]
    found = lists.cases(
        user=signed_in(request),
        view=view,
        search=address["search"],
        filters=address["filters"],
        after=_cursor(request.GET.get("after", "")),
    )
    following = lists.cursor_after(shown=found, view=view)
    return {
        **address,
        "cases": found,
        "views": {code: name for code, name in VIEWS.items() if code not in (_SELDOM - {view})},
        "narrowed": _narrowed(address),
        "onward": f"?{urlencode({**address['kept'], 'after': _written(following)})}" if following else "",
        "to_undo": undo.open_for(request),
        "piece": wants_piece(request),
        "inbox_words": inbox_words(),
        **moment(),
    }


def moment() -> dict[str, Any]:
    """The server's clock, for browsers whose own one is wrong."""
    now = clock.now()
    return {
        "now": now,
        "now_ms": int(now.timestamp() * 1000),
        "zone": timezone.get_current_timezone_name(),
        "time_words": times.patterns(),
    }


def _view(asked: QueryDict) -> View:
    wanted = asked.get("view", "")
    return View(wanted) if wanted in set(View) else View.MINE


def _filters(asked: QueryDict) -> Filters:
    kind = asked.get("kind", "")
    return Filters(
        channel_id=_id(asked.get("channel", "")),
        topic_id=_id(asked.get("topic", "")),
        intent=kind if kind in Intent.values else "",
    )


def _id(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdecimal() and 0 < int(written[:20]) <= _MOST_ID else None


def _narrowed(address: dict[str, Any]) -> list[tuple[str, str]]:
    """Each filter in use, in words, with the query that takes it away."""
    narrowed: Filters = address["filters"]
    told = {}
    if narrowed.channel_id:
        told["channel"] = Channel.objects.filter(pk=narrowed.channel_id).values_list("name", flat=True).first() or "–"
    if narrowed.topic_id:
        told["topic"] = Topic.objects.filter(pk=narrowed.topic_id).values_list("name", flat=True).first() or "–"
    if narrowed.intent:
        told["kind"] = words.word("intents", narrowed.intent)
    kept = address["kept"]
    return [(name, f"?{urlencode({k: v for k, v in kept.items() if k != key})}") for key, name in told.items()]


def _cursor(written: str) -> Cursor | None:
    """The cursor of an address; a broken one begins at the top."""
    at, _separator, case_id = written.rpartition("_")
    try:
        due_at = datetime.fromisoformat(at) if at else None
        if due_at is not None and due_at.tzinfo is None:
            return None
        return Cursor(due_at and due_at.astimezone(UTC), int(case_id))
    except (ValueError, OverflowError):
        return None


def _written(cursor: Cursor) -> str:
    return f"{cursor.due_at.isoformat() if cursor.due_at else ''}_{cursor.case_id}"


def _next(cases: list[Case], current_id: int) -> Case | None:
    """The case after this one in the list; from the last one, or from outside, the first other one."""
    ids = [row.pk for row in cases]
    after = cases[ids.index(current_id) + 1 :] if current_id in ids else []
    return next((row for row in [*after, *cases] if row.pk != current_id), None)


def _names(request: HttpRequest, case: Case, talk: Conversation) -> dict[int, str]:
    """The colleagues whom events speak of; most of them are on the page already, so that mostly no query is needed."""
    told = {entry.event.details.get("assignee") for entry in talk.entries if entry.event} - {None}
    here = [signed_in(request), case.assignee, *(entry.event.actor for entry in talk.entries if entry.event)]
    names = {user.pk: str(user) for user in here if user is not None}
    missing = told - set(names)
    return names | {user.pk: str(user) for user in (User.objects.filter(pk__in=missing) if missing else [])}


def _known(case: Case) -> dict[str, list[Any]]:
    """The identities of the person, and their other cases, newest first, in one query."""
    if case.identity is None:
        return {"identities": [], "cases": []}
    rows = Identity.objects.filter(person_id=case.identity.person_id).order_by("-cases__opened_at", "id")
    found = rows.values(
        "id", "network", "handle", "name", "url",
        "cases__id", "cases__intent", "cases__state", "cases__opened_at", "cases__first_reply_at",
    )[:MOST_EARLIER_CASES]  # fmt: skip
    identities = {row["id"]: row for row in found}
    others = [{**row, "answered_in": _answered_in(row)} for row in found if row["cases__id"] not in (None, case.pk)]
    return {"identities": list(identities.values()), "cases": others}


def _answered_in(row: Mapping[str, Any]) -> timedelta | None:
    answered, opened = row["cases__first_reply_at"], row["cases__opened_at"]
    return answered - opened if answered and opened else None


def _reply(request: HttpRequest, case: Case, talk: Conversation) -> dict[str, Any]:
    """The draft, or an empty answer: to the post the reader chose, else the draft's, the oldest open, the newest."""
    draft = drafts.of(case_id=case.pk, author=signed_in(request)) if may(request.user, Act.ANSWER) else None
    said = [entry.said for entry in talk.entries if entry.said and entry.said.post.speaker == "OUTSIDER"]
    chosen = next((row for row in said if str(row.post_id) == request.GET.get("to")), None)
    drafted = next((row for row in said if draft and row.post_id == draft.in_reply_to_id), None)
    target: CasePost | None = chosen or drafted or next(iter(talk.open_posts), None) or (said[-1] if said else None)
    return {
        "target": target,
        "able": _takes_answers(case.channel.network),
        "limit": _limit(case.channel.network),
        "under_way": _under_way(talk, target),
        **draft_state(draft),
    }


def draft_state(draft: Outgoing | None) -> dict[str, Any]:
    """What the form knows of a draft; `mark` changes with its words, so that two tabs notice each other."""
    text = draft.text if draft else ""
    return {"key": draft.key if draft else uuid4(), "text": text, "draft": draft, "mark": undo.mark_of(text)}


def _under_way(talk: Conversation, target: CasePost | None) -> Outgoing | None:
    """An answer to the same post that has not arrived yet."""
    states = {"QUEUED", "SENDING", "UNKNOWN"}
    found = [entry.outgoing for entry in talk.entries if entry.outgoing and entry.outgoing.state in states]
    return next((row for row in found if target and row.in_reply_to_id == target.post_id), None)


def _takes_answers(network: str) -> bool:
    """Imports have no network behind them that an answer could go to."""
    try:
        return able(registry.connector(network), Capability.REPLY)
    except registry.UnknownNetwork:
        return False


def _limit(network: str) -> int:
    try:
        return registry.connector(network).limits.text_length or 0
    except registry.UnknownNetwork:
        return 0
