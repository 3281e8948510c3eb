"""The inbox: what waits, what was said, who says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.listening.models import Intent, Topic
from resonanz.networks import registry
from resonanz.networks.errors import Unsupported
from resonanz.networks.models import Channel
from resonanz.people.models import Identity
from resonanz.service.answers.addressing import by_hand_because, window
from resonanz.service.answers.inviting import invitation
from resonanz.service.conversation import Conversation, conversation, opened
from resonanz.service.lists import filtering, views
from resonanz.service.lists import inbox as lists
from resonanz.service.lists.filter_language import Problem, names_beginning
from resonanz.service.lists.filtering import Meant
from resonanz.service.lists.inbox import Cursor, Filters, View
from resonanz.service.models import Approval, ApprovalState, Case, CasePost, ClosedBecause, NoneNeeded, Outgoing
from resonanz.service.work import closing, known_issues, linking, privately
from resonanz.web import attached, times, undo
from resonanz.web.acts import signed_in
from resonanz.web.permissions import page
from resonanz.web.wording import declaration_words, urgency_words, words
from resonanz.web.wording.inbox_words import inbox_words

VIEWS = {
    View.MINE: _("Mine"),
    View.TEAM: _("Team"),
    View.WAITING: _("Waiting"),
    View.LATE: _("Late"),
    View.SNOOZED: _("Snoozed"),
    View.ALL: _("All"),
    View.RESOLVED: _("Resolved"),
}
# Four names fill the line in German. These stand below it; what waits is reached from the start page.
_BELOW = (View.SNOOZED, View.RESOLVED)
_SELDOM = {View.WAITING, *_BELOW}
MOST_EARLIER_CASES = 20
_MOST_ID = 2**63 - 1


@page(Act.READ_CASES)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The list alone; beside it a word on what to do."""
    if wants_piece(request):
        return render(request, "web/no_case.html", beside_list(request))
    return render(request, "web/inbox.html", listed(request))


@page(Act.READ_CASES)
@require_GET
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """A case between the list it stands in and the person it comes from; of an open page only the case is asked."""
    piece = wants_piece(request)
    context = case_context(request, case_id, beside_list(request) if piece else listed(request))
    if into := context["case"].merged_into_id:
        return redirect(reverse("case", args=[into]) + context["query"])
    return render(request, "web/open_case.html" if piece else "web/case.html", context)


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


def case_context(request: HttpRequest, case_id: int, around: Mapping[str, Any], **reply: Any) -> dict[str, Any]:
    """All that the page of a case shows; `around`: the list it is in, `reply`: what was typed already."""
    found = opened(case_id=case_id)
    if found is None:
        raise Http404
    talk = conversation(case=found, reader=signed_in(request) if may(request.user, Act.ANSWER) else None)
    return {
        **around,
        "case": found,
        "called": _called(found),
        "current_id": found.pk,
        "next_id": _next(around["ids"], found.pk),
        "talk": talk,
        "closing": closing_choices(talk),
        "declared": declaration_words.bands(talk.declarations),
        "urgent": urgency_words.because(case=found, waiting=talk.open_posts),
        "links": linking.linked(case_id=found.pk) if _leads_on(talk) else [],
        "names": _names(request, found, talk),
        "known": _known(found),
        "none_needed": words.choices("none_needed"),
        "reply": {**_reply(request, found, talk), **reply},
    }


def _leads_on(talk: Conversation) -> bool:
    return talk.tells_of("case.linked") or talk.tells_of("case.split") or talk.tells_of("case.merged")


def _called(case: Case) -> str:
    """Whom the page of a case names; a feed may tell of nobody."""
    who = case.identity
    return (who.name or who.handle if who else "") or case.channel.name


def addressed(request: HttpRequest) -> dict[str, Any]:
    """What the address of a list says: view, search and filters, and the same as a query to carry on."""
    view, search = _view(request.GET), clean(request.GET.get("q", ""), most=200)
    typed = filtering.meant(text=search, user=signed_in(request))
    narrowed = filters_of(request.GET, typed)
    asked = {
        "view": view.value,
        "q": search,
        "channel": narrowed.channel_id or "",
        "topic": narrowed.topic_id or "",
        "kind": narrowed.intent,
    }
    kept = {name: value for name, value in asked.items() if value}
    return {
        "view": listing_of(view, typed),
        "chosen_view": view,
        "search": search,
        "words": typed.words,
        "typed": typed,
        "problems": [_pointed(search, problem) for problem in typed.problems],
        "filters": narrowed,
        "kept": kept,
        "query": f"?{urlencode(kept)}",
        "to_query": f"{urlencode(kept)}&",
        "across": urlencode({name: value for name, value in kept.items() if name != "view"}),
    }


