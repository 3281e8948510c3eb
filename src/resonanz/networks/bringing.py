"""Having what happens brought by a network that has no page for it: we tell it the address ourselves.

A channel that is brought to still has its poll, which asks for itself while the network cannot bring.
"""

from __future__ import annotations

import contextlib

from resonanz.accounts.models import User
from resonanz.networks import applications, channels, webhook_keys
from resonanz.networks.contract import Capability, able
from resonanz.networks.errors import NetworkError, NoAnswer, Unsupported
from resonanz.networks.models import Channel, Webhook
from resonanz.networks.webhooks import BROUGHT_TO, SetsWebhooks, WebhookHealth


def is_told(channel: Channel) -> bool:
    """Whether its network has to be told the address by us."""
    return able(webhook_keys.connector_of(channel), Capability.SET_WEBHOOK)


def have_brought(*, channel_id: int, root: str, actor: User) -> None:
    """Tell the network to bring to `root` what happens on a channel, from now on. Raises a NetworkError.

    The address is kept before it is told: between the two the poll finds it unknown there, and asks as before.
    """
    channel = Channel.objects.get(pk=channel_id)
    connector, before = _connector(channel), channel.settings.get(BROUGHT_TO, "")
    if not before and Webhook.objects.filter(channel=channel).exists():
        webhook_keys.renew_secret(channel_id=channel_id, actor=actor)
    webhook = webhook_keys.make(channel_id=channel_id, actor=actor)
    address = f"{root}{webhook_keys.PATH}{key_of(channel, webhook)}"
    channels.change_settings(channel_id=channel_id, settings={BROUGHT_TO: address}, actor=actor)
    try:
        connector.set_webhook(channels.account_of(channel), address, webhook_keys.keys_of(webhook))
    except NoAnswer:
        raise  # it may be known there by now; the poll looks
    except NetworkError:
        channels.change_settings(channel_id=channel_id, settings={BROUGHT_TO: before}, actor=actor)
        raise


def key_of(channel: Channel, webhook: Webhook) -> str:
    """The last part of the address: that of the application where one serves all its channels, else the channel's."""
    if able(webhook_keys.connector_of(channel), Capability.APP_WEBHOOK):
        return applications.webhook_key(network=channel.network)
    return webhook.key


def ask_instead(*, channel_id: int, actor: User) -> None:
    """Let the network bring nothing more; what happens is asked for again. Raises a NetworkError."""
    webhook = Webhook.objects.select_related("channel").get(channel_id=channel_id)
    _connector(webhook.channel).set_webhook(channels.account_of(webhook.channel), "", webhook_keys.keys_of(webhook))
    channels.change_settings(channel_id=channel_id, settings={BROUGHT_TO: ""}, actor=actor)


def end(*, channel: Channel) -> None:
    """The channel is removed: say so there, if it can be said. What is brought all the same reaches nobody."""
    webhook = Webhook.objects.filter(channel=channel).first()
    if webhook is None or not channel.settings.get(BROUGHT_TO) or not is_told(channel):
        return
    with contextlib.suppress(NetworkError):
        _connector(channel).set_webhook(channels.account_of(channel), "", webhook_keys.keys_of(webhook))


def health(channel: Channel) -> WebhookHealth:
    """How bringing does, as the network says: it is asked. Raises a NetworkError."""
    return _connector(channel).webhook_health(channels.account_of(channel))


def _connector(channel: Channel) -> SetsWebhooks:
    connector = webhook_keys.connector_of(channel)
    if not able(connector, Capability.SET_WEBHOOK):
        raise Unsupported
    sets: SetsWebhooks = connector  # type: ignore[assignment] # declared SET_WEBHOOK; a test in tests/house compares
    return sets
