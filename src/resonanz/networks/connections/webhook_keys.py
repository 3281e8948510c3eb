"""The address and the secret of a channel's webhook: made, shown to who may manage channels, made anew, counted."""

from __future__ import annotations

import secrets as random
import string

from django.db import transaction
from django.db.models import F

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock, secrets
from resonanz.networks import registry
from resonanz.networks.connections import applications
from resonanz.networks.contract import Capability, able
from resonanz.networks.errors import Unsupported
from resonanz.networks.models import Channel, Webhook
from resonanz.networks.webhooks import Keys, TakesWebhooks
from resonanz.privacy import audit

PATH = "/webhooks/"
_SECRET_LENGTH = 40
# Some networks take nothing but letters, digits, _ and - in a secret (Telegram), others no more than 64 of them.
_ALPHABET = string.ascii_letters + string.digits


def make(*, channel_id: int, actor: User) -> Webhook:
    """The webhook of a channel, made where it has none. Raises Unsupported where the network brings nothing."""
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=channel_id)
        _only_one(channel)
        if found := Webhook.objects.filter(channel=channel).first():
            return found
        made = Webhook.objects.create(
            channel=channel,
            key=random.token_urlsafe(32),
            encrypted_secret=secrets.encrypt(new_secret()),
            made_at=clock.now(),
        )
        _record("channel.webhook_made", channel, actor)
    return made


def renew_secret(*, channel_id: int, actor: User) -> None:
    """Another secret; what is signed with the old one is refused from now on. Forged ones are counted anew.

    Raises Unsupported where there are several.
    """
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().select_related("channel").get(channel_id=channel_id)
        _only_one(webhook.channel)
        webhook.encrypted_secret = secrets.encrypt(new_secret())
        webhook.forged, webhook.forged_at = 0, None
        webhook.save(update_fields=["encrypted_secret", "forged", "forged_at"])
        _record("channel.webhook_secret_renewed", webhook.channel, actor)


def show_secret(*, channel_id: int, actor: User) -> str:
    """The secret, for somebody who pastes it into the network; who saw it is on record.

    Raises Unsupported where it holds keys that are shown once (`connections.batch_keys`).
    """
    webhook = Webhook.objects.select_related("channel").get(channel_id=channel_id)
    _only_one(webhook.channel)
    _record("channel.webhook_secret_shown", webhook.channel, actor)
    return keys_of(webhook).secret


def connector_of(channel: Channel) -> TakesWebhooks:
    """The channel's network as one that brings deliveries. Raises Unsupported."""
    connector = registry.connector(channel.network)
    if not able(connector, Capability.WEBHOOK):
        raise Unsupported
    takes: TakesWebhooks = connector  # type: ignore[assignment] # declared WEBHOOK; a test in tests/house compares
    return takes


def keys_of(webhook: Webhook) -> Keys:
    """What only the network and we know."""
    return Keys(
        secret=secrets.decrypt(bytes(webhook.encrypted_secret)),
        app_secret=applications.signing_secret(network=webhook.channel.network),
        settings=dict(webhook.channel.settings),
    )


def note_forged(*, webhook_id: int, count: int) -> None:
    """Deliveries came that nobody signed who knows the secret."""
    Webhook.objects.filter(pk=webhook_id).update(forged=F("forged") + count, forged_at=clock.now())


def new_secret() -> str:
    """A secret that nobody can guess, in letters that every network takes."""
    return "".join(random.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))


def _only_one(channel: Channel) -> None:
    """Raises Unsupported where the network brings nothing, or with keys of its own."""
    if connector_of(channel).webhook.batches is not None:
        raise Unsupported


def _record(act: str, channel: Channel, actor: User) -> None:
    audit.record(act=act, actor=actor_of(actor), thing="channel", thing_id=channel.pk, network=channel.network)