def beside_list(request: HttpRequest) -> dict[str, Any]:
    """What a piece of an open page has to know of the list on it: which cases stand there, in their order."""
    address = addressed(request)
    ids = lists.page_ids(**_asked(request, address))
    return {**address, "ids": ids, "to_undo": undo.open_for(request), "piece": wants_piece(request), **moment()}


def _asked(request: HttpRequest, address: Mapping[str, Any]) -> dict[str, Any]:
    """What the address asks the lists for."""
    if address["view"] is View.TEAM:
        prefetch_related_objects([signed_in(request)], "teams")
    return {
        "user": signed_in(request),
        "view": address["view"],
        "search": address["words"],
        "filters": address["filters"],
        "after": _cursor(request.GET.get("after", "")),
    }


def listed(request: HttpRequest) -> dict[str, Any]:
    """The list that the address asks for."""
    address = addressed(request)
    view: View = address["view"]
    here = {view, address["chosen_view"]}
    found = lists.page(**_asked(request, address))
    return {
        **address,
        "cases": found.cases,
        "ids": [case.pk for case in found.cases],
        "most_found": found.most_found,
        "views": {code: name for code, name in VIEWS.items() if code not in _SELDOM - here},
        "seldom": {code: VIEWS[code] for code in _BELOW if code not in here},
        "narrowed": _narrowed(address),
        "saved_views": partial(saved_views, request, address),
        "onward": f"?{urlencode({**address['kept'], 'after': _written(found.onward)})}" if found.onward else "",
        "my_teams": _teams(signed_in(request)) if view is View.TEAM else "",
        "to_undo": undo.open_for(request),
        "piece": wants_piece(request),
        "inbox_words": inbox_words(),
        **moment(),
    }


def _teams(user: User) -> str:
    """Ids of the reader's teams: a page that shows their list asks after their cases (static/web/rows.js)."""
    return ",".join(str(team.pk) for team in user.teams.all())


def listing_of(view: View, typed: Meant) -> View:
    """The list that shows what was typed: what is resolved or put aside stands in a list of its own."""
    if typed.asks("is", "resolved"):
        return View.RESOLVED
    if typed.asks("is", "snoozed"):
        return View.SNOOZED
    return View.ALL if typed.asks("is", "open") and view is View.RESOLVED else view


def _pointed(search: str, problem: Problem) -> dict[str, str]:
    """What is wrong, with the words before it, those that are meant, and those behind."""
    known = ", ".join(f"{name}:" for name in names_beginning("", german=get_language() == "de"))
    return {
        "before": search[: problem.start],
        "wrong": search[problem.start : problem.end],
        "behind": search[problem.end :],
        "told": words.sentence(problem.code, {"known": known, **problem.params}),
    }


