"""Connecting has two halves: IT registers the company's application at a network, then accounts are connected."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from tests.networks import oauth_network
from tests.networks.oauth_network import NAME, SIGNATURE
from tests.networks.oauth_server import CLIENT_ID, CLIENT_SECRET, OAuthServer, error
from tests.web.conftest import BACKEND

from resonanz.accounts import access
from resonanz.accounts.access import Act
from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.networks import signatures
from resonanz.networks.connections import applications, channels, connecting
from resonanz.networks.contract import Account
from resonanz.networks.models import Application, Channel, ChannelState
from resonanz.pipeline import receiving
from resonanz.pipeline.models import Delivery
from resonanz.pipeline.receiving import Received
from resonanz.privacy.models import AuditRecord

pytestmark = pytest.mark.django_db
LIST, PAGE, CONNECT = "/channels/applications/", f"/channels/applications/{NAME}/", f"/channels/connect/{NAME}/"
BACK, CHOOSE = "/channels/connected/", "/channels/choose/"
TYPED = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "signing_key": "k3y"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OAuthServer]:
    with OAuthServer() as running:
        oauth_network.put_up(monkeypatch, running)
        yield running


@pytest.fixture
def registered(server: OAuthServer, miriam: User) -> OAuthServer:
    oauth_network.register(miriam)
    return server


def page_of(client: Client) -> str:
    """The address of the network's page, as the page for connecting links to it."""
    answer = client.get(CONNECT)
    url = str(answer.context["url"])
    assert f'href="{url}"'.replace("&", "&amp;") in answer.content.decode()
    return url


def test_what_it_registers_is_kept_and_never_shown(signed_in: Client, server: OAuthServer) -> None:
    assert "not registered" in signed_in.get(LIST).content.decode()
    before = signed_in.get(PAGE).content.decode()
    signed_in.post(PAGE, TYPED)
    after = signed_in.get(PAGE).content.decode()

    row = Application.objects.get()
    assert (row.network, row.client_id) == (NAME, CLIENT_ID)
    assert CLIENT_SECRET.encode() not in bytes(row.sealed)
    app = applications.app_of(network=NAME)
    assert app is not None
    assert (app.client_secret, app.settings) == (CLIENT_SECRET, {"signing_key": "k3y"})
    for word in ("http://localhost:8000/channels/connected/", "/webhooks/" + applications.webhook_key(network=NAME)):
        assert word in before
    assert CLIENT_ID in after
    assert CLIENT_SECRET not in after
    assert "k3y" not in after
    assert "registered" in signed_in.get(LIST).content.decode()
    assert AuditRecord.objects.get().act == "application.registered"


def test_secret_left_empty_stays_and_one_never_typed_is_asked_for(signed_in: Client, server: OAuthServer) -> None:
    refused = signed_in.post(PAGE, {"client_id": CLIENT_ID})
    assert not Application.objects.exists()
    assert refused.status_code == 200
    signed_in.post(PAGE, TYPED)
    signed_in.post(PAGE, {"client_id": "another", "client_secret": ""})

    app = applications.app_of(network=NAME)
    assert app is not None
    assert (app.client_id, app.client_secret) == ("another", CLIENT_SECRET)
    signed_in.post(f"{PAGE}forget/")
    assert applications.app_of(network=NAME) is None
    acts = AuditRecord.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["application.registered", "application.changed", "application.forgotten"]


@pytest.mark.parametrize("role", [Role.LEAD, Role.AGENT, Role.ANALYST])
def test_only_it_sees_applications(client: Client, server: OAuthServer, role: str) -> None:
    user = User.objects.create_user("jan@nordhain.example", name="Jan", role=role, created_at=clock.now())
    client.force_login(user, backend=BACKEND)

    assert {client.get(LIST).status_code, client.get(PAGE).status_code} == {403}
    assert {client.post(PAGE, TYPED).status_code, client.post(f"{PAGE}forget/").status_code} == {403}
    assert {client.get(CHOOSE).status_code, client.post(CHOOSE, {"accounts": ["0"]}).status_code} == {403}
    assert not Application.objects.exists()


def test_network_without_application_has_no_page(signed_in: Client) -> None:
    assert signed_in.get("/channels/applications/mastodon/").status_code == 404
    assert signed_in.get("/channels/applications/nowhere/").status_code == 404
    assert signed_in.post("/channels/applications/feeds/forget/").status_code == 404


