"""Having what happens brought by a network that has no page for it: we tell it the address ourselves.

A channel that is brought to still has its poll, which asks for itself while the network cannot bring. Where it brings
for a time only (LEASE), it is asked again before that ends, and says between two requests of ours whether it agrees.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping

from resonanz.accounts.models import User
from resonanz.networks.connections import applications, channels, leases, webhook_keys
from resonanz.networks.contract import Capability, able
from resonanz.networks.errors import NetworkError, NoAnswer, Refused, TryLater, Unsupported
from resonanz.networks.models import Channel, Webhook
from resonanz.networks.webhooks import BROUGHT_TO, Leases, SetsWebhooks, WebhookHealth

logger = logging.getLogger(__name__)


def is_told(channel: Channel) -> bool:
    """Whether its network has to be told the address by us."""
    return able(webhook_keys.connector_of(channel), Capability.SET_WEBHOOK)


def is_leased(channel: Channel) -> bool:
    """Whether its network brings for a time only."""
    return able(webhook_keys.connector_of(channel), Capability.LEASE)


def have_brought(*, channel_id: int, root: str, actor: User) -> None:
    """Tell the network to bring to `root` what happens on a channel, from now on. Raises a NetworkError.

    The address is kept before it is told: between the two the poll finds it unknown there, and asks as before.
    """
    channel = Channel.objects.get(pk=channel_id)
    before, offered = channel.settings.get(BROUGHT_TO, ""), _offered(channel, _connector(channel))
    if not before and Webhook.objects.filter(channel=channel).exists():
        webhook_keys.renew_secret(channel_id=channel_id, actor=actor)
    webhook = webhook_keys.make(channel_id=channel_id, actor=actor)
    address = f"{root}{webhook_keys.PATH}{key_of(channel, webhook)}"
    channels.change_settings(channel_id=channel_id, settings={**offered, BROUGHT_TO: address}, actor=actor)
    if is_leased(channel):
        leases.begin(channel_id=channel_id)
    try:
        _ask(channel_id)
    except NoAnswer:
        raise  # it may be known there by now; the poll looks
    except NetworkError:
        channels.change_settings(channel_id=channel_id, settings={BROUGHT_TO: before}, actor=actor)
        if not before:
            leases.end(channel_id=channel_id)
        raise


def _ask(channel_id: int) -> None:
    """Tell the network the address that the channel's settings hold. Raises a NetworkError."""
    webhook = Webhook.objects.select_related("channel").get(channel_id=channel_id)
    channel = webhook.channel
    keys, address = webhook_keys.keys_of(webhook), channel.settings[BROUGHT_TO]
    _connector(channel).set_webhook(channels.account_of(channel), address, keys)


def _offered(channel: Channel, connector: SetsWebhooks) -> Mapping[str, str]:
    """Who brings it, where that is not the network itself. Raises a NetworkError."""
    if not able(connector, Capability.LEASE):
        return {}
    leasing: Leases = connector  # type: ignore[assignment] # declared LEASE; a test in tests/house compares
    return leasing.offer(channels.account_of(channel))


def ask_again() -> None:
    """Have all those bring on whose time ends soon, and those who did not agree lately. What fails has its pause."""
    for channel_id in leases.due():
        try:
            _renew(channel_id)
        except Refused as error:
            leases.note_refused(channel_id=channel_id, words=error.words)
        except NetworkError as error:
            logger.warning("a network was asked to bring on to channel %d: %s", channel_id, error.code)
        except Exception:  # of one channel alone: the others are asked all the same
            logger.exception("a network was not asked to bring on to channel %d, by a fault of ours", channel_id)


def _renew(channel_id: int) -> None:
    """It may be another that brings by now, or another address of what is brought."""
    if not leases.claim(channel_id=channel_id):
        return
    channel = Channel.objects.get(pk=channel_id)
    offered = _offered(channel, _connector(channel))
    channels.change_settings(channel_id=channel_id, settings=offered, actor=None)
    _ask(channel_id)


def key_of(channel: Channel, webhook: Webhook) -> str:
    """The last part of the address: that of the application where one serves all its channels, else the channel's."""
    if able(webhook_keys.connector_of(channel), Capability.APP_WEBHOOK):
        return applications.webhook_key(network=channel.network)
    return webhook.key


def ask_instead(*, channel_id: int, actor: User) -> None:
    """Let the network bring nothing more; what happens is asked for again. Raises a NetworkError."""
    webhook = Webhook.objects.select_related("channel").get(channel_id=channel_id)
    if is_leased(webhook.channel):
        _let_end(webhook, actor)
        return
    _connector(webhook.channel).set_webhook(channels.account_of(webhook.channel), "", webhook_keys.keys_of(webhook))
    channels.change_settings(channel_id=channel_id, settings={BROUGHT_TO: ""}, actor=actor)


def _let_end(webhook: Webhook, actor: User | None) -> None:
    """It asks whether we mean it, so that is known before. Whoever does not hear of it stops when the time is over."""
    account, keys = channels.account_of(webhook.channel), webhook_keys.keys_of(webhook)
    leases.end(channel_id=webhook.channel_id)
    channels.change_settings(channel_id=webhook.channel_id, settings={BROUGHT_TO: ""}, actor=actor)
    with contextlib.suppress(NetworkError):
        _connector(webhook.channel).set_webhook(account, "", keys)


def end(*, channel: Channel) -> None:
    """The channel is removed: say so there, if it can be said. What is brought all the same reaches nobody."""
    webhook = Webhook.objects.filter(channel=channel).first()
    if webhook is None or not channel.settings.get(BROUGHT_TO) or not is_told(channel):
        return
    if is_leased(channel):
        _let_end(webhook, None)
        return
    with contextlib.suppress(NetworkError):
        _connector(channel).set_webhook(channels.account_of(channel), "", webhook_keys.keys_of(webhook))


def health(channel: Channel) -> WebhookHealth:
    """How bringing does, as the network says: it is asked. Raises a NetworkError."""
    address = channel.settings.get(BROUGHT_TO, "")
    try:
        found = _connector(channel).webhook_health(channels.account_of(channel))
    except TryLater:
        if not address or not is_leased(channel):
            raise
        found = WebhookHealth(address)  # whoever brings does so, though nobody answers who they are by now
    return leases.health(channel, found) if is_leased(channel) else found


def _connector(channel: Channel) -> SetsWebhooks:
    connector = webhook_keys.connector_of(channel)
    if not able(connector, Capability.SET_WEBHOOK):
        raise Unsupported
    sets: SetsWebhooks = connector  # type: ignore[assignment] # declared SET_WEBHOOK; a test in tests/house compares
    return sets
