"""How channels are, in words and colour: last heard, last said, what the network gave us, gaps. What fails, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resonanz.core import clock
from resonanz.duties import alarms
from resonanz.networks import registry
from resonanz.networks.connections import batch_keys, leases, renewing
from resonanz.networks.connections.leases import Standing
from resonanz.networks.contract import Capability, able
from resonanz.networks.errors import NotAuthorised
from resonanz.networks.models import Channel, ChannelState, Gap, Lease
from resonanz.service.models import Outgoing, OutgoingState
from resonanz.web import times
from resonanz.web.wording import words

GAP_DAYS, SAID_DAYS = 30, 90
_PATIENCE = timedelta(minutes=10)
_LITTLE_LEFT = 20
_POLLS = 3  # so many may fail to come before it counts as silent
_OURS = frozenset({"password", "api_key", "api_secret", "service_key"})


@dataclass(frozen=True, slots=True)
class Sign:
    """A word and its colour ("good", "soon", "late", or "" for neither); what was when, beside it."""

    words: str
    tone: str = ""
    moment: datetime | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What the list and the page of a channel tell of it; None: there is no such thing on its network."""

    channel: Channel
    heard: Sign | None
    said: Sign | None
    limits: Sign | None
    connection: Sign | None
    gaps: Sign | None


def of(channels: Iterable[Channel]) -> list[Health]:
    """In their order, with three queries for all."""
    rows, now = list(channels), clock.now()
    said, gaps, leased = _said(rows, now), _gaps(rows, now), leases.of(rows)
    return [
        Health(
            channel=one,
            heard=_heard(one, now),
            said=_answers(one, said),
            limits=_limits(one),
            connection=_lease(leased[one.pk], now) if one.pk in leased else _connection(one, now),
            gaps=_gap(one, gaps[one.pk]),
        )
        for one in rows
    ]


def failure(channel: Channel) -> str:
    """Why a channel fails, in words that fit what was typed to connect it: not everything is a token."""
    entry = registry.connector(channel.network).asks_for.secret
    if channel.failure_code == NotAuthorised.code and entry is not None and entry.called in _OURS:
        called = words.word("entries", entry.called)
        told = _("What was stored as “%(entry)s” is no longer accepted. The channel has to be connected again.")
        return told % {"entry": called}
    return words.sentence(channel.failure_code, {})


def _is_asked(channel: Channel) -> bool:
    """Files are imported and posts captured when a person does it; nobody waits for them."""
    return able(registry.connector(channel.network), Capability.POLL)


def _is_heard(channel: Channel) -> bool:
    """Asked by us, or brought by a provider: it may fail to come."""
    return _is_asked(channel) or batch_keys.takes_batches(channel)


def _heard(channel: Channel, now: datetime) -> Sign | None:
    if not _is_heard(channel):
        return None
    last = max((one for one in (channel.read_at, channel.stream_at) if one is not None), default=None)
    if last is None:
        return Sign(_("not yet"))
    if channel.state != ChannelState.ACTIVE or not _is_asked(channel):  # a provider comes when it comes
        return Sign("", "", last)
    pause = registry.connector(channel.network).limits.poll_seconds
    is_late = now - last > max(_PATIENCE, timedelta(seconds=pause * _POLLS))
    return Sign(_("silent"), "soon", last) if is_late else Sign(_("heard"), "good", last)


def _said(rows: list[Channel], now: datetime) -> Mapping[int, datetime]:
    """When the last answer left through each."""
    since = now - timedelta(days=SAID_DAYS)
    sent = Outgoing.objects.filter(channel__in=rows, state=OutgoingState.SENT, sent_at__gte=since)
    return dict(sent.order_by().values_list("channel").annotate(Max("sent_at")))


def _answers(channel: Channel, said: Mapping[int, datetime]) -> Sign | None:
    if not able(registry.connector(channel.network), Capability.REPLY):
        return None
    if channel.pk in said:
        return Sign("", "", said[channel.pk])
    return Sign(_("nothing in %(days)s days") % {"days": SAID_DAYS})


def _limits(channel: Channel) -> Sign | None:
    """What the network said, when it was asked last, is left of how much may be asked of it."""
    if channel.limit_left is None:
        return None
    tone = "good" if channel.limit_left > _LITTLE_LEFT else "soon" if channel.limit_left else "late"
    return Sign(_("%(percent)s %% left") % {"percent": channel.limit_left}, tone)


def _lease(lease: Lease, now: datetime) -> Sign:
    """Whether a hub brings what is new; where none does, it is asked for, so nothing of that is late."""
    match leases.standing(lease, now):
        case Standing.BRINGS:
            return Sign(_("brought by its hub"), "good")
        case Standing.AWAITED:
            return Sign(_("hub asked"), "soon", lease.asked_at)
        case Standing.REFUSED:
            return Sign(_("hub refuses"), "soon", lease.refused_at)
        case Standing.OVER:
            return Sign(_("hub silent"), "soon", lease.until)


def _connection(channel: Channel, now: datetime) -> Sign | None:
    """How good what the network gave is, and since when it is stored."""
    if not channel.encrypted_secret:
        return None
    told, tone = _standing(channel, now)
    return Sign(told, tone, channel.token_at, _("stored"))


def _standing(channel: Channel, now: datetime) -> tuple[str, str]:
    if channel.state == ChannelState.BROKEN and channel.failure_code == NotAuthorised.code:
        return _("no longer accepted"), "late"
    days = alarms.days_left(channel=channel, at=now)
    if channel.expires_at is not None and days is not None:
        return _ends(channel.expires_at, days), "soon" if days else "late"
    if channel.connected_by is not None and not channel.connected_by.is_active:
        return _("of somebody who left"), "soon"
    if channel.expires_at is None:
        return _("without end"), "good"
    if renewing.is_renewed(channel):
        return _("renewed by itself"), "good"
    return _("until %(day)s") % {"day": times.day(channel.expires_at)}, "good"


def _ends(moment: datetime, days: int) -> str:
    told = _("ends on %(day)s") if days else _("ended on %(day)s")
    return told % {"day": times.day(moment)}


def _gaps(rows: list[Channel], now: datetime) -> Mapping[int, list[bool]]:
    """Of each, whether its lately ended gaps were filled."""
    found: dict[int, list[bool]] = defaultdict(list)
    lately = Gap.objects.filter(channel__in=rows, ended_at__gte=now - timedelta(days=GAP_DAYS))
    for channel_id, is_filled in lately.values_list("channel_id", "is_filled"):
        found[channel_id].append(is_filled)
    return found


def _gap(channel: Channel, lately: list[bool]) -> Sign | None:
    if not _is_heard(channel):
        return None
    opened = lately.count(False)
    if opened:
        return Sign(ngettext("%(count)s open", "%(count)s open", opened) % {"count": opened}, "soon")
    if lately:
        return Sign(
            ngettext("%(count)s, filled", "%(count)s, all filled", len(lately)) % {"count": len(lately)}, "good"
        )
    return Sign(_("no gaps"), "good")
