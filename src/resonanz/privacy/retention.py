"""How long things are kept, and the daily job that deletes what is due.

Each purpose has its days and some networks demand fewer; the earlier day wins. A row that carries a day until which it
must be kept outlives its `delete_on` until that day has passed. Rooms declare here how they delete their due rows, and
the room of networks which days each of them demands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from resonanz.core import clock
from resonanz.privacy.models import Purpose

BATCH = 500
FINISHED_JOB_DAYS = 7

# Days per purpose. The law names none; each figure is the product's default and has its reason.
PURPOSE_DAYS: dict[str, int] = {
    # Claims for defects are barred two years after delivery (§ 438(1) no. 3 BGB): until then a case may come up again.
    Purpose.SERVICE: 730,
    # Half a year shows a trend and the same season's end; individual utterances are not needed for longer.
    Purpose.REPUTATION: 180,
    # A contact that led to nothing within a year is no longer expected (Art. 6(1)(f), recital 47 GDPR).
    Purpose.SALES: 365,
    # A study of one quarter; whoever needs longer counts, and keeps the counts.
    Purpose.RESEARCH: 90,
}

DeleteDue = Callable[[date, int], int]
logger = logging.getLogger(__name__)
_rooms: dict[str, DeleteDue] = {}
_network_days: dict[str, int] = {}


def today() -> date:
    """The calendar day by which days of retention are counted: that of the company's time zone."""
    return clock.today(_zone())


def delete_on(*, purpose: Purpose, network: str, since: datetime) -> date:
    """The day on which something that reached us at `since` is to be deleted.

    A moment in the future counts as the present: a post dated in the year 9999 is not kept for ever.
    """
    days = min(PURPOSE_DAYS[purpose], _network_days.get(network, PURPOSE_DAYS[purpose]))
    return min(since, clock.now()).astimezone(_zone()).date() + timedelta(days=days)


def due(day: date) -> Q:
    """The rows of a KeptRecord whose day has come and which nothing obliges us to keep."""
    return Q(delete_on__lte=day) & free(day)


def free(day: date) -> Q:
    """The rows of a KeptRecord which nothing obliges us to keep on `day`; the last day of keeping is included."""
    return Q(keep_until_at_least__isnull=True) | Q(keep_until_at_least__lt=day)


def limit(*, network: str, days: int) -> None:
    """Declare that a network's terms allow `days` at most; of several declarations the fewest days count."""
    _network_days[network] = min(days, _network_days.get(network, days))


def register(*, name: str, delete_due: DeleteDue) -> None:
    """Declare how a kind of row is deleted; upper rooms register later and are asked first.

    `delete_due(day, limit)` deletes up to `limit` rows that are due on `day`, returns how many, and is called until it
    returns 0, each time in a transaction of its own.
    """
    _rooms[name] = delete_due


def delete_everything_due() -> dict[str, int]:
    """The daily job: delete all that is due, in small transactions; how many rows of each kind went.

    Killed at any moment, the next call goes on where this one stopped.
    """
    day = today()
    deleted = {}
    for name, delete_due in reversed(_rooms.items()):
        try:
            deleted[name] = _delete_all(delete_due, day)
        except Exception:  # one kind that cannot go must not keep the others; it is tried again tomorrow
            logger.exception("what is due could not be deleted: %s", name)
    return deleted


def _delete_all(delete_due: DeleteDue, day: date) -> int:
    total = 0
    while True:
        with transaction.atomic():
            deleted = delete_due(day, BATCH)
        if deleted == 0:
            return total
        total += deleted


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.DEFAULT_TIME_ZONE)
