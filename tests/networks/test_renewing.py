"""Tokens are renewed before they end, once, and what cannot be renewed is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from tests.networks import oauth_network
from tests.networks.discourse_asking import NOON
from tests.networks.oauth_server import OAuthServer, error

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.networks import channels, renewing
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel, ChannelState

pytestmark = pytest.mark.django_db
HOURS_2 = timedelta(hours=2)


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with clock.moved_to(NOON), OAuthServer() as running:
        yield running


@pytest.fixture
def actor() -> User:
    return User.objects.create_user("it@nordhain.example", name="Ida Tech", role=Role.ADMIN, created_at=clock.now())


@pytest.fixture
def network(server: OAuthServer, actor: User, monkeypatch: pytest.MonkeyPatch) -> oauth_network.GroveNetwork:
    found = oauth_network.put_up(monkeypatch, server)
    oauth_network.register(actor)
    return found


@pytest.fixture
def channel(network: oauth_network.GroveNetwork, server: OAuthServer, actor: User) -> Channel:
    """Connected at noon, with a token for two hours."""
    server.tokens["first"], server.renewals["again"] = (1, NOON + HOURS_2), 1
    return channels.connect(
        network=oauth_network.NAME, name="@nordhain", address=server.url, native_id="7", handle="nordhain",
        secret="first", renewal="again", expires_at=NOON + HOURS_2, actor=actor,
    )  # fmt: skip


def renewed_at(minutes: int, channel: Channel) -> Account:
    """The account after a look so many minutes past noon."""
    with clock.moved_to(NOON + timedelta(minutes=minutes)):
        renewing.renew_due()
    channel.refresh_from_db()
    return channels.account_of(channel)


def test_token_is_renewed_when_a_third_of_its_life_is_left(channel: Channel, server: OAuthServer) -> None:
    early = renewed_at(79, channel)
    assert (early.secret, server.asked) == ("first", [])

    account = renewed_at(81, channel)

    assert account.secret in server.tokens
    assert account.renewal in server.renewals
    assert account.expires_at == NOON + timedelta(minutes=81) + HOURS_2
    assert renewed_at(82, channel).secret == account.secret
    assert renewed_at(81 + 81, channel).secret != account.secret  # the renewal that came is good


def test_token_that_ended_while_nobody_looked_lets_hearing_go_on(channel: Channel) -> None:
    channels.note_failure(channel_id=channel.pk, code="network.not_authorised", words="", stop=True)

    account = renewed_at(300, channel)

    assert account.secret != "first"
    assert (channel.state, channel.failure_code) == (ChannelState.ACTIVE, "")


def test_what_stopped_for_another_reason_stays_stopped(channel: Channel) -> None:
    channels.note_failure(channel_id=channel.pk, code="network.refused", words="Gesperrt", stop=True)

    assert renewed_at(300, channel).secret != "first"
    assert (channel.state, channel.failure_words) == (ChannelState.BROKEN, "Gesperrt")


def test_renewal_that_was_taken_back_is_shown_once_and_stops_the_channel(channel: Channel, server: OAuthServer) -> None:
    server.renewals.clear()

    renewed_at(81, channel)
    account = renewed_at(82, channel)

    assert server.asked == ["/token"]
    assert (account.secret, account.renewal) == ("first", "")
    assert (channel.state, channel.failure_code) == (ChannelState.BROKEN, "network.not_authorised")


def test_server_that_is_down_is_asked_again(channel: Channel, server: OAuthServer) -> None:
    server.faulty = lambda _path: error("temporarily_unavailable", 503)
    assert renewed_at(81, channel).renewal == "again"
    assert channel.failure_code == ""

    server.faulty = lambda _path: None
    assert renewed_at(82, channel).secret != "first"


def test_what_another_process_renews_is_left_to_it(channel: Channel, server: OAuthServer) -> None:
    url = make_conninfo(os.environ["TEST_DATABASE_URL"], dbname=str(connection.settings_dict["NAME"]))
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s::int, %s::int)", [renewing._LOCK, channel.pk])

        assert renewed_at(81, channel).secret == "first"
        assert server.asked == []


def test_what_a_person_connects_meanwhile_is_kept(
    channel: Channel, network: oauth_network.GroveNetwork, actor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew = network.renew

    def late(account: Account) -> Account:
        renewed = renew(account)
        by_hand = replace(account, secret="by hand", renewal="theirs")
        channels.reconnect(channel_id=channel.pk, account=by_hand, actor=actor)
        return renewed

    monkeypatch.setattr(network, "renew", late)

    account = renewed_at(81, channel)

    assert (account.secret, account.renewal) == ("by hand", "theirs")
