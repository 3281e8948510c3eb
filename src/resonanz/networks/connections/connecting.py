"""Connecting an account: a person lets us in on the network's own page (OAuth 2 with PKCE), and it becomes a channel.

Two steps with the network's page between them. What the first one makes (`Begun`) stays in the browser's session; the
second one needs it, so that nobody can have somebody else's account connected. Where several accounts let us in at
once, a person chooses of them in a third.
"""

from __future__ import annotations

import hashlib
import json
import secrets as random
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import connection, transaction

from resonanz.accounts.models import User
from resonanz.core import clock, secrets
from resonanz.core.errors import ResonanzError
from resonanz.networks import errors, registry
from resonanz.networks.authorising import Connects, ConnectTerms, Registers
from resonanz.networks.connections import applications, channels
from resonanz.networks.contract import Account, App, Capability, Identifies, able
from resonanz.networks.errors import ApplicationRefused, NetworkError, NotAuthorised, Refused, Unsupported
from resonanz.networks.models import Channel, Registration

# Servers tidy away applications that nobody ever signed in to; ours is made anew before that.
_REGISTERED_FOR = timedelta(days=1)
_CHOOSING = timedelta(minutes=15)
_KEPT = ("network", "address", "origin", "native_id", "handle", "name", "secret", "renewal")
_MOST_NAMES = 100
_LOCK = 0x636F6E6E  # of the advisory lock that everybody takes who makes a channel of an account
_FORBIDDEN = 403


class NoServer(ResonanzError):
    """What was typed names no server."""

    code = "connecting.no_server"


class NotSpelt(ResonanzError):
    """What was typed is not what the network calls an app, a domain or the like."""

    code = "connecting.not_spelt"


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


class ApplicationMissing(ResonanzError):
    """IT has not yet registered the company's application at the network."""

    code = "connecting.application_missing"


class ApplicationNotTaken(ResonanzError):
    """The network does not take the keys of the company's application: somebody changed them, or mistyped them."""

    code = "connecting.application_refused"


class NoAccount(ResonanzError):
    """Whoever let us in has no account there of the kind that can be connected."""

    code = "connecting.no_account"


@dataclass(frozen=True, slots=True)
class Begun:
    """A connection that was begun: `url` is the server's page; the rest is needed when the account comes back."""

    server: str
    state: str
    verifier: str
    url: str


def terms_of(network: str) -> ConnectTerms:
    """What a person is told before they go on to the network's page. Raises Unsupported."""
    return _connector(network).connecting


def begin(*, network: str, typed: str, redirect_uri: str) -> Begun:
    """Where an account lets us in: on the network's one server, or on the one that `typed` names.

    Raises NoServer, NotReached, NotOfThisNetwork and ApplicationMissing.
    """
    connector = _connector(network)
    server, app = _server_and_app(connector, typed, redirect_uri)
    state, verifier = random.token_urlsafe(32), random.token_urlsafe(48)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    url = connector.authorize_url(server, app, redirect_uri=redirect_uri, state=state, challenge=challenge)
    return Begun(server=server, state=state, verifier=verifier, url=url)


def let_in(*, network: str, server: str, code: str, verifier: str, redirect_uri: str) -> tuple[Account, ...]:
    """The accounts that let us in, one at least.

    Raises NotReached, NotLetIn, TooFewRights, NoAccount and ApplicationNotTaken.
    """
    connector = _connector(network)
    app = _known_app(connector, server, redirect_uri)
    if app is None:
        raise NotLetIn(server=host_of(server))
    try:
        accounts = connector.sign_in(server, app, redirect_uri=redirect_uri, code=code, verifier=verifier)
    except NetworkError as error:
        if isinstance(error, ApplicationRefused) and able(connector, Capability.APP):
            applications.note_refused(network=network)
            raise ApplicationNotTaken(network=connector.title) from error
        # Perhaps the server no longer knows us; the next attempt makes us known again.
        Registration.objects.filter(network=network, server=server, redirect_uri=redirect_uri).delete()
        raise _failure_at_the_end(error, server) from error
    applications.note_taken(network=network)
    if not accounts:
        raise NoAccount(server=host_of(server))
    return accounts


def keep(*, accounts: Sequence[Account], actor: User) -> list[Channel]:
    """The channels of accounts that let us in: new ones, or those they had, which go on with their history.

    Of two who connect the same account at once, the second finds the channel of the first.
    """
    with transaction.atomic():
        _one_at_a_time()
        return [_kept(account, actor) for account in accounts]


def _kept(account: Account, actor: User) -> Channel:
    found = channel_of(account)
    if found is None:
        return _connect(account, actor)
    return channels.reconnect(channel_id=found.pk, account=account, actor=actor)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def sealed(accounts: Sequence[Account]) -> str:
    """Accounts that let us in, encrypted, while a person chooses of them; their tokens are among it."""
    kept = [
        {
            **{name: getattr(account, name) for name in _KEPT},
            "settings": dict(account.settings),
            "expires_at": account.expires_at.isoformat() if account.expires_at else None,
        }
        for account in accounts
    ]
    return secrets.encrypt(json.dumps({"at": clock.now().isoformat(), "accounts": kept})).decode("ascii")


