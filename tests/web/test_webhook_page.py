"""The webhook on its channel's page: made, shown to who may manage channels, renewed; what it tells of its health."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings
from tests.pipeline.webhook_network import NAME, BroughtNetwork, body, headers

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.connections import channels, webhook_keys
from resonanz.networks.models import Channel, Webhook
from resonanz.pipeline import arrivals
from resonanz.pipeline.receiving import receive
from resonanz.privacy.models import AuditRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setitem(registry._BY_NAME, NAME, BroughtNetwork())
    return channels.connect(network=NAME, name="Forum", is_live=True, actor=None)


@pytest.fixture
def webhook(channel: Channel, signed_in: Client) -> Webhook:
    signed_in.post(f"/channels/{channel.pk}/webhook/")
    return Webhook.objects.get()


def page(client: Client, channel: Channel) -> str:
    return " ".join(client.get(f"/channels/{channel.pk}/").content.decode().split())


def secret_of(webhook: Webhook) -> str:
    return webhook_keys.keys_of(webhook).secret


def test_webhook_is_offered_where_the_network_brings_something(signed_in: Client, channel: Channel) -> None:
    other = channels.connect(network="hackernews", name="News", is_live=True, actor=None)

    assert f'action="/channels/{channel.pk}/webhook/"' in page(signed_in, channel)
    assert "webhook" not in page(signed_in, other).lower()


@override_settings(WEBHOOK_URL="https://edge.nordhain.example")
def test_page_tells_the_address_and_what_to_choose_and_not_the_secret(
    signed_in: Client, channel: Channel, webhook: Webhook
) -> None:
    shown = page(signed_in, channel)

    assert f"https://edge.nordhain.example/webhooks/{webhook.key}" in shown
    assert "<code>said</code>, <code>gone</code>" in shown
    assert secret_of(webhook) not in shown
    assert "none within a week" in shown


def test_address_is_made_once(signed_in: Client, channel: Channel, webhook: Webhook) -> None:
    signed_in.post(f"/channels/{channel.pk}/webhook/")

    assert Webhook.objects.get().key == webhook.key


def test_no_address_is_made_where_the_network_brings_nothing(signed_in: Client) -> None:
    news = channels.connect(network="hackernews", name="News", is_live=True, actor=None)

    answer = signed_in.post(f"/channels/{news.pk}/webhook/", follow=True)

    assert answer.status_code == 200
    assert not Webhook.objects.exists()


def test_secret_is_shown_on_request_kept_in_no_cache_and_that_is_on_record(
    signed_in: Client, channel: Channel, webhook: Webhook
) -> None:
    answer = signed_in.post(f"/channels/{channel.pk}/webhook/secret/")

    assert f'<code id="secret">{secret_of(webhook)}</code>' in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert AuditRecord.objects.filter(act="channel.webhook_secret_shown", thing_id=channel.pk).count() == 1
    assert signed_in.get(f"/channels/{channel.pk}/webhook/secret/").status_code == 405


def test_renewed_secret_is_another_one_and_the_address_stays(
    signed_in: Client, channel: Channel, webhook: Webhook
) -> None:
    old = secret_of(webhook)

    signed_in.post(f"/channels/{channel.pk}/webhook/secret/renew/")

    renewed = Webhook.objects.get()
    assert secret_of(renewed) != old
    assert re.fullmatch(r"[A-Za-z0-9]{40}", secret_of(renewed))
    assert renewed.key == webhook.key


def test_page_tells_what_came_and_what_was_forged_or_unknown(
    signed_in: Client, channel: Channel, webhook: Webhook
) -> None:
    sent = b'{"poll": {"question": "Wer ist Maria?"}}'
    receive(key=webhook.key, headers=headers(secret_of(webhook), sent, "<b>voted</b>"), body=sent)
    arrivals.take_waiting()
    waiting = body(said=[("1", "Geheimes")])
    receive(key=webhook.key, headers=headers(secret_of(webhook), waiting), body=waiting)
    receive(key=webhook.key, headers={}, body=b"{}")

    shown = page(signed_in, channel)

    assert "1 waits to be taken in" in shown
    assert '<span class="chip soon">1</span>' in shown
    assert "<code>&lt;b&gt;voted&lt;/b&gt;</code>" in shown
    assert "&quot;question&quot;: &quot;text&quot;" in shown
    assert "Maria" not in shown
    assert "Geheimes" not in shown


def test_there_is_nothing_to_show_before_it_was_made(signed_in: Client, channel: Channel) -> None:
    assert signed_in.post(f"/channels/{channel.pk}/webhook/secret/").status_code == 404
    assert signed_in.post(f"/channels/{channel.pk}/webhook/secret/renew/").status_code == 404
    assert signed_in.post("/channels/99999/webhook/").status_code == 404


def test_page_reads_in_german(signed_in: Client, channel: Channel, webhook: Webhook) -> None:
    Webhook.objects.update(forged=3, forged_at=clock.now())

    shown = signed_in.get(f"/channels/{channel.pk}/", headers={"accept-language": "de"}).content.decode()

    assert "Letzte Lieferung" in shown
    assert "Gefälscht" in shown
