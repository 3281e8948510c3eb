"""Polling: ask a channel's network what is new there since the cursor, and take it in."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import NamedTuple

from resonanz.core.broker import BrokerAway
from resonanz.core.secrets import NotOurs
from resonanz.networks import limits_left, registry
from resonanz.networks.connections import applications, gaps
from resonanz.networks.connections.channels import account_of, note_failure, note_read
from resonanz.networks.contract import Reads
from resonanz.networks.errors import ApplicationRefused, NetworkError, NotAuthorised, Refused, TryLater
from resonanz.networks.models import Channel
from resonanz.pipeline.delivering import deliver

AFTER_FAILURE_SECONDS = 60.0
_BROKER_AWAY_SECONDS = 5.0
_RENEWED_SECONDS = 1.0


class Polled(NamedTuple):
    """How a poll went, and how long to wait before the next one."""

    seconds: float
    well: bool


def poll_once(
    channel_id: int, stopping: threading.Event | None = None, turn: AbstractContextManager[object] | None = None
) -> Polled:
    """Take in what is new on a channel. Failures are noted on the channel.

    `turn` is held from asking for a batch until it is taken in: without it, a stream could report the deletion of a
    post between the two, and the post would stay.
    """
    channel = Channel.objects.get(pk=channel_id)
    connector = registry.connector(channel.network)
    reading: Reads = connector  # type: ignore[assignment] # declared POLL; a test in tests/house compares
    try:
        with limits_left.gathering() as left:
            batches = reading.poll(account_of(channel), channel.cursor)
            while stopping is None or not stopping.is_set():
                with turn or nullcontext():
                    batch = next(batches, None)
                    if batch is None:
                        gaps.note_if_any(channel=channel)
                        note_read(channel_id=channel_id, limit_left=min(left, default=None))
                        break
                    deliver(channel=channel, events=batch.events, cursor=batch.cursor, bad=batch.bad)
                    if batch.missed:
                        gaps.note(channel_id=channel_id, missed=batch.missed)
    except NetworkError as error:
        is_noted = note(channel_id, error, channel.token_at)
        if isinstance(error, ApplicationRefused):
            applications.note_refused(network=channel.network)
        return Polled(_pause_after(error) if is_noted else _RENEWED_SECONDS, well=False)
    except BrokerAway as error:
        note_failure(channel_id=channel_id, code=error.code, words="", stop=False)
        return Polled(_BROKER_AWAY_SECONDS, well=False)
    except NotOurs as error:  # goes on by itself as soon as the right key file is back
        note_failure(channel_id=channel_id, code=error.code, words="", stop=False)
        return Polled(AFTER_FAILURE_SECONDS, well=False)
    except Exception:  # a fault of ours; the channel says so where people look, and the log says which
        note_fault(channel_id)
        raise
    if channel.failure_code == ApplicationRefused.code:
        applications.note_taken(network=channel.network)
    return Polled(float(connector.limits.poll_seconds), well=True)


def note(channel_id: int, error: NetworkError, token_at: datetime | None) -> bool:
    """Keep the failure where people see it. A refusal and a lost token wait for a person.

    Where it is the application that is refused, the tokens may be good: hearing goes on as soon as its keys are right.
    `token_at`: of the token that was shown. That it is good no more is past where it was renewed meanwhile: False.
    """
    stop = isinstance(error, NotAuthorised | Refused) and not isinstance(error, ApplicationRefused)
    words = error.words if isinstance(error, Refused) else str(error.params.get("reason", ""))
    shown = token_at if isinstance(error, NotAuthorised) else None
    return note_failure(channel_id=channel_id, code=error.code, words=words, stop=stop, token_at=shown)


def _pause_after(error: NetworkError) -> float:
    return max(error.seconds, 1.0) if isinstance(error, TryLater) else AFTER_FAILURE_SECONDS


def note_fault(channel_id: int) -> None:
    """Taking in failed by a fault of ours."""
    note_failure(channel_id=channel_id, code="channel.take_in_failed", words="", stop=False)
