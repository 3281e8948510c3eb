"""What networks with OAuth 2 have in common: the page's address, tokens for a code, and their successors.

RFC 6749, 6750 and 7636. What a network does otherwise is its connector's matter.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote_plus, urlencode

from resonanz.core import clock, http, text
from resonanz.networks import asking
from resonanz.networks.contract import App
from resonanz.networks.errors import ApplicationRefused, NotAuthorised, Refused, TryLater

_MOST_TOKEN = 4_000
_MOST_SECONDS = 10 * 365 * 86_400
_UNREADABLE_WAIT_SECONDS = 60.0
# RFC 6749, 5.2: what was shown is good no more, our application is; or the other way round. The rest: we asked wrongly.
_NO_MORE = "invalid_grant"
_BAD_REQUEST = 400  # some repeat the number of the status where that word belongs
_APPLICATION = frozenset({"invalid_client", "unauthorized_client"})


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a network gave. `renewal` is "" and `expires_at` None where it said nothing of them."""

    secret: str = field(repr=False)
    renewal: str = field(default="", repr=False)
    expires_at: datetime | None = None
    rights: frozenset[str] = frozenset()


def page_url(
    page: str,
    app: App,
    *,
    rights: tuple[str, ...],
    redirect_uri: str,
    state: str,
    challenge: str,
    more: Mapping[str, str] | None = None,
) -> str:
    """The address of the page on which an account lets us in."""
    question = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(rights),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{page}?{urlencode(question | {**(more or {})})}"


def exchange(url: str, app: App, *, redirect_uri: str, code: str, verifier: str, in_header: bool = True) -> Tokens:
    """The tokens for a code. Raises a NetworkError: Refused or NotAuthorised where the code is not taken.

    ApplicationRefused where not even our application is.

    `in_header`: the application shows its secret in a header (client_secret_basic), else in the form.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    return _tokens(_ask(url, app, form, in_header=in_header))


def renewed(url: str, app: App, renewal: str, *, in_header: bool = True) -> Tokens:
    """New tokens for a renewal; the renewal is the old one where the network keeps it. Raises a NetworkError.

    NotAuthorised means that this renewal brings nothing any more, ApplicationRefused that it may with other keys.
    """
    found = _tokens(_ask(url, app, {"grant_type": "refresh_token", "refresh_token": renewal}, in_header=in_header))
    return found if found.renewal else Tokens(found.secret, renewal, found.expires_at, found.rights)


def ends_at(seconds: object) -> datetime | None:
    """The moment that is `expires_in` seconds from now; None for what is no such number."""
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdecimal() and len(seconds) < 12:
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= _MOST_SECONDS:
        return None
    return clock.now() + timedelta(seconds=float(seconds))


def _ask(url: str, app: App, form: dict[str, str], *, in_header: bool) -> dict[str, object]:
    headers = {"Accept": "application/json"}
    if in_header and app.client_secret:
        # RFC 6749, 2.3.1: both are encoded like a form before they stand in the header.
        pair = f"{quote_plus(app.client_id)}:{quote_plus(app.client_secret)}"
        headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
    else:
        form |= {"client_id": app.client_id} | ({"client_secret": app.client_secret} if app.client_secret else {})
    answer = asking.ask("POST", url, headers=headers, form=form, denied=())
    said = _object(answer)
    if answer.status == 200 and "error" not in said:
        return said
    raise _failure(answer, said)


def _object(answer: http.Answer) -> dict[str, object]:
    """The object that came; an empty one where a gateway's page stands in place of the network's answer."""
    try:
        return asking.json_object(answer)
    except ValueError:
        return {}


def _failure(answer: http.Answer, said: Mapping[str, object]) -> Exception:
    """Only the network's own word for it ends a connection: a page of somebody between us says nothing of tokens."""
    error = said.get("error")
    if error == _NO_MORE or (error == answer.status == _BAD_REQUEST and isinstance(error, int)):
        return NotAuthorised(status=answer.status)
    if isinstance(error, str) and error in _APPLICATION:
        return ApplicationRefused(status=answer.status)
    if isinstance(error, str) and error:
        return Refused(text.clean(f"{error} {said.get('error_description') or ''}", most=500).strip())
    return TryLater(_UNREADABLE_WAIT_SECONDS, "answer.unreadable")


def _tokens(said: Mapping[str, object]) -> Tokens:
    secret = said.get("access_token")
    if not isinstance(secret, str) or not secret.strip() or len(secret) > _MOST_TOKEN:
        raise TryLater(_UNREADABLE_WAIT_SECONDS, "answer.unreadable")
    renewal, scope = said.get("refresh_token"), said.get("scope")
    return Tokens(
        secret=secret,
        renewal=renewal if isinstance(renewal, str) and len(renewal) <= _MOST_TOKEN else "",
        expires_at=ends_at(said.get("expires_in")),
        rights=frozenset(scope.split()) if isinstance(scope, str) else frozenset(),
    )
