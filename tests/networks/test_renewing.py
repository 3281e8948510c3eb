"""Tokens are renewed before they end, once, and what cannot be renewed is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.db import connection
from psycopg.conninfo import make_conninfo
from tests.networks import oauth_network
from tests.networks.discourse_asking import NOON
from tests.networks.oauth_server import OAuthServer, error

from resonanz.accounts.models import Role, User
from resonanz.core import clock, secrets
from resonanz.networks.connections import applications, channels, connecting, renewing
from resonanz.networks.contract import Account
from resonanz.networks.errors import NotAuthorised
from resonanz.networks.models import Application, Channel, ChannelState
from resonanz.pipeline import polling

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


def _database() -> str:
    return make_conninfo(os.environ["TEST_DATABASE_URL"], dbname=str(connection.settings_dict["NAME"]))


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


def test_renewal_that_was_taken_back_is_shown_once_and_the_token_used_to_its_end(
    channel: Channel, server: OAuthServer
) -> None:
    server.renewals.clear()

    renewed_at(81, channel)
    account = renewed_at(82, channel)

    assert server.asked == ["/token"]
    assert (account.secret, account.renewal) == ("first", "")
    assert (channel.state, channel.failure_code) == (ChannelState.WAITING, "")


def test_renewal_that_was_taken_back_stops_a_channel_whose_token_ended(channel: Channel, server: OAuthServer) -> None:
    server.renewals.clear()

    assert renewed_at(121, channel).renewal == ""
    assert (channel.state, channel.failure_code) == (ChannelState.BROKEN, "network.not_authorised")


@pytest.mark.parametrize("code", ["invalid_client", "unauthorized_client"])
def test_secret_of_the_application_that_is_wrong_for_a_while_costs_no_renewal(
    channel: Channel, server: OAuthServer, code: str
) -> None:
    server.faulty = lambda _path: error(code, 401)
    assert renewed_at(81, channel).renewal == "again"
    assert Application.objects.get().refused_at == NOON + timedelta(minutes=81)

    server.faulty = lambda _path: None
    assert renewed_at(85, channel).secret == "first"  # ten minutes' pause
    assert renewed_at(92, channel).secret != "first"
    assert Application.objects.get().refused_at is None


def test_application_that_is_forgotten_for_a_while_costs_no_renewal(
    channel: Channel, server: OAuthServer, actor: User
) -> None:
    applications.forget(network=oauth_network.NAME, actor=actor)
    assert renewed_at(81, channel).renewal == "again"
    assert server.asked == []

    oauth_network.register(actor)
    assert renewed_at(92, channel).secret != "first"


def test_pause_that_the_network_names_is_kept(channel: Channel, server: OAuthServer) -> None:
    server.faulty = lambda _path: (429, {"Retry-After": "600"}, b"")
    renewed_at(81, channel)
    renewed_at(90, channel)
    assert server.asked == ["/token"]

    server.faulty = lambda _path: None
    assert renewed_at(91, channel).secret != "first"


def test_channel_that_fails_by_a_fault_of_ours_keeps_no_other_from_being_renewed(
    channel: Channel, server: OAuthServer, actor: User
) -> None:
    broken = channels.connect(
        network=oauth_network.NAME, name="kaputt", address=server.url, native_id="8", secret="x", renewal="y",
        expires_at=NOON + timedelta(minutes=90), actor=actor,
    )  # fmt: skip
    Channel.objects.filter(pk=broken.pk).update(encrypted_secret=b"of another key file")

    assert renewed_at(81, channel).secret != "first"


def test_renewed_token_is_kept_although_its_row_was_encrypted_anew_meanwhile(
    channel: Channel, network: oauth_network.GroveNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew = network.renew

    def beside_a_new_key(account: Account) -> Account:
        renewed = renew(account)
        Channel.objects.update(encrypted_renewal=secrets.encrypt("again"))
        return renewed

    monkeypatch.setattr(network, "renew", beside_a_new_key)

    assert renewed_at(81, channel).secret != "first"


@pytest.mark.django_db(transaction=True)
def test_renewed_token_survives_a_database_that_cuts_us_off_meanwhile(
    channel: Channel, server: OAuthServer, network: oauth_network.GroveNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew = network.renew

    def cut_off(account: Account) -> Account:
        renewed = renew(account)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (ours,) = cursor.fetchone()
        with psycopg.connect(_database(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [ours])
        return renewed

    monkeypatch.setattr(network, "renew", cut_off)

    account = renewed_at(81, channel)

    assert account.secret in server.tokens
    assert account.renewal in server.renewals


def test_no_transaction_is_open_while_the_network_is_asked(
    channel: Channel, network: oauth_network.GroveNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = len(connection.savepoint_ids)
    renew, inside = network.renew, []

    def looked_at(account: Account) -> Account:
        inside.append(len(connection.savepoint_ids))
        return renew(account)

    monkeypatch.setattr(network, "renew", looked_at)

    renewed_at(81, channel)

    assert inside == [outside]


def test_old_token_that_is_refused_after_it_was_renewed_stops_nothing(channel: Channel) -> None:
    old = channel.token_at
    renewed_at(81, channel)

    refused = NotAuthorised(status=401)
    assert polling.note(channel.pk, refused, old) is False
    channel.refresh_from_db()
    assert channel.failure_code == ""
    assert polling.note(channel.pk, refused, channel.token_at) is True
    channel.refresh_from_db()
    assert channel.state == ChannelState.BROKEN


def test_server_that_is_down_is_asked_again(channel: Channel, server: OAuthServer) -> None:
    server.faulty = lambda _path: error("temporarily_unavailable", 503)
    assert renewed_at(81, channel).renewal == "again"
    assert channel.failure_code == ""

    server.faulty = lambda _path: None
    assert renewed_at(82, channel).secret != "first"


def test_accounts_that_were_let_in_at_once_share_what_came(channel: Channel, server: OAuthServer, actor: User) -> None:
    account = replace(channels.account_of(channel), native_id="8", name="Nordhain Schweiz", handle="nordhain.ch")
    (other,) = connecting.keep(accounts=[account], actor=actor)

    renewed = renewed_at(81, channel)  # a renewal that is shown twice costs all tokens
    other.refresh_from_db()

    assert server.asked == ["/token"]
    assert channels.account_of(other).secret == renewed.secret
    assert renewed_at(81 + 81, channel).secret in server.tokens
    other.refresh_from_db()
    assert channels.account_of(other).secret in server.tokens
    assert server.asked == ["/token"] * 2


def test_what_another_process_renews_is_left_to_it(
    channel: Channel, server: OAuthServer, network: oauth_network.GroveNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew = network.renew

    def beside_another(account: Account) -> Account:
        renewing.renew_due()
        return renew(account)

    monkeypatch.setattr(network, "renew", beside_another)

    assert renewed_at(81, channel).secret in server.tokens
    assert server.asked == ["/token"]


def test_what_a_killed_process_left_is_tried_again(channel: Channel, server: OAuthServer) -> None:
    with clock.moved_to(NOON + timedelta(minutes=81)):
        assert renewing._claimed(channel.pk) is not None

    assert renewed_at(85, channel).secret == "first"
    assert renewed_at(86, channel).secret in server.tokens


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


def test_renewal_that_no_key_opens_is_no_fault_of_ours_and_stops_no_other(
    channel: Channel, network: oauth_network.GroveNetwork, server: OAuthServer, actor: User,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    foreign = Fernet(Fernet.generate_key()).encrypt(b"again")
    lost = channels.connect(
        network=oauth_network.NAME, name="@verloren", address=server.url, native_id="8", handle="verloren",
        secret="lost", renewal="gone", expires_at=NOON + HOURS_2 / 2, actor=actor,
    )  # fmt: skip
    Channel.objects.filter(pk=lost.pk).update(encrypted_renewal=foreign)

    account = renewed_at(81, channel)

    assert account.secret != "first"
    assert caplog.records == []
