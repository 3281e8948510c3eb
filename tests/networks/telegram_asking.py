"""Asking Telegram on the loopback as a channel does: its account, its polls, its orders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.networks.telegram_server import BOT, TOKEN, Said, TelegramServer

from resonanz.networks.contract import Account, Batch, ReplyOrder, Visibility
from resonanz.networks.telegram import TelegramNetwork
from resonanz.networks.telegram.places import WORLD

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
network = TelegramNetwork()


def account(bots: TelegramServer, **more: Any) -> Account:
    """Our bot."""
    known = {"origin": WORLD, "native_id": str(BOT), "handle": "nordhain_bot", "secret": TOKEN} | more
    return Account(network="telegram", address=bots.url, **known)


def poll(bots: TelegramServer, cursor: str = "", **more: Any) -> list[Batch]:
    """All that one poll brings."""
    return list(network.poll(account(bots, **more), cursor))


def order(parent: Said, text: str = "Das tut uns leid.", *, public: bool = False) -> ReplyOrder:
    """An answer to a message."""
    visibility = Visibility.PUBLIC if public else Visibility.PRIVATE
    native_id = f"{parent['chat']['id']}:{parent['message_id']}"
    return ReplyOrder(key="k", text=text, parent_id=native_id, root_id="", visibility=visibility)
