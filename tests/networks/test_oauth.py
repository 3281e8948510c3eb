"""Tokens for a code, and their successors, against a server that keeps to RFC 6749 and 7636."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.loopback_server import Answer
from tests.networks.oauth_server import CLIENT_ID, CLIENT_SECRET, REDIRECT, OAuthServer, as_json

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks import oauth
from resonanz.networks.contract import App
from resonanz.networks.errors import ApplicationRefused, NetworkError, NoAnswer, NotAuthorised, Refused, TryLater

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
APP = App(CLIENT_ID, CLIENT_SECRET)
VERIFIER = "v" * 43


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OAuthServer]:
    with clock.moved_to(NOON), OAuthServer() as running:
        monkeypatch.setenv(ALLOWED_VARIABLE, running.host)
        yield running


def agreed(server: OAuthServer) -> str:
    """The code that somebody's agreement gives."""
    challenge = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    page = oauth.page_url(
        f"{server.url}/authorize", APP, rights=("read", "write"), redirect_uri=REDIRECT, state="s t&a=te",
        challenge=challenge,
    )  # fmt: skip
    back = server.agree(page)
    assert back["state"] == "s t&a=te"
    return back["code"]


def exchanged(server: OAuthServer, code: str, verifier: str = VERIFIER, app: App = APP) -> oauth.Tokens:
    """What that code brings."""
    return oauth.exchange(f"{server.url}/token", app, redirect_uri=REDIRECT, code=code, verifier=verifier)


@pytest.mark.parametrize("in_header", [True, False])
def test_code_brings_tokens_once(server: OAuthServer, in_header: bool) -> None:
    code = agreed(server)
    tokens = oauth.exchange(
        f"{server.url}/token", APP, redirect_uri=REDIRECT, code=code, verifier=VERIFIER, in_header=in_header
    )

    assert tokens.secret in server.tokens
    assert tokens.renewal in server.renewals
    assert tokens.expires_at == NOON + timedelta(hours=2)
    assert tokens.rights == {"read", "write"}
    with pytest.raises(NotAuthorised):
        exchanged(server, code)
    assert server.tokens == {}  # a code that comes twice was stolen


def test_late_code_wrong_verifier_and_wrong_secret_bring_nothing(server: OAuthServer) -> None:
    code = agreed(server)
    with clock.moved_to(NOON + timedelta(seconds=61)), pytest.raises(NotAuthorised):
        exchanged(server, code)
    with pytest.raises(NotAuthorised):
        exchanged(server, agreed(server), verifier="w" * 43)
    with pytest.raises(NotAuthorised):
        exchanged(server, agreed(server), app=replace(APP, client_secret="wrong"))
    assert server.tokens == {}


def test_renewal_gives_another_and_ends_with_it(server: OAuthServer) -> None:
    first = exchanged(server, agreed(server))
    second = oauth.renewed(f"{server.url}/token", APP, first.renewal)

    assert second.secret != first.secret
    assert second.renewal not in ("", first.renewal)
    with pytest.raises(NotAuthorised):  # whoever shows an old one loses all
        oauth.renewed(f"{server.url}/token", APP, first.renewal)
    with pytest.raises(NotAuthorised):
        oauth.renewed(f"{server.url}/token", APP, second.renewal)


def test_renewal_that_the_server_keeps_is_kept(server: OAuthServer) -> None:
    server.rotates = False
    first = exchanged(server, agreed(server))
    second = oauth.renewed(f"{server.url}/token", APP, first.renewal)

    assert (second.renewal, second.expires_at) == (first.renewal, NOON + timedelta(hours=2))
    assert second.secret != first.secret


def test_what_was_taken_back_brings_nothing(server: OAuthServer) -> None:
    tokens = exchanged(server, agreed(server))
    server.revoke()
    with pytest.raises(NotAuthorised):
        oauth.renewed(f"{server.url}/token", APP, tokens.renewal)


PAGE = (200, {"Content-Type": "text/html"}, b"<h1>Sign in to the airport's network</h1>")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((429, {"Retry-After": "90"}, b""), TryLater),
        ((503, {}, b"<h1>Back soon</h1>"), TryLater),
        ((500, {}, b""), NoAnswer),
        ((0, {}, b""), NoAnswer),
        (PAGE, TryLater),
        ((401, {"Content-Type": "text/html"}, b"<h1>Proxy wants a password</h1>"), TryLater),
        (as_json({"error": "invalid_request", "error_description": "no \x00 such"}), Refused),
        (as_json({"error": "invalid_grant"}), NotAuthorised),
        (as_json({"error": "invalid_client"}, 401), ApplicationRefused),
        (as_json({"error": {"code": 190}}, 400), TryLater),
        (as_json({"access_token": ""}), TryLater),
        (as_json({"access_token": ["a"]}), TryLater),
        (as_json(["a"]), TryLater),
        ((200, {}, b"[" * 100_000), TryLater),
    ],
)
def test_only_the_servers_own_no_ends_a_connection(
    server: OAuthServer, answer: Answer, error: type[NetworkError]
) -> None:
    tokens = exchanged(server, agreed(server))
    server.faulty = lambda _path: answer
    with pytest.raises(error) as raised:
        oauth.renewed(f"{server.url}/token", APP, tokens.renewal)

    assert type(raised.value) is error
    assert tokens.renewal not in str(raised.value)
    if answer[0] == 429:
        assert isinstance(raised.value, TryLater)
        assert raised.value.seconds == 90


def test_what_is_secret_is_in_no_words_of_it() -> None:
    app = App("id", "hidden-secret", "hidden-bearer", {"key": "hidden-key"})
    tokens = oauth.Tokens("hidden-token", "hidden-renewal")

    assert "hidden" not in f"{app!r} {tokens!r}"


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers(), max_size=1)))
def test_any_answer_to_how_long_is_a_moment_to_come_or_none(seconds: object) -> None:
    found = oauth.ends_at(seconds)

    assert found is None or found > clock.now() - timedelta(seconds=1)


def test_how_long_may_be_written_as_text() -> None:
    with clock.moved_to(NOON):
        assert oauth.ends_at("3600") == oauth.ends_at(3600) == NOON + timedelta(hours=1)
        assert oauth.ends_at("") is None
        assert oauth.ends_at(0) is None
