"""The inbox: what waits, what was said, who says it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.people.models import Identity
from resonanz.service import inbox as lists
from resonanz.service.conversation import Conversation, conversation
from resonanz.service.inbox import Cursor, View
from resonanz.service.models import Case, CasePost
from resonanz.web import undo, words
from resonanz.web.acts import signed_in
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


@page(Act.READ_CASES)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The list alone; beside it a word on what to do."""
    return render(request, "web/inbox.html", listed(request))


@page(Act.READ_CASES)
@require_GET
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """A case between the list it stands in and the person it comes from."""
    return render(request, "web/case.html", case_context(request, case_id))


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
        "names": _names(talk),
        "known": _known(found),
        "none_needed": words.choices("none_needed"),
        "reply": {**_reply(request, found, talk), **reply},
    }


def listed(request: HttpRequest) -> dict[str, Any]:
    """The list that the address asks for."""
    view, search = _view(request.GET), clean(request.GET.get("q", ""), most=200)
    found = lists.cases(user=signed_in(request), view=view, search=search, after=_cursor(request.GET.get("after", "")))
    kept = {name: value for name, value in (("view", view.value), ("q", search)) if value}
    following = lists.cursor_after(shown=found, view=view)
    return {
        "cases": found,
        "view": view,
        "views": {code: name for code, name in VIEWS.items() if code not in (_SELDOM - {view})},
        "search": search,
        "query": f"?{urlencode(kept)}",
        "to_query": f"{urlencode(kept)}&",
        "onward": f"?{urlencode({**kept, 'after': _written(following)})}" if following else "",
        "to_undo": undo.open_for(request),
        "now": clock.now(),
    }


def _view(asked: QueryDict) -> View:
    wanted = asked.get("view", "")
    return View(wanted) if wanted in set(View) else View.MINE


def _cursor(written: str) -> Cursor | None:
    """The cursor of an address; a broken one begins at the top."""
    moment, _separator, case_id = written.rpartition("_")
    try:
        due_at = datetime.fromisoformat(moment) if moment else None
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


def _names(talk: Conversation) -> dict[int, str]:
    """The colleagues whom events speak of."""
    told = {entry.event.details.get("assignee") for entry in talk.entries if entry.event} - {None}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=told)} if told else {}


def _known(case: Case) -> dict[str, list[Any]]:
    """The identities of the person, and their other cases, newest first, in one query."""
    if case.identity is None:
        return {"identities": [], "cases": []}
    rows = Identity.objects.filter(person_id=case.identity.person_id).order_by("-cases__opened_at", "id")
    found = rows.values(
        "id", "network", "handle", "name", "url",
        "cases__id", "cases__intent", "cases__state", "cases__opened_at",
    )[:MOST_EARLIER_CASES]  # fmt: skip
    identities = {row["id"]: row for row in found}
    others = [row for row in found if row["cases__id"] not in (None, case.pk)]
    return {"identities": list(identities.values()), "cases": others}


def _reply(request: HttpRequest, case: Case, talk: Conversation) -> dict[str, Any]:
    """An empty answer to the post the reader chose, else to the oldest open one, else to the newest."""
    said = [entry.said for entry in talk.entries if entry.said and entry.said.post.speaker == "OUTSIDER"]
    chosen = next((row for row in said if str(row.post_id) == request.GET.get("to")), None)
    target: CasePost | None = chosen or next(iter(talk.open_posts), None) or (said[-1] if said else None)
    return {
        "target": target,
        "able": _takes_answers(case.channel.network),
        "key": uuid4(),
        "text": undo.take_text(request, case.pk),
    }


def _takes_answers(network: str) -> bool:
    """Imports have no network behind them that an answer could go to."""
    try:
        return able(registry.connector(network), Capability.REPLY)
    except registry.UnknownNetwork:
        return False