def saved_views(request: HttpRequest, address: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The reader's views with their addresses; the one that is shown bears a mark."""
    found = []
    for view in views.in_order(user=signed_in(request)):
        kept = {"view": view.listed, **({"q": view.asked} if view.asked else {}), **view.narrowed}
        same = {name: str(value) for name, value in kept.items()} == {n: str(v) for n, v in address["kept"].items()}
        found.append({"view": view, "query": f"?{urlencode(kept)}", "is_shown": same})
    return found


def closing_choices(talk: Conversation) -> list[tuple[str, str]]:
    """Why it may be closed, where that has to be asked: posts are open, or nobody answered and nothing says why."""
    said = {"QUEUED", "SENDING", "UNKNOWN", "SENT"}
    places = [entry.said for entry in talk.entries if entry.said]
    answered = any(entry.outgoing and entry.outgoing.state in said for entry in talk.entries)
    answered = answered or any(place.state == "ANSWERED" for place in places)
    told = any(place.reason not in ("", NoneNeeded.CONTEXT) for place in places)
    if not talk.open_posts and (answered or told):
        return []
    codes = [*closing.REASONS, *([ClosedBecause.ANSWERED] if answered else [])]  # the same figure for the same reason
    return [(code.value, words.word("closed_because", code)) for code in codes]


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


def filters_of(asked: Mapping[str, str], typed: Meant) -> Filters:
    """What an address narrows a list to, and what was typed besides."""
    kind = asked.get("kind", "")
    return Filters(
        channel_id=_id(asked.get("channel", "")),
        topic_id=_id(asked.get("topic", "")),
        intent=kind if kind in Intent.values else "",
        conditions=typed.conditions,
    )


def _id(written: str) -> int | None:
    is_number = written.isascii() and written.isdecimal() and len(written) < 20
    return int(written) if is_number and 0 < int(written) <= _MOST_ID else None


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
    return f"{cursor.at.isoformat() if cursor.at else ''}_{cursor.case_id}"


def _next(ids: Sequence[int], current_id: int) -> int | None:
    """The case after this one in the list; from the last one, or from outside, the first other one."""
    after = ids[ids.index(current_id) + 1 :] if current_id in ids else []
    return next((each for each in [*after, *ids] if each != current_id), None)


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
    draft = talk.draft
    said = [entry.said for entry in talk.entries if entry.said and entry.said.post.speaker == "OUTSIDER"]
    chosen = next((row for row in said if str(row.post_id) == request.GET.get("to")), None)
    drafted = next((row for row in said if draft and row.post_id == draft.in_reply_to_id), None)
    target: CasePost | None = chosen or drafted or next(iter(talk.open_posts), None) or (said[-1] if said else None)
    return {
        "target": target,
        **_answerable(case, target),
        "limit": _limit(case.channel.network, case.visibility),
        "under_way": _under_way(talk, target),
        "refused": _refused(talk, draft),
        "privately": privately.may_write_first(network=case.channel.network),
        **draft_state(draft),
        **attached.state(network=case.channel.network, draft=draft),
        **_worded(request, case, draft),
        **_invitation(request, case, target, draft),
    }


def _invitation(request: HttpRequest, case: Case, target: CasePost | None, draft: Outgoing | None) -> dict[str, Any]:
    """The words that ask somebody to write in private, where nothing else was begun."""
    if "invite" not in request.GET or target is None or draft is not None:
        return {}
    address = str(case.channel.settings.get("write_to_us", ""))
    return {"text": invitation(language=target.post.language, address=address)}


def _worded(request: HttpRequest, case: Case, draft: Outgoing | None) -> dict[str, Any]:
    """The released wording of a known issue that the reader asked for, behind what they have begun."""
    wording_id = _id(request.GET.get("say", ""))
    said = known_issues.said_of(case=case, wording_id=wording_id) if wording_id else ""
    begun = draft.text if draft else ""
    return {"text": "\n\n".join(each for each in (begun, said) if each)} if said and said not in begun else {}


def draft_state(draft: Outgoing | None) -> dict[str, Any]:
    """What the form knows of a draft; `mark` changes with its words, so that two tabs notice each other."""
    text = draft.text if draft else ""
    return {"key": draft.key if draft else uuid4(), "text": text, "draft": draft, "mark": undo.mark_of(text)}


def _under_way(talk: Conversation, target: CasePost | None) -> Outgoing | None:
    """An answer to the same post that has not arrived yet."""
    states = {"AWAITING", "QUEUED", "SENDING", "UNKNOWN", "ASSISTED"}
    found = [entry.outgoing for entry in talk.entries if entry.outgoing and entry.outgoing.state in states]
    return next((row for row in found if target and row.in_reply_to_id == target.post_id), None)


def _refused(talk: Conversation, draft: Outgoing | None) -> Approval | None:
    """Why these words were not approved, while their author works on them."""
    asked = [entry.approval for entry in talk.entries if entry.event and entry.approval]
    mine = [one for one in asked if one.state == ApprovalState.REFUSED and draft and one.requested_by == draft.author]
    return mine[-1] if mine else None


def _answerable(case: Case, target: CasePost | None) -> dict[str, Any]:
    """Whether it is answered from here, and until when. Imports have no network that an answer could go to."""
    post = target.post if target else None
    asked: dict[str, Any] = {"channel": case.channel, "post": post, "visibility": case.visibility}
    try:
        by_hand = by_hand_because(**asked)
        return {"able": not by_hand, "by_hand": by_hand, "window": window(**asked)}
    except registry.UnknownNetwork:
        return {"able": False, "by_hand": Unsupported.code}


def _limit(network: str, visibility: str) -> int:
    try:
        return registry.connector(network).limits.length_in(visibility)
    except registry.UnknownNetwork:
        return 0
