"""A feed and its hub through the real processes: offered, asked, confirmed over HTTP, brought, and on every screen."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product, wait_until
from tests.flows.test_pages import LOOKS, _faults, _sign_in
from tests.networks.hub_server import Door, HubServer, entry
from tests.networks.memory_process import MemoryProcess

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAID = "SELECT text FROM listening_post WHERE network = 'feeds' ORDER BY id"


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer(entries=[entry("1", "Nordhain eröffnet")]) as server:
        yield server


def door_at(callback: str) -> Door:
    """The callback as a hub reaches it."""

    def ask(asked: dict[str, str]) -> str | None:
        try:
            with urllib.request.urlopen(f"{callback}?{urllib.parse.urlencode(asked)}", timeout=10) as answer:  # noqa: S310
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            return None

    return ask


def bring(hub: HubServer, *entries: str) -> int:
    headers, body = hub.brought(*entries)
    [(_, callback)] = hub.subscribed
    request = urllib.request.Request(callback, body, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return int(answer.status)


def connect(page: Page, product: Product, name: str, address: str) -> str:
    """The address of the new channel's page."""
    page.goto(f"{product.url}/channels/new/?network=feeds")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=address]").fill(address)
    page.locator("input[name=address]").press("Enter")
    page.wait_for_url("**/channels/*/**")
    [(number,)] = product.rows("UPDATE networks_channel SET state = 'ACTIVE' WHERE name = %s RETURNING id", name)
    return f"{product.url}/channels/{number}/"


def looked_at(product: Product, browser: Browser, state: Path, address: str) -> list[str]:
    """What is wrong with a page, on screens of every size."""
    faults = []
    for width, scheme, locale in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale, storage_state=state
        )
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("#webhook-health :is(.chip, p)")
        faults += [f"{address} {width} {scheme}: {fault}" for fault in _faults(page)]
        context.close()
    return faults


def test_feed_is_brought_by_its_hub_and_its_page_is_readable_everywhere(
    product: Product, practice: MemoryProcess, browser: Browser, hub: HubServer, tmp_path: Path
) -> None:
    product.more["RESONANZ_ALLOWED_HOSTS"] = f"{practice.host},{hub.host}"
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.start_all()
    state = _sign_in(product, browser, tmp_path / "state.json")
    page = browser.new_context(storage_state=state, locale="de-DE").new_page()
    address = connect(page, product, "Blog", hub.feed)
    wait_until(lambda: product.rows(SAID) == [("Nordhain eröffnet",)])

    page.goto(address)
    button = page.get_by_role("button", name="Bringen lassen")
    expect(button).to_be_visible()
    faults = looked_at(product, browser, state, address)
    button.press("Enter")
    expect(page.get_by_text("Der Hub ist angefragt.")).to_be_visible()
    expect(page.get_by_text("Die Bestätigung steht noch aus")).to_be_visible()
    faults += looked_at(product, browser, state, address)

    assert None not in hub.verify(door_at(hub.wishes[0].callback))
    page.reload()
    expect(page.get_by_text("bringt Neues", exact=True)).to_be_visible()
    faults += looked_at(product, browser, state, address)
    assert bring(hub, entry("2", "Nordhain feiert")) == 200
    wait_until(lambda: ("Nordhain feiert",) in product.rows(SAID))

    product.rows("UPDATE networks_lease SET began_at = NULL, until = NULL RETURNING id")
    hub.hasty = door_at
    page.get_by_role("button", name="Adresse neu mitteilen").press("Enter")
    expect(page.get_by_text("bringt Neues", exact=True)).to_be_visible()

    hub.hubs = []
    page.goto(connect(page, product, "Ohne Hub", f"{hub.feed}?other"))
    expect(page.get_by_text("Dieser Feed nennt keinen Hub")).to_be_visible()
    faults += looked_at(product, browser, state, page.url)
    assert faults == []
