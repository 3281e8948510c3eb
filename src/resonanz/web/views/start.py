"""The first start: what for, a channel, who answers, own posts to try, practice, and then for real."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts import colleagues, company, sign_in_links
from resonanz.accounts.access import Act
from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.duties import calendars
from resonanz.duties import live as live_channels
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening.models import Topic
from resonanz.networks import registry
from resonanz.networks.connections import channels
from resonanz.networks.contract import Account, Capability, able
from resonanz.networks.errors import Refused, TryLater
from resonanz.networks.feeds import FeedNetwork
from resonanz.networks.models import Channel, ChannelState
from resonanz.pipeline import practising
from resonanz.pipeline.rehearsal import MOST_TEXTS, rehearse
from resonanz.web import first_start, rehearsals
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.start import CompanyForm, FeedForm, SampleForm, WhoForm
from resonanz.web.permissions import page
from resonanz.web.wording import words
from resonanz.web.wording.sentences import SENTENCES

_SATURDAY = 5


def _show(request: HttpRequest, step: str, context: dict[str, Any]) -> HttpResponse:
    shown = first_start.steps(request, step)
    around = {
        "steps": shown,
        "step": next(one for one in shown if one.here),
        "before": first_start.before(step),
        "after": first_start.after(step),
        "is_over": company.company().started_at is not None,
    }
    return render(request, f"web/start_{step}.html", around | context)


@page(Act.SET_UP)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """To the first step that is not done."""
    return redirect(first_start.first_open(request))


@page(Act.SET_UP)
@require_http_methods(["GET", "POST"])
def area(request: HttpRequest) -> HttpResponse:
    """What the company is called, and what it begins with."""
    stored = company.company()
    form = CompanyForm(request.POST or None, initial={"name": stored.name, "areas": stored.areas})
    if request.method == "POST" and form.is_valid():
        actor = signed_in(request)
        if attempt(request, lambda: company.choose_areas(actor=actor, **form.cleaned_data)):
            return redirect(first_start.after("area"))
    return _show(request, "area", {"form": form})


@page(Act.SET_UP)
@require_http_methods(["GET", "POST"])
def channel(request: HttpRequest) -> HttpResponse:
    """A feed by its address, an account by letting us in there, or only practice."""
    form = FeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _connect_feed(request, form):
        return redirect(first_start.after("channel"))
    context = {
        "form": form,
        "channels": Channel.objects.order_by("id"),
        "by_invitation": [name for name in registry.names() if able(registry.connector(name), Capability.CONNECT)],
        "practice": practising.state(),
    }
    return _show(request, "channel", context)


def _connect_feed(request: HttpRequest, form: FeedForm) -> bool:
    address = form.cleaned_data["address"]
    name = form.cleaned_data["name"] or (urlsplit(address).hostname or address)[:120]
    if wrong := _what_is_wrong(address):
        form.add_error("address", wrong)
        return False
    try:
        channels.connect(network=FeedNetwork.name, name=name, address=address, actor=signed_in(request))
        live_channels.go_live_where_covered(actor=signed_in(request))
    except ResonanzError as error:
        form.add_error("name", words.told(error))
        return False
    return attempt(request, lambda: None, done=_("%(name)s is connected.") % {"name": name})


def _what_is_wrong(address: str) -> str:
    """Why no feed can be read there, "" if one can: whoever types is told at once, not by a failing channel."""
    try:
        next(FeedNetwork().poll(Account(network=FeedNetwork.name, address=address), ""), None)
    except Refused as refused:
        code = refused.words.partition(":")[0]
        return words.sentence(code if code in SENTENCES else "feed.not_a_feed", {})
    except TryLater as later:  # a server that is only busy is asked again by the channel
        code = str(later.params["reason"])
        return words.sentence(code, {}) if code in SENTENCES else ""
    except ResonanzError as error:
        return words.told(error)
    return ""


@page(Act.SET_UP)
@never_cache
@require_http_methods(["GET", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Who gets what comes, who stands in, and by when an answer is due."""
    found = _channel_without_anybody(request)
    if found is None:
        return _show(request, "who", {"channel": None})
    form = WhoForm(request.POST or None, initial=_present(found, signed_in(request)))
    context: dict[str, Any] = {"channel": found, "form": form, "promise": _promise(found)}
    if request.method == "POST" and form.is_valid():
        try:
            link = _name(request, found, form.cleaned_data)
        except ResonanzError as error:
            form.add_error("new_email" if error.code.startswith("colleague") else "deputy", words.told(error))
        else:
            if not link:
                more = _channel_without_anybody(request, still=True)
                return redirect(reverse("start_who") if more else first_start.after("who"))
            context |= {"link": link, "link_for": form.cleaned_data["new_name"]}
            context["minutes"] = sign_in_links.VALID_MINUTES
    return _show(request, "who", context)


def _channel_without_anybody(request: HttpRequest, *, still: bool = False) -> Channel | None:
    """The channel asked for, else the first one without anybody, else the first one."""
    every = list(Channel.objects.order_by("id"))
    holes = {one.pk: live_channels.hole_of(channel=one) for one in every}
    without = [one for one in every if holes[one.pk] and not (still and holes[one.pk] == "responsibility.no_deputy")]
    if still:
        return next(iter(without), None)
    asked = [one for one in every if str(one.pk) == request.GET.get("channel", "")]
    return next(iter([*asked, *without, *every]), None)


def _present(found: Channel, reader: User) -> dict[str, Any]:
    row = live_channels.catch_all(channel=found)
    return {"owner": row.owner_id, "deputy": row.deputy_id} if row else {"owner": reader.pk}


