"""The way of a post, on one page: from what a network yields to stored posts and open cases.

clean ► who spoke? ► what does it touch? ► evaluate ► one transaction: posts, people, cases, cursor ► notice
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DataError, IntegrityError, transaction

from resonanz.listening.topics import compiled
from resonanz.networks.connections.channels import move_cursor, move_place
from resonanz.networks.contract import BadEvent, Event, Posted
from resonanz.networks.models import Channel
from resonanz.people import staff
from resonanz.pipeline import changes, hearing, hearsay, putting_aside, storing, told_twice
from resonanz.pipeline.cleaning import clean_all, put_aside
from resonanz.pipeline.retrying import retried
from resonanz.pipeline.taken import Taken
from resonanz.service.notices import notify


def take_in(
    *,
    channel: Channel,
    events: Sequence[Event],
    cursor: str | None = None,
    bad: Sequence[BadEvent] = (),
    place: str | None = None,
    evaluating: bool = True,
) -> Taken:
    """Take a batch in; when this returns, all of it is committed, `cursor` and `place` with it (None: none to move).

    Taking the same batch in again changes nothing. A bad event is put aside and the rest goes on.
    """
    good, unfit = clean_all(events)
    if not hearsay.is_hearsay(channel):  # a code proves an account only where the account itself says it
        staff.confirm(said=[event for event in good if isinstance(event, Posted)])
    topics = compiled()
    heard = hearing.listen(channel, [event for event in good if isinstance(event, Posted)], topics)
    if evaluating:
        hearing.evaluate(heard)
    other = [*told_twice.put_right(channel, heard), *(event for event in good if not isinstance(event, Posted))]
    taken = _store(channel, heard, other, [*bad, *unfit], Reached(cursor, place))
    taken.read = len(events) + len(bad)
    taken.dropped += sum(isinstance(event, Posted) for event in good) - len(heard)
    return taken


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a poll, or a stream, has come with a batch; None: it does not tell."""

    cursor: str | None = None
    place: str | None = None


def _store(
    channel: Channel, heard: list[hearing.Heard], other: Sequence[Event], bad: list[BadEvent], reached: Reached
) -> Taken:
    """All of it in one transaction, or, where the database refuses an event, all but that one."""
    try:
        return retried(lambda: _commit(channel, heard, other, bad, reached))
    except (DataError, IntegrityError):
        if not Channel.objects.filter(pk=channel.pk).exists():  # removed meanwhile, and with it what comes through it
            return Taken()
        if len(heard) + len(other) <= 1:
            refused = [put_aside(event, "event.refused_by_database") for event in [*(h.posted for h in heard), *other]]
            return _commit(channel, [], [], [*bad, *refused], reached)
        # Posts come before what changes them, so the first half is of posts as long as there are any.
        posts, changed = (len(heard) + 1) // 2, len(other) // 2 if not heard else 0
        taken = _store(channel, heard[:posts], other[:changed], bad, Reached())
        taken.add(_store(channel, heard[posts:], other[changed:], [], reached))
        return taken


def _commit(
    channel: Channel, heard: list[hearing.Heard], other: Sequence[Event], bad: list[BadEvent], reached: Reached
) -> Taken:
    with transaction.atomic():
        taken = storing.store(channel, heard)
        taken.case_ids |= changes.apply(channel, other)
        putting_aside.keep(channel, bad)
        if reached.cursor is not None:
            move_cursor(channel_id=channel.pk, cursor=reached.cursor)
        if reached.place is not None:
            move_place(channel_id=channel.pk, place=reached.place)
        notify(case_ids=taken.case_ids, posts=taken.stored)
    taken.rejected = len(bad)
    return taken
