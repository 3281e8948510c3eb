"""The webhook of a channel whose network we tell the address: brought, asked instead, and how the network does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from tests.networks.telegram_server import BOT, TOKEN, TelegramServer, as_json, no

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.connections import channels, webhook_keys
from resonanz.networks.models import Channel, Webhook
from resonanz.pipeline import channel_removal
from resonanz.privacy.models import AuditRecord

pytestmark = pytest.mark.django_db
ROOT = "https://edge.nordhain.example"


@pytest.fixture(autouse=True)
def reached_at() -> Iterator[None]:
    with override_settings(WEBHOOK_URL=ROOT):
        yield


@pytest.fixture
def bots(monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


@pytest.fixture
def channel(bots: TelegramServer) -> Channel:
    return channels.connect(
        network="telegram", name="Telegram", address=bots.url, origin="tg://", native_id=str(BOT),
        handle="nordhain_bot", secret=TOKEN, is_live=True, actor=None,
    )  # fmt: skip


def page(client: Client, channel: Channel, **more: str) -> str:
    return " ".join(client.get(f"/channels/{channel.pk}/", **more).content.decode().split())  # type: ignore[arg-type]


def bring(client: Client, channel: Channel) -> str:
    answer = client.post(f"/channels/{channel.pk}/webhook/brought/", follow=True)
    channel.refresh_from_db()
    return " ".join(answer.content.decode().split())


def health(client: Client, channel: Channel) -> str:
    return " ".join(client.get(f"/channels/{channel.pk}/webhook/health/").content.decode().split())


def test_page_says_what_it_takes_and_asks_nobody(signed_in: Client, channel: Channel, bots: TelegramServer) -> None:
    shown = page(signed_in, channel)

    assert "Telegram is asked every few seconds" in shown
    assert f"<code>{ROOT}</code>" in shown
    assert bots.asked == []


def test_network_is_told_the_address_and_the_secret(signed_in: Client, channel: Channel, bots: TelegramServer) -> None:
    told = bring(signed_in, channel)

    webhook = Webhook.objects.get()
    assert "From now on the network brings what is said." in told
    assert channel.settings["webhook"] == bots.webhook["url"] == f"{ROOT}/webhooks/{webhook.key}"
    assert bots.webhook["secret_token"] == webhook_keys.keys_of(webhook).secret
    assert bots.webhook["secret_token"] not in told
    assert "Show the secret" not in told


def test_telling_again_keeps_the_secret(signed_in: Client, channel: Channel, bots: TelegramServer) -> None:
    bring(signed_in, channel)
    first = dict(bots.webhook)

    bring(signed_in, channel)

    assert bots.webhook == first


def test_refused_address_leaves_it_asked_for_and_says_why(
    signed_in: Client, channel: Channel, bots: TelegramServer
) -> None:
    with override_settings(WEBHOOK_URL="http://localhost:8000"):
        told = bring(signed_in, channel)

    assert "An HTTPS URL must be provided for webhook" in told
    assert channel.settings["webhook"] == ""


def test_what_strangers_sign_is_no_fault_of_who_pasted_nothing(signed_in: Client, channel: Channel) -> None:
    bring(signed_in, channel)
    webhook_keys.note_forged(webhook_id=Webhook.objects.get().pk, count=1)

    shown = page(signed_in, channel)

    assert "Perhaps a stranger tries." in shown
    assert "pasted wrongly" not in shown


def test_silence_of_the_network_leaves_the_address_for_the_poll_to_look(
    signed_in: Client, channel: Channel, bots: TelegramServer
) -> None:
    bots.is_lossy = True

    bring(signed_in, channel)

    assert channel.settings["webhook"] == bots.webhook["url"]


def test_asking_instead_takes_the_address_away_and_the_next_secret_is_another(
    signed_in: Client, channel: Channel, bots: TelegramServer
) -> None:
    bring(signed_in, channel)
    first = bots.webhook["secret_token"]

    signed_in.post(f"/channels/{channel.pk}/webhook/asked/")

    channel.refresh_from_db()
    assert (channel.settings["webhook"], bots.webhook) == ("", {})
    bring(signed_in, channel)
    assert bots.webhook["secret_token"] != first
    assert AuditRecord.objects.filter(act="channel.settings_changed").count() == 3


def test_health_is_what_the_network_says_now(signed_in: Client, channel: Channel, bots: TelegramServer) -> None:
    bring(signed_in, channel)
    assert "brings everything" in health(signed_in, channel)

    failed = int(clock.now().timestamp()) - 60
    bots.webhook |= {"pending_update_count": 7, "last_error_date": failed, "last_error_message": "Connection <refused>"}
    assert "7 wait there" in (shown := health(signed_in, channel))
    assert "Connection &lt;refused&gt;" in shown

    bots.webhook = {"url": "https://other.example/"}
    assert "Another program took it over" in health(signed_in, channel)

    bots.webhook = {}
    assert "brings nothing" in health(signed_in, channel)

    bots.faulty = lambda _method: no(401, "Unauthorized")
    assert "not told" in health(signed_in, channel)

    bots.faulty = lambda _method: as_json({"ok": True, "result": "<html>"})
    assert "Its answer cannot be read" in health(signed_in, channel)


def test_part_of_the_page_comes_alone(signed_in: Client, channel: Channel) -> None:
    answer = signed_in.get(f"/channels/{channel.pk}/webhook/health/", headers={"hx-request": "true"})

    assert "<html" not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_moved_installation_is_told_again(signed_in: Client, channel: Channel, bots: TelegramServer) -> None:
    bring(signed_in, channel)

    with override_settings(WEBHOOK_URL="https://new.nordhain.example"):
        assert "Another address" in page(signed_in, channel)
        bring(signed_in, channel)

        assert bots.webhook["url"].startswith("https://new.nordhain.example/webhooks/")
        assert "Another address" not in page(signed_in, channel)


def test_page_tells_no_program_the_address_of_a_network_that_has_a_page(
    signed_in: Client, bots: TelegramServer
) -> None:
    forum = channels.connect(network="discourse", name="Forum", address=bots.url, is_live=True, actor=None)
    webhook_keys.make(channel_id=forum.pk, actor=User.objects.get())

    for path in ("brought", "asked", "health"):
        ask = signed_in.get if path == "health" else signed_in.post
        assert ask(f"/channels/{forum.pk}/webhook/{path}/", follow=True).status_code == 200
    assert bots.asked == []
    assert "webhook" not in Channel.objects.get(pk=forum.pk).settings


@pytest.mark.parametrize("path", ["brought", "asked", "health"])
def test_who_may_not_manage_channels_may_not(
    signed_in: Client, miriam: User, channel: Channel, bots: TelegramServer, path: str
) -> None:
    miriam.role = Role.AGENT
    miriam.save()
    ask = signed_in.get if path == "health" else signed_in.post

    assert ask(f"/channels/{channel.pk}/webhook/{path}/").status_code == 403
    assert bots.asked == []


def test_nothing_is_changed_by_looking(signed_in: Client, channel: Channel) -> None:
    assert signed_in.get(f"/channels/{channel.pk}/webhook/brought/").status_code == 405
    assert signed_in.get(f"/channels/{channel.pk}/webhook/asked/").status_code == 405
    assert signed_in.post(f"/channels/{channel.pk}/webhook/asked/").status_code == 404


@pytest.mark.parametrize("is_away", [False, True])
def test_removed_channel_is_brought_nothing_more(
    signed_in: Client, miriam: User, channel: Channel, bots: TelegramServer, is_away: bool
) -> None:
    bring(signed_in, channel)
    if is_away:
        bots.faulty = lambda _method: no(401, "Unauthorized")

    channel_removal.remove(channel_id=channel.pk, actor=miriam)

    assert not Channel.objects.exists()
    assert bool(bots.webhook) == is_away


def test_page_reads_in_german(signed_in: Client, channel: Channel) -> None:
    bring(signed_in, channel)

    shown = page(signed_in, channel, headers={"accept-language": "de"})  # type: ignore[arg-type]

    assert "Telegram bringt, was gesagt wird." in shown
    assert "Stattdessen abfragen" in shown
