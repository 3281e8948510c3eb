"""The keys of a provider that brings batches: made, shown once, ended. They stand where the webhook's secret stands."""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock, secrets
from resonanz.core.errors import ResonanzError
from resonanz.networks import registry
from resonanz.networks.connections import webhook_keys
from resonanz.networks.contract import Capability, able
from resonanz.networks.errors import Unsupported
from resonanz.networks.models import Channel, Webhook
from resonanz.networks.provider.signing import Key, read_keys, written_keys
from resonanz.networks.webhooks import TakesWebhooks
from resonanz.privacy import audit

MOST_GOOD = 2
BESIDE = timedelta(days=14)
"""How long a key is good beside its successor, unless somebody ends it before."""
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class TwoAreGood(ResonanzError):
    """A third key would leave nobody knowing which one is used."""

    code = "batch_key.two_are_good"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown once."""

    key_id: str
    secret: str = field(repr=False)


def takes_batches(channel: Channel) -> bool:
    """Whether a provider brings batches there."""
    return brings_batches(channel.network)


@cache
def brings_batches(network: str) -> bool:
    """Whether what comes under this name comes in batches of a provider."""
    if network not in registry.names() or not able(registry.connector(network), Capability.WEBHOOK):
        return False
    takes: TakesWebhooks = registry.connector(network)  # type: ignore[assignment] # declared; tests/house compares
    return takes.webhook.batches is not None


def good(*, channel: Channel) -> list[Key]:
    """The keys that may sign now, the newest last."""
    webhook = Webhook.objects.filter(channel=channel).first()
    return [key for key in _keys(webhook) if key.is_good(clock.now())] if webhook else []


def make(*, channel_id: int, actor: User) -> NewKey:
    """A further key; the one before is good for two more weeks. Raises Unsupported and TwoAreGood."""
    now = clock.now()
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=channel_id)
        if not takes_batches(channel):
            raise Unsupported
        webhook = Webhook.objects.filter(channel=channel).first() or _address(channel)
        kept = [key for key in _keys(webhook) if key.is_good(now)]
        if len(kept) >= MOST_GOOD:
            raise TwoAreGood
        former = [replace(key, ends_at=min(key.ends_at or now + BESIDE, now + BESIDE)) for key in kept]
        made = Key("".join(random.choice(_LETTERS) for _ in range(8)), webhook_keys.new_secret(), now)
        _keep(webhook, [*former, made])
        _record("channel.batch_key_made", channel, actor)
    return NewKey(made.key_id, made.secret)


def end(*, channel_id: int, key_id: str, actor: User) -> None:
    """What is signed with this key is refused from now on. Raises Unsupported."""
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().select_related("channel").get(channel_id=channel_id)
        if not takes_batches(webhook.channel):
            raise Unsupported
        keys = _keys(webhook)
        left = [key for key in keys if key.key_id != key_id]
        if len(left) < len(keys):
            _keep(webhook, left)
            _record("channel.batch_key_ended", webhook.channel, actor)


def _address(channel: Channel) -> Webhook:
    return Webhook.objects.create(
        channel=channel,
        key=random.token_urlsafe(32),
        encrypted_secret=secrets.encrypt(written_keys([])),
        made_at=clock.now(),
    )


def _keys(webhook: Webhook) -> list[Key]:
    """None where they were stored with another key file: whoever brings needs new ones."""
    try:
        return read_keys(webhook_keys.keys_of(webhook).secret)
    except secrets.NotOurs:
        return []


def _keep(webhook: Webhook, keys: list[Key]) -> None:
    webhook.encrypted_secret = secrets.encrypt(written_keys(keys))
    webhook.save(update_fields=["encrypted_secret"])


def _record(act: str, channel: Channel, actor: User) -> None:
    audit.record(act=act, actor=actor_of(actor), thing="channel", thing_id=channel.pk, network=channel.network)
