"""Alarms of channels: before a token ends that gets no successor, when it ended, when a channel stopped, and what
upper rooms have to tell of channels (`watch`); each once.

    14, 7, 1 days before ──► ended ──► stopped          (a renewed or newly connected token begins anew)

Told to all who can connect the account again, and of them to those who are at work or on call: at other times it would
be on-call duty. Where none of them is, it waits until somebody is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from resonanz.accounts import notifications
from resonanz.accounts.access import who_connects
from resonanz.accounts.notifications import Line
from resonanz.accounts.tasks import deliver_soon
from resonanz.core import clock
from resonanz.duties.presence import on_duty
from resonanz.networks.connections import channels, renewing
from resonanz.networks.errors import NotAuthorised
from resonanz.networks.models import Channel, ChannelState

AHEAD_DAYS = (1, 7, 14)
_ENDED = 0
ENDS, ENDED, STOPPED = "channel.token_ends", "channel.token_ended", "channel.stopped"
SILENT = "channel.silent"
CODES = frozenset({ENDS, ENDED, STOPPED, SILENT})


@dataclass(frozen=True, slots=True)
class Due:
    """What an upper room has to tell of a channel; `note` keeps it from being told again."""

    channel: Channel
    code: str
    params: Mapping[str, str]
    note: Callable[[], None]


_watched: dict[str, Callable[[datetime], Sequence[Due]]] = {}


def watch(*, name: str, due: Callable[[datetime], Sequence[Due]]) -> None:
    """Declare what else may have to be told of channels at a moment."""
    _watched[name] = due


def alarm() -> int:
    """Tell what has to be told by now; how many alarms that were."""
    now = clock.now()
    with transaction.atomic():
        due, others = list(_due(now)), [one for look in _watched.values() for one in look(now)]
        wanted = due or others
        there = sorted(on_duty(user_ids=set(who_connects().values_list("pk", flat=True)), at=now)) if wanted else []
        if not there:
            return 0
        lines = [line for channel, code in due if (line := _told(channel, code, now)) is not None]
        lines += [_noted(one) for one in others if not channels.is_practice(one.channel)]
        for line in lines:
            deliver_soon(notifications.enqueue(user_ids=there, lines=[line]))
    return len(lines)


def days_left(*, channel: Channel, at: datetime) -> int | None:
    """Within how many of `AHEAD_DAYS` its token ends without a successor, 0 when it ended; None: nobody has to act."""
    if channel.expires_at is None or channel.state == ChannelState.BROKEN:
        return None
    if at >= channel.expires_at:
        return _ENDED
    if renewing.is_renewed(channel) and not renewing.is_overdue(channel, at=at):
        return None
    return next((days for days in AHEAD_DAYS if at >= channel.expires_at - timedelta(days=days)), None)


def _due(now: datetime) -> Iterator[tuple[Channel, str]]:
    ahead = now + timedelta(days=max(AHEAD_DAYS))
    stopped = Q(state=ChannelState.BROKEN, told_stopped_at__isnull=True)
    rows = Channel.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    for channel in rows.filter(stopped | Q(expires_at__lte=ahead)).order_by("id"):
        days = days_left(channel=channel, at=now)
        if channels.is_practice(channel):
            continue
        if channel.state == ChannelState.BROKEN:
            if channel.told_stopped_at is None:
                yield channel, STOPPED
        elif days is not None and (channel.told_days is None or days < channel.told_days):
            yield channel, ENDS if days else ENDED


def _told(channel: Channel, code: str, now: datetime) -> Line | None:
    """The line of an alarm, noted as told; None where the end of its token, told already, is why it stopped."""
    if code == STOPPED:
        channel.told_stopped_at = now
    else:
        channel.told_days = days_left(channel=channel, at=now)
    channel.save(update_fields=["told_stopped_at", "told_days"])
    if code == STOPPED and channel.told_days == _ENDED and channel.failure_code == NotAuthorised.code:
        return None
    ends_at = channel.expires_at.isoformat() if channel.expires_at else ""
    params = {"channel": channel.name, "ends_at": ends_at, "why": channel.failure_code}
    return Line(code, params, _page_of(channel))


def _noted(due: Due) -> Line:
    due.note()
    return Line(due.code, {"channel": due.channel.name, **due.params}, _page_of(due.channel))


def _page_of(channel: Channel) -> str:
    return f"/channels/{channel.pk}/"
