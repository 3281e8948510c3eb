"""Intake from the broker: takes parcels that listeners left, takes them in, and only then lets go of them."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from resonanz.core import clock
from resonanz.core.broker import Arrived, Broker, BrokerAway
from resonanz.networks.connections.channels import note_failure
from resonanz.networks.models import Channel
from resonanz.pipeline import parcels, putting_aside
from resonanz.pipeline.cleaning import put_aside
from resonanz.pipeline.take_in import take_in

_MOST_FAULTS, _MOST_TRIES = 10, 50
"""How often a parcel may fail by a fault of ours, and be out at all: also one that kills its worker each time ends."""
_AFTER_FAULT_SECONDS = 5.0
_LOOK_SECONDS = 0.5
_UNREADABLE_SECONDS = 600.0
_FAULT = "event.intake_failed"
logger = logging.getLogger(__name__)


def run(broker: Broker) -> None:
    """Take in until SIGTERM or SIGINT; a parcel that was begun is finished."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        work(broker, stopping.is_set)
    finally:
        broker.close()


def work(broker: Broker, stopping: Callable[[], bool]) -> None:
    """Parcel after parcel, until `stopping()`. While no server answers, it asks again and again."""
    while not stopping():
        try:
            arrived = broker.take(stopping)
        except BrokerAway:
            continue  # it was patient, and said so in the log
        if arrived:
            close_old_connections()
            _take(arrived, stopping)


def _take(arrived: Arrived, stopping: Callable[[], bool]) -> None:
    try:
        batch = parcels.read(arrived.data)
    except parcels.Unreadable as error:
        # Written by a later version, most likely: this machine is still to be upgraded.
        logger.warning("a parcel of another version waits (%s)", error)
        arrived.later(_UNREADABLE_SECONDS)
        return
    try:
        if arrived.tries > _MOST_TRIES:
            _give_up(batch)
        else:
            _take_in(batch)
    except (DatabaseError, InterfaceError):
        logger.exception("the database did not take a parcel")
        _wait_for_database(stopping)
        arrived.later(_AFTER_FAULT_SECONDS)
    except Exception:
        logger.exception("a parcel was not taken in")
        _failed(arrived, batch)
    else:
        arrived.done()


def _failed(arrived: Arrived, batch: parcels.Handed) -> None:
    try:
        with contextlib.suppress(Channel.DoesNotExist):
            note_failure(channel_id=batch.channel_id, code="channel.take_in_failed", words="", stop=False)
        if arrived.tries >= _MOST_FAULTS:
            _give_up(batch)
            arrived.done()
            return
    except (DatabaseError, InterfaceError):
        logger.exception("the database is away")
    arrived.later(_AFTER_FAULT_SECONDS)


def _wait_for_database(stopping: Callable[[], bool]) -> None:
    """The parcel stays out to us meanwhile: else it would use up its tries, and be put aside for no fault of ours."""
    while not stopping():
        try:
            close_old_connections()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return
        except (DatabaseError, InterfaceError):
            clock.sleep(_LOOK_SECONDS)


def _take_in(batch: parcels.Handed) -> None:
    if channel := _channel(batch):
        take_in(channel=channel, events=batch.events, bad=batch.bad)


def _give_up(batch: parcels.Handed) -> None:
    """Put aside what cannot be taken in, for a person to look at; its lane goes on."""
    if channel := _channel(batch):
        putting_aside.keep(channel, [*batch.bad, *(put_aside(event, _FAULT) for event in batch.events)])


def _channel(batch: parcels.Handed) -> Channel | None:
    """None: removed meanwhile, and with it what comes through it."""
    return Channel.objects.filter(pk=batch.channel_id).first()