def unsealed(text: str) -> tuple[Account, ...]:
    """What `sealed` gave; nothing once it is too old, or the key with which it was sealed is gone."""
    try:
        found = json.loads(secrets.decrypt(text.encode("ascii")))
    except secrets.SecretsError:
        return ()
    if clock.now() - datetime.fromisoformat(found["at"]) > _CHOOSING:
        return ()
    return tuple(
        Account(**{**one, "expires_at": datetime.fromisoformat(one["expires_at"]) if one["expires_at"] else None})
        for one in found["accounts"]
    )


def channel_of(account: Account) -> Channel | None:
    """The channel that this account has already; without an id nobody can tell."""
    if not account.native_id:
        return None
    known = Channel.objects.filter(network=account.network, origin=account.origin, native_id=account.native_id)
    return known.order_by("id").first()


def by_token(*, name: str, account: Account, actor: User) -> Channel:
    """The channel of an account whose token a person typed: a new one, or the one that this account had.

    A network that can tell whose token it is, is asked first: raises NoServer, NotSpelt, NotReached, NotOfThisNetwork,
    PersonalAccount, TokenRefused and ApplicationNotTaken. Of the others nothing is known before the first poll. Raises
    ChannelNameTaken.
    """
    connector = registry.connector(account.network)
    if able(connector, Capability.IDENTIFY):
        identifies: Identifies = connector  # type: ignore[assignment] # declared; a test in tests/house compares
        account = _identified(identifies, account)
        with transaction.atomic():
            _one_at_a_time()
            if found := channel_of(account):
                return channels.reconnect(channel_id=found.pk, account=account, actor=actor)
            return _made(name, account, actor)
    return _made(name, account, actor)


def host_of(server: str) -> str:
    """The server's name as people know it."""
    return urlsplit(server).netloc or server


def _connector(network: str) -> Connects:
    connector = registry.connector(network)
    if not able(connector, Capability.CONNECT):
        raise Unsupported
    connects: Connects = connector  # type: ignore[assignment] # declared; a test in tests/house compares
    return connects


def _server_and_app(connector: Connects, typed: str, redirect_uri: str) -> tuple[str, App]:
    if not able(connector, Capability.REGISTER):
        app = applications.app_of(network=connector.name)
        if app is None:
            raise ApplicationMissing(network=connector.title)
        return connector.connecting.server, app
    registers: Registers = connector  # type: ignore[assignment] # declared; a test in tests/house compares
    try:
        server = registers.server_of(typed)
    except ValueError as error:
        raise NoServer from error
    try:
        return server, _registered(registers, server, redirect_uri)
    except NetworkError as error:
        raise _failure(error, server) from error


def _known_app(connector: Connects, server: str, redirect_uri: str) -> App | None:
    if not able(connector, Capability.REGISTER):
        return applications.app_of(network=connector.name)
    row = Registration.objects.filter(network=connector.name, server=server, redirect_uri=redirect_uri).first()
    return None if row is None else _known(row)


def _identified(connector: Identifies, account: Account) -> Account:
    try:
        return connector.identify(account)
    except ValueError as error:
        raise (NoServer if connector.asks_for.address else NotSpelt(network=connector.title)) from error
    except errors.PersonalAccount as error:
        raise PersonalAccount(handle=account.handle) from error
    except ApplicationRefused as error:  # of the token that says nothing
        applications.note_refused(network=connector.name)
        raise ApplicationNotTaken(network=connector.title) from error
    except NotAuthorised as error:
        raise TokenRefused(server=_server_of(account)) from error
    except NetworkError as error:
        raise _failure(error, _server_of(account)) from error


def _server_of(account: Account) -> str:
    """As it was typed; where none was, that of the handle's domain; where none is asked for, the network's title."""
    connector = registry.connector(account.network)
    if connector.asks_for.address is None:
        return connector.title
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


def _known(row: Registration) -> App | None:
    """None where its secret was stored with another key file: we are made known to the server anew."""
    try:
        return App(row.client_id, secrets.decrypt(bytes(row.encrypted_client_secret)))
    except secrets.NotOurs:
        return None


def _registered(connector: Registers, server: str, redirect_uri: str) -> App:
    row = Registration.objects.filter(network=connector.name, server=server, redirect_uri=redirect_uri).first()
    if row is not None and clock.now() - row.created_at < _REGISTERED_FOR and (known := _known(row)):
        return known
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
    name = _name_of(account)[:_MOST_NAMES]
    for number in range(1, _MOST_NAMES):
        with suppress(channels.ChannelNameTaken):
            return _made(name if number == 1 else f"{name} ({number})", account, actor)
    raise channels.ChannelNameTaken(name=name)


def _name_of(account: Account) -> str:
    """As people call it there; else its handle, with its server where one handle may stand for several accounts."""
    if account.name:
        return account.name
    handle = account.handle.removeprefix("@")
    return f"@{handle}" if "@" in handle or not account.origin else f"@{handle}@{account.origin}"


def _made(name: str, account: Account, actor: User) -> Channel:
    return channels.connect(
        network=account.network,
        name=name,
        address=account.address,
        origin=account.origin,
        handle=account.handle,
        native_id=account.native_id,
        secret=account.secret,
        renewal=account.renewal,
        expires_at=account.expires_at,
        settings=account.settings,
        actor=actor,
    )