def _promise(found: Channel) -> dict[str, Any]:
    minutes = calendars.business_minutes(network=found.network)
    now = clock.now()
    return {
        "hours": minutes // 60,
        "minutes": minutes % 60,
        "due": rehearsals.moment(calendars.due_finder(network=found.network)(now)),
        "by_the_minute": registry.connector(found.network).limits.by_the_minute,
    }


def _name(request: HttpRequest, found: Channel, chosen: dict[str, Any]) -> str:
    """Keep who answers; the sign-in link of whoever was added, else ""."""
    actor = signed_in(request)
    owner, deputy, added = chosen["owner"], chosen["deputy"], None
    if chosen["new_email"]:
        added = colleagues.add(
            name=chosen["new_name"], email=chosen["new_email"], role=Role.AGENT, team_ids=[], actor=actor
        )
        owner, deputy = (added, deputy) if chosen["new_as"] == "owner" else (owner, added)
    set_responsibility(
        channel_id=found.pk, topic_id=None, intent="", owner_id=owner.pk, team_id=None, actor=actor,
        deputy_id=deputy.pk if deputy else None,
    )  # fmt: skip
    if added is None:
        return ""
    return sign_in_links.create_link(user=added, base_url=settings.BASE_URL, actor=actor)


@page(Act.SET_UP)
@require_http_methods(["GET", "POST"])
def sample(request: HttpRequest) -> HttpResponse:
    """Posts of one's own: who would get them, by when, and the first hole."""
    first = Channel.objects.order_by("id").first()
    if first is None:
        return _show(request, "sample", {"has_channels": False})
    first_start.pass_by(request, "sample")
    form = SampleForm(request.POST or None, initial={"channel": first.pk, "when": "now"})
    context: dict[str, Any] = {"has_channels": True, "form": form, "most": MOST_TEXTS}
    if request.method == "POST" and form.is_valid():
        context |= _rehearsed(form.cleaned_data)
    return _show(request, "sample", context)


def _rehearsed(typed: dict[str, Any]) -> dict[str, Any]:
    pasted = [line for line in typed["texts"].splitlines() if line.strip()]
    through: Channel = typed["channel"]
    found = rehearse(channel_id=through.pk, texts=pasted, at=_saturday() if typed["when"] == "saturday" else None)
    shown = rehearsals.lines(found, channel_id=through.pk)
    return {
        "lines": shown,
        "first_hole": rehearsals.first_hole(shown),
        "pasted": len(pasted),
        "nothing_pasted": not pasted,
        "through": through,
    }


def _saturday() -> datetime:
    """The last Saturday, ten at night, where the reader is."""
    now = timezone.localtime(clock.now())
    night = (now - timedelta(days=(now.weekday() - _SATURDAY) % 7)).replace(hour=22, minute=0, second=0, microsecond=0)
    return night if night <= now else night - timedelta(days=7)


@page(Act.SET_UP)
@require_http_methods(["GET", "POST"])
def practise(request: HttpRequest) -> HttpResponse:
    """Strangers speak to an account of ours on the practice network; what they say waits in the inbox."""
    if request.method == "POST":
        actor, language = signed_in(request), (get_language() or "en")[:2]
        attempt(
            request,
            lambda: practising.begin(actor=actor, channel_name=_("Practice"), language=language),
            done=_("Strangers have spoken. In a moment their posts stand in the inbox."),
        )
        return redirect("start_practise")
    first_start.pass_by(request, "practise")
    return _show(request, "practise", {"practice": practising.state()})


@page(Act.SET_UP)
@require_http_methods(["GET", "POST"])
def end_practice(request: HttpRequest) -> HttpResponse:
    """Asks once more, then removes everything of practice."""
    if request.method == "POST":
        actor = signed_in(request)
        if attempt(request, lambda: practising.end(actor=actor), done=_("Everything of practice is gone.")):
            return redirect("start_live")
    return _show(request, "practise", {"practice": practising.state(), "ending": True})


@page(Act.SET_UP)
@require_http_methods(["GET", "POST"])
def live(request: HttpRequest) -> HttpResponse:
    """What is done and what is missing; then the first start is over."""
    if request.method == "POST":
        company.finish_start(actor=signed_in(request))
        attempt(request, lambda: None, done=_("The first start is over. From here on every day begins on this page."))
        return redirect("today")
    real = practising.real_channels()
    holes = [(one, live_channels.hole_of(channel=one)) for one in real]
    administrators = User.objects.filter(role=Role.ADMIN, is_active=True).count()
    user = signed_in(request)
    context = {
        "listening": [one for one in real if one.state == ChannelState.ACTIVE],
        "unnamed": [one for one, hole in holes if hole not in ("", "responsibility.no_deputy")],
        "without_deputy": [one for one, hole in holes if hole == "responsibility.no_deputy"],
        "has_deputies": bool(holes) and not any(hole for _one, hole in holes),
        "topics": Topic.objects.filter(is_active=True).count(),
        "administrators": administrators,
        "can_return": user.has_usable_password() or Authenticator.objects.filter(user=user).exists(),
        "practice": practising.state(),
    }
    return _show(request, "live", context)


@page(Act.SET_UP)
@require_POST
def skip(request: HttpRequest) -> HttpResponse:
    """Later, or never: the start page shows the day from now on."""
    company.finish_start(actor=signed_in(request))
    attempt(request, lambda: None, done=_("The first start can be taken up again under Company."))
    return redirect("today")