def test_where_keys_are_missing_the_page_says_who_does_what(
    signed_in: Client, server: OAuthServer, miriam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = signed_in.get(CONNECT).content.decode()
    assert f'href="{PAGE}"' in page
    assert "url" not in signed_in.get(CONNECT).context
    held = frozenset(access.ACTS_BY_ROLE[Role.LEAD] | {Act.CONNECT_ACCOUNTS})
    monkeypatch.setitem(access.ACTS_BY_ROLE, Role.LEAD, held)
    lead = User.objects.create_user("lea@nordhain.example", name="Lea", role=Role.LEAD, created_at=clock.now())
    signed_in.force_login(lead, backend=BACKEND)
    page = signed_in.get(CONNECT).content.decode()
    assert miriam.name in page
    assert f'href="{PAGE}"' not in page


def test_account_is_connected_with_two_clicks(signed_in: Client, registered: OAuthServer, miriam: User) -> None:
    url = page_of(signed_in)
    answer = signed_in.get(f"{BACK}?{registered.back(url)}")

    made = Channel.objects.get()
    assert answer.headers["Location"] == f"/channels/{made.pk}/"
    assert (made.name, made.native_id, made.address) == ("Nordhain", "7", registered.url)
    assert (made.state, made.connected_by) == (ChannelState.WAITING, miriam)
    account = channels.account_of(made)
    assert account.secret in registered.tokens
    assert account.renewal in registered.renewals
    assert account.app is not None
    assert account.app.client_secret == CLIENT_SECRET
    assert made.expires_at is not None
    assert made.token_at is not None
    assert abs(made.expires_at - made.token_at - timedelta(hours=2)) < timedelta(seconds=10)
    shown = f"{signed_in.get(f'/channels/{made.pk}/').content.decode()} {account!r}"
    assert account.secret not in shown
    assert account.renewal not in shown
    assert "renewed by itself" in shown
    assert "by Miriam Kessler" in shown


def test_of_several_accounts_a_person_chooses(signed_in: Client, registered: OAuthServer) -> None:
    registered.accounts = {"7": "nordhain", "8": "nordhain.ch", "9": "werkstatt"}
    answer = signed_in.get(f"{BACK}?{registered.back(page_of(signed_in))}")
    assert answer.headers["Location"] == CHOOSE
    assert not Channel.objects.exists()
    kept = json.dumps(signed_in.session["connecting_choice"])
    assert not [token for token in (*registered.tokens, *registered.renewals) if token in kept]
    page = signed_in.get(CHOOSE).content.decode()
    assert page.count('name="accounts"') == 3
    assert signed_in.post(CHOOSE, {"accounts": ["3"]}).status_code == 200
    assert signed_in.post(CHOOSE, {}).status_code == 200
    assert not Channel.objects.exists()

    signed_in.post(CHOOSE, {"accounts": ["0", "2"]})

    assert set(Channel.objects.values_list("native_id", flat=True)) == {"7", "9"}
    assert "connecting_choice" not in signed_in.session
    assert signed_in.post(CHOOSE, {"accounts": ["1"]}).status_code == 400


def test_who_cancels_leaves_no_token_behind(signed_in: Client, registered: OAuthServer) -> None:
    registered.accounts = {"7": "nordhain", "8": "nordhain.ch"}
    signed_in.get(f"{BACK}?{registered.back(page_of(signed_in))}")
    assert 'name="cancel"' in signed_in.get(CHOOSE).content.decode()

    answer = signed_in.post(CHOOSE, {"cancel": "1", "accounts": ["0"]})

    assert answer.headers["Location"] == "/channels/"
    assert "connecting_choice" not in signed_in.session
    assert not Channel.objects.exists()


def test_choice_ends_after_a_while(signed_in: Client, registered: OAuthServer) -> None:
    registered.accounts = {"7": "nordhain", "8": "nordhain.ch"}
    signed_in.get(f"{BACK}?{registered.back(page_of(signed_in))}")
    with clock.moved_to(clock.now() + timedelta(minutes=16)):
        assert signed_in.post(CHOOSE, {"accounts": ["0"]}).status_code == 400
    assert not Channel.objects.exists()


def test_account_that_is_connected_again_goes_on_with_its_history(signed_in: Client, registered: OAuthServer) -> None:
    signed_in.get(f"{BACK}?{registered.back(page_of(signed_in))}")
    made = Channel.objects.get()
    channels.move_cursor(channel_id=made.pk, cursor="17")
    channels.note_failure(channel_id=made.pk, code="network.not_authorised", words="", stop=True)

    signed_in.get(f"{BACK}?{registered.back(page_of(signed_in))}")

    now = Channel.objects.get()
    assert (now.pk, now.cursor, now.state, now.failure_code) == (made.pk, "17", ChannelState.ACTIVE, "")
    assert bytes(now.encrypted_renewal) != bytes(made.encrypted_renewal)
    assert channels.account_of(now).secret in registered.tokens


def test_no_account_wrong_state_and_late_code_connect_nothing(signed_in: Client, registered: OAuthServer) -> None:
    registered.accounts = {}
    told = signed_in.get(f"{BACK}?{registered.back(page_of(signed_in))}")
    assert "has no account of the kind" in told.content.decode()
    registered.accounts = {"7": "nordhain"}
    back = registered.agree(page_of(signed_in))
    assert signed_in.get(BACK, back | {"state": "guessed"}).status_code == 400
    back = registered.agree(page_of(signed_in))
    with clock.moved_to(clock.now() + timedelta(seconds=90)):
        assert "did not accept" in signed_in.get(BACK, back).content.decode()
    registered.faulty = lambda _path: error("invalid_client", 401)
    assert "does not take the keys" in signed_in.get(BACK, registered.agree(page_of(signed_in))).content.decode()
    registered.faulty = lambda _path: (429, {"Retry-After": "60"}, b"")
    assert "does not answer" in signed_in.get(BACK, registered.agree(page_of(signed_in))).content.decode()
    assert not Channel.objects.exists()
    assert "keys refused" in signed_in.get(LIST).content.decode()
    assert "does not take these keys" in signed_in.get(PAGE).content.decode()
    signed_in.post(PAGE, TYPED)
    assert "keys refused" not in signed_in.get(LIST).content.decode()


def test_connection_that_was_begun_hours_ago_is_not_ended(signed_in: Client, registered: OAuthServer) -> None:
    page = page_of(signed_in)
    with clock.moved_to(clock.now() + timedelta(minutes=61)):
        assert signed_in.get(BACK, registered.agree(page)).status_code == 400
    assert registered.asked == []


def test_choice_that_was_sealed_with_a_key_that_is_gone_is_over(signed_in: Client, registered: OAuthServer) -> None:
    session = signed_in.session
    session["connecting_choice"] = {"network": NAME, "sealed": Fernet(Fernet.generate_key()).encrypt(b"{}").decode()}
    session.save()

    assert signed_in.get(CHOOSE).status_code == 400


def test_account_without_an_id_is_nobody_elses(registered: OAuthServer, miriam: User) -> None:
    first = Account(network=NAME, address=registered.url, name="Eins")
    connecting.keep(accounts=[first, replace(first, name="Zwei")], actor=miriam)

    assert set(Channel.objects.values_list("name", flat=True)) == {"Eins", "Zwei"}


def brought(to: list[str], key: str = "k3y") -> Received:
    """A delivery to the address of the application."""
    body = json.dumps({"to": to}).encode()
    headers = {SIGNATURE: signatures.hmac_hex(key, body)}
    return receiving.receive(key=applications.webhook_key(network=NAME), headers=headers, body=body)


def test_what_the_application_is_brought_goes_to_the_channels_it_names(registered: OAuthServer) -> None:
    ours, other = (
        Channel.objects.create(network=NAME, name=name, native_id=name, created_at=clock.now()) for name in ("7", "8")
    )
    Channel.objects.create(network="memory", name="9", native_id="7", created_at=clock.now())

    assert [brought(["7"]), brought(["7"]), brought(["7", "8"])] == [Received.STORED, Received.KNOWN, Received.STORED]
    assert list(Delivery.objects.order_by("id").values_list("channel_id", flat=True)) == [ours.pk, ours.pk, other.pk]
    assert brought(["nobody"]) == Received.KNOWN
    assert brought(["7"], key="guessed") == Received.FORGED
    assert Application.objects.get().forged == 1


def test_address_of_an_application_that_is_not_registered_is_nobodys(server: OAuthServer) -> None:
    assert brought(["7"]) == Received.NOBODY


def test_application_proves_that_the_address_is_ours(registered: OAuthServer) -> None:
    key, word = applications.webhook_key(network=NAME), applications.webhook_keys(network=NAME).secret
    proof = receiving.prove(key=key, asked={"word": word, "challenge": "17"})
    assert proof is not None
    assert proof.body == "17"
    assert receiving.prove(key=key, asked={"word": "guessed", "challenge": "17"}) is None


def test_application_of_a_network_that_nobody_uses_needs_no_look(signed_in: Client, server: OAuthServer) -> None:
    unused = signed_in.get(LIST).content.decode()
    channels.connect(network=NAME, name="Wir", is_live=True, actor=None)

    assert '<span class="chip soon">not registered</span>' not in unused
    assert signed_in.get(LIST).content.decode().count('<span class="chip soon">not registered</span>') == 1
