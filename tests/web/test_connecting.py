"""An account lets us in, on a Mastodon server of the kind that others wrote, running as a process of its own."""

from __future__ import annotations

from itertools import count
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from tests.networks.mastodon_process import MastodonProcess
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.connections import channels
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel, ChannelState, Registration
from resonanz.privacy.models import AuditRecord

pytestmark = pytest.mark.django_db
BEGIN, BACK = "/channels/connect/mastodon/", "/channels/connected/"
_numbers = count(1)


@pytest.fixture
def server(mastodon: MastodonProcess) -> MastodonProcess:
    return mastodon


@pytest.fixture
def us(server: MastodonProcess) -> Account:
    return server.open_account(f"radwerk{next(_numbers)}")


def begun(client: Client, server: MastodonProcess) -> dict[str, str]:
    """What the link to the server's page asks."""
    answer = client.post(BEGIN, {"server": server.url})
    url = str(answer.context["url"])
    assert url.startswith(f"{server.url}/oauth/authorize?")
    assert f'href="{url}"'.replace("&", "&amp;") in answer.content.decode()
    return dict(parse_qsl(urlsplit(url).query))


def code_of(account: Account) -> str:
    """What this server gives when the button is pressed."""
    return f"mockcode_{account.handle.partition('@')[0]}"


def test_account_becomes_a_channel_and_its_code_works_once(
    signed_in: Client, server: MastodonProcess, us: Account
) -> None:
    asked = begun(signed_in, server)
    assert asked["redirect_uri"].endswith(BACK)
    assert "testserver" not in asked["redirect_uri"]
    back = {"state": asked["state"], "code": code_of(us)}
    answer = signed_in.get(BACK, back)
    made = Channel.objects.get()
    assert answer.headers["Location"] == f"/channels/{made.pk}/"
    assert (made.network, made.name, made.native_id) == ("mastodon", f"@{us.handle}", us.native_id)
    assert (made.state, made.settings["server_title"]) == (ChannelState.WAITING, "Beispielserver")
    assert channels.account_of(made).secret not in ("", code_of(us))
    shown = signed_in.get(f"/channels/{made.pk}/").content.decode()
    assert channels.account_of(made).secret not in shown
    again = signed_in.get(BACK, back)
    assert (again.status_code, Channel.objects.count()) == (400, 1)


def test_lost_token_is_replaced_and_no_second_channel_is_made(
    signed_in: Client, server: MastodonProcess, us: Account
) -> None:
    signed_in.get(BACK, {"state": begun(signed_in, server)["state"], "code": code_of(us)})
    made = Channel.objects.get()
    assert "Beispielserver" in signed_in.get(f"/channels/{made.pk}/").content.decode()
    channels.move_cursor(channel_id=made.pk, cursor="17")
    channels.note_failure(channel_id=made.pk, code="network.not_authorised", words="", stop=True)
    Channel.objects.update(settings={"hashtags": "rad"}, encrypted_secret=b"lost")
    assert f"{BEGIN}?server=" in signed_in.get(f"/channels/{made.pk}/").content.decode()
    signed_in.get(BACK, {"state": begun(signed_in, server)["state"], "code": code_of(us)})
    now = Channel.objects.get()
    assert (now.pk, now.state, now.failure_code, now.cursor) == (made.pk, ChannelState.ACTIVE, "", "17")
    assert now.settings["hashtags"] == "rad"
    assert channels.account_of(now).secret
    assert Registration.objects.count() == 1
    assert list(AuditRecord.objects.order_by("id").values_list("act", flat=True)) == [
        "channel.connected", "channel.reconnected",
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["", "guessed", "ü"])
def test_wrong_state_connects_nothing_and_ends_the_beginning(
    signed_in: Client, server: MastodonProcess, us: Account, state: str
) -> None:
    asked = begun(signed_in, server)
    assert signed_in.get(BACK, {"state": state, "code": code_of(us)}).status_code == 400
    assert signed_in.get(BACK, {"state": asked["state"], "code": code_of(us)}).status_code == 400
    assert not Channel.objects.exists()


def test_no_and_a_wrong_code_are_told_in_words(signed_in: Client, server: MastodonProcess, us: Account) -> None:
    asked = begun(signed_in, server)
    declined = signed_in.get(BACK, {"state": asked["state"], "error": "access_denied", "error_description": "<b>no"})
    assert "Access was declined" in declined.content.decode()
    assert "<b>no" not in declined.content.decode()
    asked = begun(signed_in, server)
    wrong = signed_in.get(BACK, {"state": asked["state"], "code": "mockcode_nobody_at_all"})
    assert f"{server.host} did not accept" in wrong.content.decode()
    assert not Channel.objects.exists()
    assert not Registration.objects.exists()  # made anew next time: perhaps the server has forgotten us


