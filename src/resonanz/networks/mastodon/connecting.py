"""Letting us in: OAuth 2 with PKCE, our application registered at each server by itself."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from resonanz.core import text
from resonanz.networks.asking import json_object
from resonanz.networks.contract import Account, App
from resonanz.networks.errors import Refused
from resonanz.networks.mastodon import client
from resonanz.networks.mastodon.server import Instance, instance_of
from resonanz.networks.mastodon.statuses import NAME, handle_of, id_of

APPLICATION = "Resonanz"
# The least that reading mentions and timelines, streaming them and answering need.
RIGHTS = (
    "read:accounts",
    "read:notifications",
    "read:statuses",
    "write:statuses",
    "write:media",
    "write:favourites",
    "write:blocks",
    "write:reports",
)
SCOPES = " ".join(RIGHTS)
_MOST_NAME = 255


def register(server: str, redirect_uri: str) -> App:
    """Make ourselves known to the server, with no more scopes than are needed."""
    body = {"client_name": APPLICATION, "redirect_uris": redirect_uri, "scopes": SCOPES}
    answer = client.accepted(client.ask("POST", f"{server}/api/v1/apps", body=body))
    try:
        found = json_object(answer)
        return App(client_id=_word(found["client_id"]), client_secret=_word(found["client_secret"]))
    except (ValueError, KeyError) as error:
        raise Refused("answer.unreadable") from error


def authorize_url(server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
    """The server's page. The challenge does no harm where it is not understood (before Mastodon 4.3)."""
    question = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPES,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{server}/oauth/authorize?{urlencode(question)}"


def sign_in(server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> Account:
    """The account that let us in."""
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": redirect_uri,
        "scope": SCOPES,
        "code_verifier": verifier,
    }
    answer = client.accepted(client.ask("POST", f"{server}/oauth/token", body=body))
    try:
        token = _word(json_object(answer)["access_token"])
    except (ValueError, KeyError) as error:
        raise Refused("answer.unreadable") from error
    return identified(server, token)


def identified(server: str, token: str) -> Account:
    """The account whose token it is. What the server says of itself goes into its settings, for people to see."""
    try:
        instance = instance_of(server, token)
        person = client.object_in(
            client.accepted(client.ask("GET", f"{server}/api/v1/accounts/verify_credentials", token=token))
        )
        return _account(server, token, instance, person)
    except (ValueError, KeyError) as error:
        raise Refused("answer.unreadable") from error


def name_of(server: str, said: str) -> str:
    """The name that the server says its accounts bear, if it answers beneath it; else the one it answers under.

    Ids are unique by this name: one that took another server's could change what was said there.
    """
    own = urlsplit(server).netloc
    return said if own == said or ("." in said and own.endswith(f".{said}")) else own


def _account(server: str, token: str, instance: Instance, person: dict[str, object]) -> Account:
    origin = name_of(server, instance.domain)
    bare = Account(network=NAME, address=server, origin=origin, secret=token)
    native_id, handle = id_of(person), handle_of(person, bare)
    if max(map(len, (origin, native_id, handle))) > _MOST_NAME:
        raise ValueError("longer than any server's")
    settings = {
        "server_title": instance.title,
        # Whoever listens there keeps them, so people are told where they stand.
        "server_rules": f"{instance.rules} ({server}/about)" if instance.rules else "",
        "server_text_length": str(instance.text_length or ""),
    }
    return Account(
        network=NAME,
        address=server,
        origin=origin,
        native_id=native_id,
        handle=handle,
        secret=token,
        settings={key: value for key, value in settings.items() if value},
    )


def _word(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("no text")
    return text.clean(value, most=2_000)
