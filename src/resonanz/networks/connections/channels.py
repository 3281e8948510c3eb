"""Channels: connecting, pausing, removing, and their health. A token is encrypted before it reaches the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock, secrets
from resonanz.core.errors import ResonanzError
from resonanz.networks import registry
from resonanz.networks.connections import applications, spending
from resonanz.networks.contract import Account
from resonanz.networks.errors import NotAuthorised
from resonanz.networks.models import Channel, ChannelState
from resonanz.privacy import audit

IMPORT_NETWORK = "files"
PRACTICE = "practice"
"""The setting by which a channel says that it is for practising: nobody outside of this machine speaks there."""
_RECONNECTED = (
    "address",
    "handle",
    "encrypted_secret",
    "encrypted_renewal",
    "token_at",
    "expires_at",
    "renew_at",
    "told_days",
    "told_stopped_at",
    "connected_by",
    "settings",
    "state",
    "failing_since",
    "failure_code",
    "failure_words",
)


class ChannelNameTaken(ResonanzError):
    """Another channel bears this name."""

    code = "channel.name_taken"


def connect(
    *,
    network: str,
    name: str,
    address: str = "",
    origin: str = "",
    handle: str = "",
    native_id: str = "",
    secret: str = "",
    renewal: str = "",
    expires_at: datetime | None = None,
    settings: Mapping[str, str] | None = None,
    is_live: bool = False,
    actor: User | None,
) -> Channel:
    """A new channel; raises ChannelNameTaken. It waits until `duties.live` finds somebody who answers there.

    `is_live` is for what has nobody to wait for: practice, and files that are imported.
    """
    registry.connector(network)
    now = clock.now()
    channel = Channel(
        network=network,
        name=name,
        address=address,
        origin=origin,
        handle=handle.removeprefix("@"),
        native_id=native_id,
        encrypted_secret=secrets.encrypt(secret) if secret else b"",
        encrypted_renewal=secrets.encrypt(renewal) if renewal else b"",
        token_at=now if secret else None,
        expires_at=expires_at,
        connected_by=actor,
        settings={**(settings or {})},
        state=ChannelState.ACTIVE if is_live else ChannelState.WAITING,
        created_at=now,
    )
    try:
        with transaction.atomic():
            channel.save()
            _record("channel.connected", channel, actor)
    except IntegrityError as error:
        raise ChannelNameTaken(name=name) from error
    return channel


def import_channel(*, name: str) -> Channel:
    """The channel that imported files come through; made at its first use."""
    found = Channel.objects.filter(name=name).first()
    if found is not None:
        return found
    try:
        return connect(network=IMPORT_NETWORK, name=name, is_live=True, actor=None)
    except ChannelNameTaken:  # another import made it a moment ago
        return Channel.objects.get(name=name)


def reconnect(*, channel_id: int, account: Account, actor: User) -> Channel:
    """The same account let us in again: its new token, and listening goes on if only the lost one had stopped it."""
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=channel_id)
        channel.address, channel.handle = account.address, account.handle.removeprefix("@")
        channel.encrypted_secret = secrets.encrypt(account.secret)
        channel.encrypted_renewal = secrets.encrypt(account.renewal) if account.renewal else b""
        channel.token_at, channel.expires_at, channel.connected_by = clock.now(), account.expires_at, actor
        channel.renew_at = channel.told_days = channel.told_stopped_at = None
        channel.settings = {**channel.settings, **account.settings}
        if channel.state == ChannelState.BROKEN:
            channel.state = ChannelState.ACTIVE
        channel.failing_since, channel.failure_code, channel.failure_words = None, "", ""
        channel.save(update_fields=_RECONNECTED)
        _record("channel.reconnected", channel, actor)
    return channel


def change_settings(*, channel_id: int, settings: Mapping[str, str], actor: User | None) -> None:
    """Set what a network's options offer; what else the channel's settings hold stays."""
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=channel_id)
        kept = {**channel.settings, **settings}
        if kept == channel.settings:
            return
        channel.settings = kept
        channel.save(update_fields=["settings"])
        _record("channel.settings_changed", channel, actor)


def pause(*, channel_id: int, actor: User) -> None:
    """Stop listening there; what is stored stays."""
    _set_state(channel_id, ChannelState.PAUSED, "channel.paused", actor)


def resume(*, channel_id: int, actor: User) -> None:
    """Listen, from where it stopped. Faces ask `duties.live.go_live`, which refuses where nobody answers."""
    _set_state(channel_id, ChannelState.ACTIVE, "channel.resumed", actor)


def is_practice(channel: Channel) -> bool:
    """Whether it is only for practising."""
    return PRACTICE in channel.settings


def _set_state(channel_id: int, state: ChannelState, act: str, actor: User) -> None:
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=channel_id)
        channel.state, channel.failing_since, channel.failure_code, channel.failure_words = state, None, "", ""
        channel.told_stopped_at = None
        channel.save(update_fields=["state", "failing_since", "failure_code", "failure_words", "told_stopped_at"])
        _record(act, channel, actor)


def delete_emptied(*, channel: Channel, actor: User) -> None:
    """Take away a channel from which `pipeline.channel_removal` has removed everything; call with it locked."""
    _record("channel.removed", channel, actor)
    channel.delete()


def sharing(*, network: str, renewal: str) -> list[Channel]:
    """Those that hold this renewal, locked: of accounts that were let in at once, several may hold the same.

    Compared by what it says: a new key of the file changes how it is stored, and not what it is.
    """
    rows = Channel.objects.select_for_update(no_key=True).filter(network=network).exclude(encrypted_renewal=b"")
    return [row for row in rows.order_by("id") if _renewal_of(row) == renewal]


def keep_renewed(*, account: Account, renewed: Account) -> None:
    """What came for the renewal of `account`, for all that hold it; what only the ended token had stopped goes on.

    Whoever was connected anew meanwhile holds another one, which is newer, and keeps it.
    """
    with transaction.atomic():
        for channel in sharing(network=account.network, renewal=account.renewal):
            channel.encrypted_renewal = secrets.encrypt(renewed.renewal) if renewed.renewal else b""
            channel.renew_at = None
            if secrets.decrypt(bytes(channel.encrypted_secret)) == account.secret:
                _give_token(channel, renewed)
            channel.save(update_fields=_RECONNECTED)


def _give_token(channel: Channel, renewed: Account) -> None:
    channel.encrypted_secret = secrets.encrypt(renewed.secret)
    channel.token_at, channel.expires_at, channel.told_days = clock.now(), renewed.expires_at, None
    if channel.state == ChannelState.BROKEN and channel.failure_code == NotAuthorised.code:
        channel.state, channel.told_stopped_at = ChannelState.ACTIVE, None
        channel.failing_since, channel.failure_code, channel.failure_words = None, "", ""


def drop_renewal(*, account: Account) -> None:
    """The network takes this one no more, so it is not shown again; the token is used until it ends."""
    with transaction.atomic():
        for channel in sharing(network=account.network, renewal=account.renewal):
            channel.encrypted_renewal, channel.renew_at = b"", None
            if channel.expires_at is not None and channel.expires_at <= clock.now():
                channel.state, channel.failing_since = ChannelState.BROKEN, channel.failing_since or clock.now()
                channel.failure_code, channel.failure_words = NotAuthorised.code, ""
            channel.save(update_fields=_RECONNECTED)


def _renewal_of(channel: Channel) -> str | None:
    """None where it was made with another key file."""
    try:
        return secrets.decrypt(bytes(channel.encrypted_renewal))
    except secrets.SecretsError:
        return None


def has_newer_token(*, channel: Channel) -> bool:
    """Whether it was renewed or connected anew since `channel` was read: what was said of the old token is past."""
    return Channel.objects.filter(pk=channel.pk).exclude(token_at=channel.token_at).exists()


def note_failure(*, channel_id: int, code: str, words: str, stop: bool, token_at: datetime | None = None) -> bool:
    """Listening failed; with `stop` a person has to mend it first. `words` are the network's, bounded.

    `token_at`: of the token that was shown, if any. Where another one came meanwhile, it stands for nothing: False.
    """
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=channel_id)
        if token_at is not None and channel.token_at != token_at:
            return False
        channel.failing_since = channel.failing_since or clock.now()
        channel.failure_code, channel.failure_words = code, words[:500]
        channel.state = ChannelState.BROKEN if stop else channel.state
        channel.save(update_fields=["state", "failing_since", "failure_code", "failure_words"])
    return True


def note_read(*, channel_id: int, limit_left: int | None = None) -> None:
    """All was read that there is; a network where nobody said anything moves no cursor.

    `limit_left`: what the network said meanwhile is left of how much may be asked of it, in hundredths.
    A channel that its stream has just stopped stays stopped, and says why.
    """
    Channel.objects.filter(pk=channel_id).exclude(state=ChannelState.BROKEN).update(
        read_at=clock.now(), limit_left=limit_left, failing_since=None, failure_code="", failure_words=""
    )


def move_cursor(*, channel_id: int, cursor: str) -> None:
    """Everything up to `cursor` is taken in; call within the transaction that took it in.

    That all was read says only `note_read`: what came before a failure ends neither the failure nor the gap.
    """
    Channel.objects.filter(pk=channel_id).update(cursor=cursor)


def move_place(*, channel_id: int, place: str) -> None:
    """Everything that its stream brought up to `place` is taken in; call within the transaction that took it in."""
    Channel.objects.filter(pk=channel_id).update(stream_place=place, stream_at=clock.now())


def note_stream(*, channel_id: int, failure: str) -> None:
    """Why nothing is told there as it happens; "" where it is, or where nobody wants it. Polls go on either way."""
    told = failure[:500]
    Channel.objects.filter(pk=channel_id).exclude(stream_failure=told).update(stream_failure=told)


def account_of(channel: Channel) -> Account:
    """The channel as its connector sees it, with the token decrypted, and the company's application there."""
    secret = secrets.decrypt(bytes(channel.encrypted_secret)) if channel.encrypted_secret else ""
    renewal = secrets.decrypt(bytes(channel.encrypted_renewal)) if channel.encrypted_renewal else ""
    return Account(
        network=channel.network,
        address=channel.address,
        origin=channel.origin,
        native_id=channel.native_id,
        handle=channel.handle,
        name=channel.name,
        secret=secret,
        renewal=renewal,
        expires_at=channel.expires_at,
        app=applications.app_of(network=channel.network),
        cursor=channel.cursor,
        settings=dict(channel.settings),
        place=channel.stream_place,
        meter=spending.meter_of(channel),
    )


def _record(act: str, channel: Channel, actor: User | None) -> None:
    audit.record(act=act, actor=actor_of(actor), thing="channel", thing_id=channel.pk, network=channel.network)