def test_server_that_takes_our_rights_for_too_few_is_told_apart_from_one_that_is_silent(
    signed_in: Client, server: MastodonProcess, us: Account
) -> None:
    asked = begun(signed_in, server)
    refusal = {"error": "out_of_scope_for_token"}
    server.trouble("/api/v1/accounts/verify_credentials", {"status": 403, "body": refusal})
    told = signed_in.get(BACK, {"state": asked["state"], "code": code_of(us)}).content.decode()
    assert f"{server.host} lets nobody in with the few rights" in told
    asked = begun(signed_in, server)
    server.trouble("/oauth/token", {"status": 401}, method="POST")
    told = signed_in.get(BACK, {"state": asked["state"], "code": code_of(us)}).content.decode()
    assert f"{server.host} did not accept" in told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("not a server", "names no server"),
        ("10.0.0.1", "does not answer as a server"),
        ("http://127.0.0.1:1", "does not answer as a server"),
        ("nothing.invalid", "nothing.invalid does not answer"),
    ],
)
def test_server_that_is_none_is_told_in_words(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch, typed: str, told: str
) -> None:
    monkeypatch.setenv(ALLOWED_VARIABLE, "")
    answer = signed_in.post(BEGIN, {"server": typed})
    assert told in answer.content.decode()
    assert "connecting" not in signed_in.session


def test_only_who_manages_channels_connects(client: Client, channel: Channel) -> None:
    agent = User.objects.create_user("jan@nordhain.example", name="Jan", role=Role.AGENT, created_at=clock.now())
    client.force_login(agent, backend=BACKEND)
    assert client.get(BEGIN).status_code == 403
    assert client.post(BEGIN, {"server": "mastodon.example"}).status_code == 403
    assert client.get(BACK, {"state": "x", "code": "y"}).status_code == 403
    assert client.post(f"/channels/{channel.pk}/change/", {"hashtags": "rad"}).status_code == 403


def test_networks_are_offered_by_what_they_can(signed_in: Client) -> None:
    page = signed_in.get("/channels/new/").content.decode()
    assert f'href="{BEGIN}"' in page
    assert "/channels/connect/memory/" not in page
    assert signed_in.get("/channels/connect/feeds/").status_code == 404
    assert signed_in.get("/channels/connect/nowhere/").status_code == 404


def test_channel_is_set_to_hear_more(signed_in: Client, channel: Channel) -> None:
    wide = Channel.objects.create(
        network="mastodon", name="Wide", settings={"server_title": "Beispiel"}, created_at=clock.now()
    )
    change = f"/channels/{wide.pk}/change/"
    signed_in.post(change, {"hashtags": "#Rad, Lastenrad  rad #Rad", "public": "local"})
    wide.refresh_from_db()
    assert wide.settings == {"server_title": "Beispiel", "hashtags": "Rad Lastenrad rad", "public": "local"}
    assert AuditRecord.objects.get().act == "channel.settings_changed"
    page = signed_in.get(f"/channels/{wide.pk}/").content.decode()
    assert 'value="Rad Lastenrad rad"' in page
    assert '<option value="local" selected>' in page
    signed_in.post(change, {"hashtags": " ".join(map(str, range(21))), "public": "everything"})
    wide.refresh_from_db()
    assert wide.settings["public"] == "local"
    assert "What else is heard" not in signed_in.get(f"/channels/{channel.pk}/").content.decode()


def typed(server: MastodonProcess, account: Account, **other: str) -> dict[str, str]:
    """What the form for a channel by hand is sent."""
    known = {"network": "mastodon", "name": "Von Hand", "address": server.url, "handle": "egal"}
    return {**known, "secret": account.secret, **other}


def test_typed_token_says_whose_it_is(signed_in: Client, server: MastodonProcess, us: Account) -> None:
    answer = signed_in.post("/channels/new/", typed(server, us))

    made = Channel.objects.get()
    assert answer.headers["Location"] == f"/channels/{made.pk}/"
    assert (made.name, made.native_id, made.handle, made.origin) == ("Von Hand", us.native_id, us.handle, us.origin)


def test_typed_token_of_a_connected_account_goes_on_with_its_channel(
    signed_in: Client, server: MastodonProcess, us: Account
) -> None:
    signed_in.post("/channels/new/", typed(server, us))
    made = Channel.objects.get()
    channels.note_failure(channel_id=made.pk, code="network.not_authorised", words="", stop=True)

    signed_in.post("/channels/new/", typed(server, us, name="Noch einmal"))

    again = Channel.objects.get()
    assert (again.pk, again.name, again.failure_code) == (made.pk, "Von Hand", "")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"secret": "falsch"}, "does not let this account in with this token"),
        ({"address": "kein Server"}, "This names no server"),
        ({"address": "http://127.0.0.1:9"}, "does not answer"),
    ],
)
def test_typed_token_that_leads_nowhere_is_refused_with_a_sentence_and_makes_nothing(
    signed_in: Client, server: MastodonProcess, us: Account, other: dict[str, str], told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv(ALLOWED_VARIABLE, f"{server.host},127.0.0.1:9")

    shown = signed_in.post("/channels/new/", typed(server, us, **other)).content.decode()

    assert told in shown
    assert not Channel.objects.exists()
    assert us.secret not in shown
