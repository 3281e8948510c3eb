"""Reading how the product fares, for `status`: counts, and what has been stuck for how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count

from resonanz.core import clock, jobs
from resonanz.core.broker import Broker, BrokerAway
from resonanz.listening.models import Post
from resonanz.networks.connections import spending as channel_spending
from resonanz.networks.models import Application, Channel, ChannelState
from resonanz.pipeline import silence
from resonanz.service.models import Case, Moderation, Outgoing, OutgoingState
from resonanz.service.moderation.sending import MOVING

# A reply is on its way for seconds; whatever takes this long is looked at.
SENDING_TOO_LONG = timedelta(minutes=2)
WAITING_TOO_LONG = timedelta(minutes=5)
DOING_TOO_LONG = timedelta(minutes=10)
_PATIENCE_SECONDS = 3.0


@dataclass(frozen=True)
class Stuck:
    """Something that should have moved on: what, how many, and since when the oldest."""

    what: str
    count: int
    since: datetime | None


def counts() -> dict[str, dict[str, int] | int]:
    """How much there is."""
    return {
        "posts": Post.objects.count(),
        "cases": _by_state(Case.objects.values_list("state").annotate(Count("id"))),
        "outgoing": _by_state(Outgoing.objects.values_list("state").annotate(Count("id"))),
        "channels": _by_state(Channel.objects.values_list("state").annotate(Count("id"))),
        "jobs": jobs.waiting(),
    }


def spending() -> list[dict[str, object]]:
    """What channels have spent at networks that charge or ration, in the current period."""
    found = [(channel, channel_spending.spent(channel=channel)) for channel in Channel.objects.order_by("name")]
    return [
        {
            "channel": channel.name,
            "unit": spent.tariff.unit,
            "used": str(channel_spending.as_amount(spent.cost, spent.tariff)),
            "budget": str(channel_spending.as_amount(spent.budget, spent.tariff)),
            "percent": spent.percent,
            "anew_at": spent.anew_at.isoformat(),
        }
        for channel, spent in found
        if spent is not None
    ]


def stuck() -> Iterator[Stuck]:
    """What has not moved for too long."""
    now = clock.now()
    sending = Outgoing.objects.filter(state=OutgoingState.SENDING, attempted_at__lt=now - SENDING_TOO_LONG)
    yield from _oldest("outgoing SENDING", sending.order_by("attempted_at").values_list("attempted_at", flat=True))
    unknown = Outgoing.objects.filter(state=OutgoingState.UNKNOWN, attempted_at__lt=now - WAITING_TOO_LONG)
    yield from _oldest("outgoing UNKNOWN", unknown.order_by("attempted_at").values_list("attempted_at", flat=True))
    queued = Outgoing.objects.filter(state=OutgoingState.QUEUED, due_at__lt=now - WAITING_TOO_LONG)
    yield from _oldest("outgoing QUEUED and due", queued.order_by("due_at").values_list("due_at", flat=True))
    acts = Moderation.objects.filter(state__in=MOVING, due_at__lt=now - WAITING_TOO_LONG)
    yield from _oldest("moderation due", acts.order_by("due_at").values_list("due_at", flat=True))
    for application in Application.objects.filter(refused_at__isnull=False).order_by("refused_at", "id"):
        yield Stuck(f"application at {application.network}: its keys are refused", 1, application.refused_at)
    for channel in Channel.objects.filter(failing_since__isnull=False).order_by("failing_since", "id"):
        yield Stuck(f"channel {channel.name}: {channel.failure_code}", 1, channel.failing_since)
    for channel in Channel.objects.filter(state=ChannelState.BROKEN, failing_since__isnull=True).order_by("id"):
        yield Stuck(f"channel {channel.name} is broken", 1, None)
    for batch in silence.silent(at=now):
        yield Stuck(f"channel {batch.channel.name}: no batch for longer than usual", 1, batch.received_at)
    yield from _jobs_doing_too_long(now)
    if settings.STREAM_SERVERS:
        yield from _parcels(now)


def _by_state(rows: object) -> dict[str, int]:
    return dict(sorted(rows))  # type: ignore[call-overload]


def _oldest(what: str, moments: object) -> Iterator[Stuck]:
    found = list(moments)  # type: ignore[call-overload]
    if found:
        yield Stuck(what, len(found), found[0])


def _parcels(now: datetime) -> Iterator[Stuck]:
    """What listeners handed over and intake has not taken in for too long."""
    broker = Broker(settings.STREAM_SERVERS, patience=_PATIENCE_SECONDS)
    try:
        oldest = broker.oldest()
        if oldest and oldest < now - WAITING_TOO_LONG:
            yield Stuck("parcels between listening and intake", broker.backlog().count, oldest)
    except BrokerAway:
        yield Stuck("the broker does not answer", 1, None)
    finally:
        broker.close()


def _jobs_doing_too_long(now: datetime) -> Iterator[Stuck]:
    query = """
        SELECT job.task_name, count(*), min(event.started_at)
        FROM procrastinate_jobs job
        JOIN LATERAL (
            SELECT max(at) AS started_at FROM procrastinate_events
            WHERE job_id = job.id AND type = 'started'
        ) event ON true
        WHERE job.status = 'doing' AND event.started_at < %s
        GROUP BY job.task_name ORDER BY job.task_name
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [now - DOING_TOO_LONG])
        for name, count, since in cursor.fetchall():
            yield Stuck(f"job {name}", count, since)
