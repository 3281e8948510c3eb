"""Telegram in a real browser: connected by a token, brought by webhook, answered, and asked again instead."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product, wait_until
from tests.flows.test_pages import LOOKS, _faults
from tests.networks.memory_process import MemoryProcess
from tests.networks.telegram_server import ADA, BOT, TOKEN, TelegramServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
QUESTION, ANSWER = "Passt der Kindersitz auch an das Trekking 5?", "Ja, er passt ohne Umbau. ^NF"
# Whoever answers on the practice network answers everywhere, and somebody stands in.
_COVERED = """
UPDATE duties_responsibility SET channel_id = NULL, deputy_id = (SELECT max(id) FROM accounts_user) RETURNING id
"""
_CASE = """
SELECT 1 FROM service_case c JOIN networks_channel n ON n.id = c.channel_id WHERE n.network = 'telegram'
"""
EDGE = "https://nordhain.example"


@pytest.fixture
def bots() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def page(product: Product, practice: MemoryProcess, bots: TelegramServer, browser: Browser) -> Page:
    """A colleague who manages channels; Telegram knows us by the address of a machine at the edge."""
    product.more |= {"RESONANZ_ALLOWED_HOSTS": f"{practice.host},{bots.host}", "RESONANZ_WEBHOOK_URL": EDGE}
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.add_colleague("nele@nordhain.example", "Nele Friis", "LEAD")
    product.rows(_COVERED)
    product.start_all()
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(product.url + "/")
    return page


def bring(product: Product, bots: TelegramServer) -> list[int]:
    """Telegram brings what waits, each one twice: it does so where it did not hear that the first one arrived."""
    statuses = []
    for update in bots.waiting * 2:
        connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=20)
        headers = {"X-Telegram-Bot-Api-Secret-Token": bots.webhook["secret_token"], "Content-Type": "application/json"}
        connection.request("POST", urlsplit(bots.webhook["url"]).path, json.dumps(update), headers)
        statuses.append(connection.getresponse().status)
        connection.close()
    bots.waiting.clear()
    return statuses


def look_at(page: Page, faults: list[str], name: str) -> None:
    """What axe says at every width; pictures where somebody wants to look at them, too."""
    for width, scheme, _ in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way to another
        faults += [f"{name} {width} {scheme}: {fault}" for fault in _faults(page)]
        if folder := os.environ.get("RESONANZ_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)


def test_bot_is_connected_brought_by_webhook_answered_and_asked_again(
    product: Product, bots: TelegramServer, page: Page
) -> None:
    faults: list[str] = []
    page.goto(f"{product.url}/channels/new/?network=telegram")
    page.locator("[name=name]").fill("Telegram")
    page.locator("[name=address]").fill(bots.url)
    page.locator("[name=secret]").fill(TOKEN)
    page.locator("[name=secret]").press("Enter")
    expect(page.get_by_role("heading", name="Telegram").first).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()

    page.get_by_role("button", name="Have it brought").press("Enter")
    expect(page.locator("#webhook-health")).to_contain_text("brings everything")
    assert bots.webhook["url"].startswith(f"{EDGE}/webhooks/")
    look_at(page, faults, "telegram-brought")

    asked = bots.say(ADA, QUESTION)
    assert set(bring(product, bots)) == {200}
    wait_until(lambda: product.rows(_CASE))
    page.goto(f"{product.url}/inbox/?view=all")
    page.locator("a.case", has_text="Kindersitz").click()
    page.get_by_role("textbox", name="Answer").fill(ANSWER)
    page.get_by_role("button", name="Send answer").click()
    wait_until(lambda: [one["text"] for one in bots.messages.values() if one["from"]["id"] == BOT] == [ANSWER])
    ours = next(one for one in bots.messages.values() if one["from"]["id"] == BOT)
    assert ours["reply_to_message"]["message_id"] == asked["message_id"]
    assert product.rows("SELECT count(*) FROM listening_post WHERE text = %s", QUESTION) == [(1,)]

    page.goto(f"{product.url}/channels/")
    page.get_by_role("link", name="Telegram").first.click()
    page.get_by_role("button", name="Ask for it instead").press("Enter")
    expect(page.get_by_role("button", name="Have it brought")).to_be_visible()
    bots.say(ADA, "Danke!")
    wait_until(lambda: product.rows("SELECT 1 FROM listening_post WHERE text = 'Danke!'"))
    assert faults == []
    assert TOKEN not in "".join(log.read_text() for log in product.data.glob("*.log"))
