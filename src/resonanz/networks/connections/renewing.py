"""Tokens that end get their successors before they do, without a person (RFC 6749, 6).

    due ──► claimed (`renew_at`, committed before the network is asked) ──► kept at once, however often it takes
                │                                                     └──► dropped, where the network gives none
                └──► again after a pause, where it said neither

Networks take a renewal only once, so no two processes may show the same. Whoever is killed between the network's answer
and our commit loses what came; nothing of ours can prevent that. Then the old one is shown again after the claim, and
where the network takes it no more, `alarms` tells those who can connect the account anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q

from resonanz.core import clock
from resonanz.core.secrets import NotOurs
from resonanz.networks import registry
from resonanz.networks.authorising import Renews
from resonanz.networks.connections import applications, channels
from resonanz.networks.contract import Account, Capability, able
from resonanz.networks.errors import ApplicationRefused, NetworkError, NotAuthorised, TryLater
from resonanz.networks.models import Channel

_LEAST_BEFORE = timedelta(minutes=10)
_SHARE_LEFT = 3
_OVERDUE = timedelta(days=1)
_CLAIM = timedelta(minutes=5)  # longer than a connector's calls take, which core.http bounds
_LEAST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
_APPLICATION_PAUSE = timedelta(minutes=10)
_PAUSES_OF_KEEPING = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
logger = logging.getLogger(__name__)


def renew_due() -> None:
    """Ask for the successors of all tokens of whose life less than a third is left, or ten minutes."""
    for channel_id in [channel.pk for channel in _ending() if _is_due(channel)]:
        try:
            _renew(channel_id)
        except NotOurs:  # another key file holds it; the channel says so where it is read
            continue
        except Exception:  # of one channel alone: the others are renewed all the same
            logger.exception("the token of channel %d was not renewed, by a fault of ours", channel_id)


def is_renewed(channel: Channel) -> bool:
    """Whether its token gets a successor without a person, as far as anybody knows."""
    return bool(channel.encrypted_renewal) and able(registry.connector(channel.network), Capability.RENEW)


def is_overdue(channel: Channel, *, at: datetime) -> bool:
    """Whether it should have had its successor for a day: the network does not do its part, or not for our keys."""
    return channel.expires_at is not None and at >= _due_at(channel, channel.expires_at) + _OVERDUE


def _ending() -> list[Channel]:
    rows = Channel.objects.exclude(encrypted_renewal=b"").filter(expires_at__isnull=False)
    return list(rows.filter(Q(renew_at__isnull=True) | Q(renew_at__lte=clock.now())).order_by("expires_at", "id"))


def _is_due(channel: Channel) -> bool:
    if channel.expires_at is None or not is_renewed(channel):
        return False
    return clock.now() >= _due_at(channel, channel.expires_at)


def _due_at(channel: Channel, expires_at: datetime) -> datetime:
    life = expires_at - channel.token_at if channel.token_at else timedelta()
    return expires_at - max(life / _SHARE_LEFT, _LEAST_BEFORE)


def _renew(channel_id: int) -> None:
    account = _claimed(channel_id)
    if account is None:
        return
    connector: Renews = registry.connector(account.network)  # type: ignore[assignment] # declared RENEW, see _is_due
    try:
        if account.app is None and able(connector, Capability.APP):  # its keys are forgotten, and may come again
            raise ApplicationRefused
        renewed = connector.renew(account)
    except ApplicationRefused as error:
        applications.note_refused(network=account.network)
        _put_off(account, _APPLICATION_PAUSE, error)
    except NotAuthorised:
        channels.drop_renewal(account=account)
    except NetworkError as error:
        seconds = error.seconds if isinstance(error, TryLater) else 0.0
        _put_off(account, timedelta(seconds=min(seconds, _LONGEST_PAUSE.total_seconds())), error)
    else:
        _keep(account, renewed)
        applications.note_taken(network=account.network)


def _claimed(channel_id: int) -> Account | None:
    """The account, kept from others for a while, with all that share its renewal; hearing goes on meanwhile."""
    with transaction.atomic():
        channel = Channel.objects.filter(pk=channel_id).first()
        if channel is None or not channel.encrypted_renewal:
            return None
        account = channels.account_of(channel)
        shared = channels.sharing(network=channel.network, renewal=account.renewal)
        mine = [row for row in shared if row.pk == channel_id and _is_due(row)]
        if not mine or any(_is_claimed(row) for row in shared):  # another process was faster
            return None
        _set_aside(shared, _CLAIM)
        return channels.account_of(mine[0])


def _is_claimed(channel: Channel) -> bool:
    return channel.renew_at is not None and channel.renew_at > clock.now()


def _set_aside(rows: Iterable[Channel], pause: timedelta) -> None:
    Channel.objects.filter(pk__in=[row.pk for row in rows]).update(renew_at=clock.now() + pause)


def _put_off(account: Account, pause: timedelta, error: NetworkError) -> None:
    with transaction.atomic():
        shared = channels.sharing(network=account.network, renewal=account.renewal)
        _set_aside(shared, max(pause, _LEAST_PAUSE))
    told = ", ".join(str(row.pk) for row in shared)
    logger.warning("the token of channel %s was not renewed and is tried again: %s", told, error.code)


def _keep(account: Account, renewed: Account) -> None:
    """The network has forgotten the one before, so a database that is away for a moment must not cost this one."""
    for pause in _PAUSES_OF_KEEPING:
        try:
            channels.keep_renewed(account=account, renewed=renewed)
        except (OperationalError, InterfaceError):
            connection.close()
            clock.sleep(pause)
        else:
            return
    channels.keep_renewed(account=account, renewed=renewed)
