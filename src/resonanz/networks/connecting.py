"""Connecting an account: a person lets us in on the network's own page (OAuth 2 with PKCE), and it becomes a channel.

Two steps with the network's page between them. What the first one makes (`Begun`) stays in the browser's session; the
second one needs it, so that nobody can have somebody else's account connected.
"""

from __future__ import annotations

import hashlib
import secrets as random
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from resonanz.accounts.models import User
from resonanz.core import clock, secrets
from resonanz.core.errors import ResonanzError
from resonanz.networks import channels, errors, registry
from resonanz.networks.authorising import Registers
from resonanz.networks.contract import Account, App, Capability, Identifies, able
from resonanz.networks.errors import NetworkError, NotAuthorised, Refused, Unsupported
from resonanz.networks.models import Channel, Registration

# Servers tidy away applications that nobody ever signed in to; ours is made anew before that.
_REGISTERED_FOR = timedelta(days=1)
_MOST_NAMES = 100
_FORBIDDEN = 403


class NoServer(ResonanzError):
    """What was typed names no server."""

    code = "connecting.no_server"


class NotReached(ResonanzError):
    """The server does not answer."""

    code = "connecting.not_reached"


class NotOfThisNetwork(ResonanzError):
    """The server answers, but not as this network's servers do, or it takes no applications."""

    code = "connecting.not_of_this_network"


class TokenRefused(ResonanzError):
    """The server does not let this account in with this token."""

    code = "connecting.token_refused"


class PersonalAccount(ResonanzError):
    """It seems to be a person's own, and nobody said that it is not."""

    code = "connecting.personal_account"


class NotLetIn(ResonanzError):
    """The server did not take the code it had given."""

    code = "connecting.not_let_in"


class TooFewRights(ResonanzError):
    """The server took the code, and gives the few rights that we ask for nothing to see."""

    code = "connecting.too_few_rights"


@dataclass(frozen=True, slots=True)
class Begun:
    """A connection that was begun: `url` is the server's page; the rest is needed when the account comes back."""

    server: str
    state: str
    verifier: str
    url: str


def begin(*, network: str, typed: str, redirect_uri: str) -> Begun:
    """Ask the server that `typed` names to let an account of it in; raises NoServer, NotReached, NotOfThisNetwork."""
    connector = _connector(network)
    try:
        server = connector.server_of(typed)
    except ValueError as error:
        raise NoServer from error
    try:
        registration = _registered(connector, server, redirect_uri)
    except NetworkError as error:
        raise _failure(error, server) from error
    state, verifier = random.token_urlsafe(32), random.token_urlsafe(48)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    url = connector.authorize_url(server, registration, redirect_uri=redirect_uri, state=state, challenge=challenge)
    return Begun(server=server, state=state, verifier=verifier, url=url)


def finish(*, network: str, server: str, code: str, verifier: str, redirect_uri: str, actor: User) -> Channel:
    """The channel of the account that let us in: a new one, or the one it had.

    Raises NotReached, NotLetIn and TooFewRights.
    """
    connector = _connector(network)
    row = Registration.objects.filter(network=network, server=server, redirect_uri=redirect_uri).first()
    if row is None:
        raise NotLetIn(server=host_of(server))
    registration = _known(row)
    try:
        account, *_ = connector.sign_in(server, registration, redirect_uri=redirect_uri, code=code, verifier=verifier)
    except NetworkError as error:
        row.delete()  # perhaps the server no longer knows it; the next attempt makes us known again
        raise _failure_at_the_end(error, server) from error
    found = Channel.objects.filter(network=network, origin=account.origin, native_id=account.native_id).first()
    if found is not None:
        return channels.reconnect(channel_id=found.pk, account=account, actor=actor)
    return _connect(account, actor)


def by_token(*, name: str, account: Account, actor: User) -> Channel:
    """The channel of an account whose token a person typed: a new one, or the one that this account had.

    A network that can tell whose token it is, is asked first: raises NoServer, NotReached, NotOfThisNetwork,
    PersonalAccount and TokenRefused. Of the others nothing is known before the first poll. Raises ChannelNameTaken.
    """
    connector = registry.connector(account.network)
    if able(connector, Capability.IDENTIFY):
        identifies: Identifies = connector  # type: ignore[assignment] # declared; a test in tests/house compares
        account = _identified(identifies, account)
        known = Channel.objects.filter(network=account.network, origin=account.origin, native_id=account.native_id)
        if found := known.first():
            return channels.reconnect(channel_id=found.pk, account=account, actor=actor)
    return _made(name, account, actor)


def host_of(server: str) -> str:
    """The server's name as people know it."""
    return urlsplit(server).netloc or server


def _connector(network: str) -> Registers:
    connector = registry.connector(network)
    if not able(connector, Capability.REGISTER):
        raise Unsupported
    connects: Registers = connector  # type: ignore[assignment] # declared; a test in tests/house compares
    return connects


def _identified(connector: Identifies, account: Account) -> Account:
    try:
        return connector.identify(account)
    except ValueError as error:
        raise NoServer from error
    except errors.PersonalAccount as error:
        raise PersonalAccount(handle=account.handle) from error
    except NotAuthorised as error:
        raise TokenRefused(server=_server_of(account)) from error
    except NetworkError as error:
        raise _failure(error, _server_of(account)) from error


def _server_of(account: Account) -> str:
    """As it was typed; where none was, the server is that of the handle's domain."""
    return host_of(account.address or account.handle.rpartition("@")[2])


def _failure(error: NetworkError, server: str) -> ResonanzError:
    host = host_of(server)
    # An address that may not be asked is answered like one where nothing is: it is no server that people mean.
    is_answer = isinstance(error, Refused | NotAuthorised)
    return NotOfThisNetwork(server=host) if is_answer else NotReached(server=host)


def _failure_at_the_end(error: NetworkError, server: str) -> ResonanzError:
    host = host_of(server)
    if isinstance(error, NotAuthorised) and error.params.get("status") == _FORBIDDEN:
        return TooFewRights(server=host)
    return NotLetIn(server=host) if isinstance(error, Refused | NotAuthorised) else NotReached(server=host)


def _known(row: Registration) -> App:
    return App(row.client_id, secrets.decrypt(bytes(row.encrypted_client_secret)))


def _registered(connector: Registers, server: str, redirect_uri: str) -> App:
    row = Registration.objects.filter(network=connector.name, server=server, redirect_uri=redirect_uri).first()
    if row is not None and clock.now() - row.created_at < _REGISTERED_FOR:
        return _known(row)
    made = connector.register(server, redirect_uri)
    Registration.objects.update_or_create(
        network=connector.name,
        server=server,
        redirect_uri=redirect_uri,
        defaults={
            "client_id": made.client_id,
            "encrypted_client_secret": secrets.encrypt(made.client_secret),
            "created_at": clock.now(),
        },
    )
    return made


def _connect(account: Account, actor: User) -> Channel:
    handle = account.handle if "@" in account.handle.removeprefix("@") else f"{account.handle}@{account.origin}"
    name = f"@{handle.removeprefix('@')}"[:_MOST_NAMES]
    for number in range(1, _MOST_NAMES):
        with suppress(channels.ChannelNameTaken):
            return _made(name if number == 1 else f"{name} ({number})", account, actor)
    raise channels.ChannelNameTaken(name=name)


def _made(name: str, account: Account, actor: User) -> Channel:
    return channels.connect(
        network=account.network,
        name=name,
        address=account.address,
        origin=account.origin,
        handle=account.handle,
        native_id=account.native_id,
        secret=account.secret,
        settings=account.settings,
        actor=actor,
    )
