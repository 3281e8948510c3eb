"""Tokens that end get their successors before they do, without a person (RFC 6749, 6).

Networks take a renewal only once, so no two processes may show the same, and what came for it is kept at once.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import connection, transaction

from resonanz.core import clock, secrets
from resonanz.networks import channels, registry
from resonanz.networks.authorising import Renews
from resonanz.networks.contract import Account, Capability, able
from resonanz.networks.errors import NetworkError, NotAuthorised
from resonanz.networks.models import Channel, ChannelState

_LOCK = 0x7265  # the first half of the advisory lock; the second is the channel
_LEAST_BEFORE = timedelta(minutes=10)
_SHARE_LEFT = 3
logger = logging.getLogger(__name__)


def renew_due() -> None:
    """Ask for the successors of all tokens of whose life less than a third is left, or ten minutes."""
    ending = Channel.objects.exclude(encrypted_renewal=b"").filter(expires_at__isnull=False).order_by("expires_at")
    for channel in ending:
        if _is_due(channel):
            _renew(channel.pk)


def _is_due(channel: Channel) -> bool:
    if channel.expires_at is None or not able(registry.connector(channel.network), Capability.RENEW):
        return False
    life = channel.expires_at - channel.token_at if channel.token_at else timedelta()
    return clock.now() >= channel.expires_at - max(life / _SHARE_LEFT, _LEAST_BEFORE)


@transaction.atomic
def _renew(channel_id: int) -> None:
    """Without a lock on the channel's row: hearing goes on while the network thinks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s::int, %s::int)", [_LOCK, channel_id])
        if not cursor.fetchone()[0]:
            return
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None or not channel.encrypted_renewal or not _is_due(channel):  # another process was faster
        return
    connector: Renews = registry.connector(channel.network)  # type: ignore[assignment] # declared RENEW, see _is_due
    try:
        renewed = connector.renew(channels.account_of(channel))
    except NotAuthorised as error:
        _give_up(channel, error)
    except NetworkError as error:
        logger.warning("the token of channel %d was not renewed and is tried again: %s", channel_id, error.code)
    else:
        _keep(channel, renewed)


def _keep(channel: Channel, renewed: Account) -> None:
    """Unless a person connected it anew meanwhile: then what they brought is newer."""
    held = Channel.objects.filter(pk=channel.pk, encrypted_renewal=bytes(channel.encrypted_renewal))
    is_kept = held.update(
        encrypted_secret=secrets.encrypt(renewed.secret),
        encrypted_renewal=secrets.encrypt(renewed.renewal) if renewed.renewal else b"",
        token_at=clock.now(),
        expires_at=renewed.expires_at,
    )
    if is_kept:  # what only the token that ended had stopped goes on
        stopped = Channel.objects.filter(pk=channel.pk, state=ChannelState.BROKEN, failure_code=NotAuthorised.code)
        stopped.update(state=ChannelState.ACTIVE, failing_since=None, failure_code="", failure_words="")


def _give_up(channel: Channel, error: NotAuthorised) -> None:
    """A person has to connect it again; what the network does not take any more is not shown to it again."""
    held = Channel.objects.filter(pk=channel.pk, encrypted_renewal=bytes(channel.encrypted_renewal))
    if held.update(encrypted_renewal=b""):
        channels.note_failure(channel_id=channel.pk, code=error.code, words="", stop=True)
