"""A provider's keys and batches on the page of its channel: for who may manage channels, secrets once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.networks.provider_asking import batch, headers, line

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.networks.connections import batch_keys, webhook_keys
from resonanz.networks.connections.channels import connect
from resonanz.networks.models import Channel, Webhook
from resonanz.pipeline import arrivals
from resonanz.pipeline.models import Batch
from resonanz.pipeline.receiving import Received, receive
from resonanz.privacy.models import AuditRecord
from resonanz.web import times

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel() -> Channel:
    return connect(network="service_provider", name="Agency", is_live=True, actor=None)


def page(client: Client, channel: Channel, language: str = "en") -> str:
    shown = client.get(f"/channels/{channel.pk}/", headers={"accept-language": language})
    return " ".join(shown.content.decode().split())


def make_key(client: Client, channel: Channel) -> tuple[str, str]:
    """Key and secret as the page shows them."""
    shown = client.post(f"/channels/{channel.pk}/batch-keys/").content.decode()
    found = [re.search(rf'<code id="{name}">(\w+)</code>', shown) for name in ("key", "secret")]
    key, secret = (one[1] for one in found if one)
    return key, secret


def bring(key: tuple[str, str], number: int, body: bytes) -> Received:
    return receive(key=Webhook.objects.get().key, headers=headers(*key, number, body), body=body)


def test_channel_of_a_provider_is_connected_by_its_name_alone(signed_in: Client) -> None:
    assert "network=service_provider" in signed_in.get("/channels/new/").content.decode()

    signed_in.post("/channels/new/", {"network": "service_provider", "name": "Agency"})

    assert Channel.objects.get().network == "service_provider"


def test_secret_is_shown_once_kept_in_no_cache_and_signs(signed_in: Client, channel: Channel) -> None:
    answer = signed_in.post(f"/channels/{channel.pk}/batch-keys/")
    shown = answer.content.decode()
    (key,) = batch_keys.good(channel=channel)

    assert "no-store" in answer.headers["Cache-Control"]
    assert f'<code id="secret">{key.secret}</code>' in shown
    assert f"/webhooks/{Webhook.objects.get().key}" in shown
    assert key.secret not in page(signed_in, channel)
    assert key.key_id in page(signed_in, channel)
    assert bring((key.key_id, key.secret), 1, batch(line("1"))) is Received.STORED
    assert signed_in.get(f"/channels/{channel.pk}/batch-keys/").status_code == 405


def test_secrets_are_not_shown_by_the_way_of_other_networks(signed_in: Client, channel: Channel) -> None:
    key = make_key(signed_in, channel)

    shown = signed_in.post(f"/channels/{channel.pk}/webhook/secret/", follow=True)
    signed_in.post(f"/channels/{channel.pk}/webhook/secret/renew/")

    assert key[1] not in shown.content.decode()
    assert bring(key, 1, batch(line("1"))) is Received.STORED


def test_next_key_is_good_beside_the_first_and_a_third_is_refused(signed_in: Client, channel: Channel) -> None:
    first, second = make_key(signed_in, channel), make_key(signed_in, channel)
    assert "Make the next key" not in page(signed_in, channel)

    assert f"good until {times.exact(clock.now() + batch_keys.BESIDE)[:-6]}" in page(signed_in, channel)
    assert "That cannot be taken back." in page(signed_in, channel)
    refused = signed_in.post(f"/channels/{channel.pk}/batch-keys/", follow=True).content.decode()
    assert "Two keys are good already" in refused
    assert [bring(first, 1, batch()), bring(second, 2, batch())] == [Received.STORED] * 2

    signed_in.post(f"/channels/{channel.pk}/batch-keys/{first[0]}/end/")
    assert [bring(first, 3, batch()), bring(second, 3, batch())] == [Received.FORGED, Received.STORED]


def test_key_that_was_to_end_gets_no_more_time_from_its_next_successor(
    signed_in: Client, channel: Channel, miriam: User
) -> None:
    first, second = (batch_keys.make(channel_id=channel.pk, actor=miriam) for _ in range(2))
    batch_keys.end(channel_id=channel.pk, key_id=second.key_id, actor=miriam)
    with clock.moved_to(clock.now() + timedelta(days=10)):
        batch_keys.make(channel_id=channel.pk, actor=miriam)

    with clock.moved_to(clock.now() + timedelta(days=15)):
        assert first.key_id not in [key.key_id for key in batch_keys.good(channel=channel)]


def test_key_that_is_ended_twice_is_ended_once(signed_in: Client, channel: Channel) -> None:
    key = make_key(signed_in, channel)
    for _ in range(2):
        signed_in.post(f"/channels/{channel.pk}/batch-keys/{key[0]}/end/")

    assert AuditRecord.objects.filter(act="channel.batch_key_ended").count() == 1


def test_page_tells_what_came_what_is_missing_and_what_was_refused(signed_in: Client, channel: Channel) -> None:
    key = make_key(signed_in, channel)
    bring(key, 1, batch(line("1"), line("2", shoe_size=42), "<b>\n"))
    arrivals.take_waiting()
    with clock.moved_to(clock.now() + timedelta(minutes=9)):
        bring(key, 4, batch(line("4")))
        bring(key, 6, batch(line("6")))
        arrivals.take_waiting()
        bring(key, 7, batch(line("7")))
        receive(key=Webhook.objects.get().key, headers={}, body=b"")
        shown = page(signed_in, channel)

    assert '<span class="chip soon">2–3</span>' in shown
    assert '<span class="chip soon">5</span>' in shown
    assert "3 lines" in shown
    assert "2 refused" in shown
    assert "<code>field.unknown:shoe_size</code>" in shown
    assert "waits to be taken in" in shown
    assert "did not come" in shown
    assert "Ada Berg" not in shown
    assert 'id="put-aside"' not in shown  # told once, among the batches


def test_what_was_agreed_upon_is_set_on_the_page(signed_in: Client, channel: Channel) -> None:
    given = {"provider_authors": "handles", "provider_addressed": "", "provider_networks": "Forum, reddit"}
    signed_in.post(f"/channels/{channel.pk}/change/", given)

    channel.refresh_from_db()
    assert channel.settings["provider_networks"] == "Forum reddit"
    assert "What was agreed upon" in page(signed_in, channel)


def test_other_networks_have_no_batches(signed_in: Client) -> None:
    feed = connect(network="feeds", name="Feed", is_live=True, actor=None)

    assert "batch-keys" not in page(signed_in, feed)
    signed_in.post(f"/channels/{feed.pk}/batch-keys/")
    assert not Webhook.objects.exists()
    assert signed_in.post(f"/channels/{feed.pk}/batch-keys/abc/end/").status_code == 404


def test_webhooks_of_other_networks_have_no_keys_that_could_end(signed_in: Client, miriam: User) -> None:
    bot = connect(network="telegram", name="Bot", is_live=True, actor=None)
    secret = webhook_keys.keys_of(webhook_keys.make(channel_id=bot.pk, actor=miriam)).secret

    answer = signed_in.post(f"/channels/{bot.pk}/batch-keys/abc/end/")

    assert answer.status_code == 302
    assert webhook_keys.keys_of(Webhook.objects.get()).secret == secret
    assert not AuditRecord.objects.filter(act="channel.batch_key_ended").exists()


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_who_may_not_manage_channels_gets_no_key(client: Client, channel: Channel, role: str) -> None:
    client.force_login(User.objects.create_user("b@nordhain.example", name="B", role=role, created_at=clock.now()))

    assert client.post(f"/channels/{channel.pk}/batch-keys/").status_code == 403
    assert client.post(f"/channels/{channel.pk}/batch-keys/abc/end/").status_code == 403
    assert not Webhook.objects.exists()


def test_page_reads_in_german(signed_in: Client, channel: Channel) -> None:
    make_key(signed_in, channel)
    shown = page(signed_in, channel, "de")

    assert "Fehlende Nummern" in shown
    assert "Nächsten Schlüssel erzeugen" in shown


def test_who_may_only_connect_accounts_sees_neither_keys_nor_batches(
    signed_in: Client, client: Client, channel: Channel
) -> None:
    key = make_key(signed_in, channel)
    lead = User.objects.create_user("l@nordhain.example", name="L", role=Role.LEAD, created_at=clock.now())
    User.objects.filter(pk=lead.pk).update(connects_accounts=True)
    client.force_login(User.objects.get(pk=lead.pk))

    shown = client.get(f"/channels/{channel.pk}/")
    assert shown.status_code == 200
    assert key[0] not in shown.content.decode()
    assert Webhook.objects.get().key not in shown.content.decode()
    assert client.post(f"/channels/{channel.pk}/batch-keys/").status_code == 403


def test_page_says_when_nothing_has_come_for_longer_than_usual(signed_in: Client, channel: Channel) -> None:
    assert bring(make_key(signed_in, channel), 1, batch(line("1"))) is Received.STORED
    assert "longer than usual" not in page(signed_in, channel)

    Batch.objects.update(received_at=clock.now() - timedelta(days=4))
    assert "Nothing has come for longer than usual." in page(signed_in, channel)
    assert "länger als üblich nichts gekommen" in page(signed_in, channel, "de")
