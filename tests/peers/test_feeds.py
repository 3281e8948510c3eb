"""A feed and a hub that others wrote: they agree, the hub brings, and it forgets us when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from resonanz.core import clock
from tests.flows.product import Product, wait_until
from tests.flows.test_feed_hub import SAID, connect
from tests.networks.hub_server import HubServer, entry
from tests.networks.memory_process import MemoryProcess
from tests.peers.colleague import signed_in
from tests.peers.websub_hub import WebSubHub, installed, serving

pytestmark = pytest.mark.browser
UNTIL = "SELECT until FROM networks_lease WHERE until > now() + interval '9 days'"


@pytest.fixture
def hub(say: Callable[[str], None], tmp_path: Path) -> Iterator[WebSubHub]:
    with serving(installed(say), tmp_path) as running:
        yield running


@pytest.fixture
def blog(hub: WebSubHub) -> Iterator[HubServer]:
    """A feed that names this hub, in its headers, where it looks for that itself."""
    with HubServer(entries=[entry("1", "Nordhain eröffnet")], hubs=[hub.url], names_in="header") as server:
        yield server


@pytest.fixture
def page(browser: Browser, product: Product, practice: MemoryProcess, hub: WebSubHub, blog: HubServer) -> Page:
    return signed_in(browser, product, practice, hosts=f"{hub.host},{blog.host}")


def have_brought(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Bringen lassen").click()
    expect(page.get_by_text("Der Hub ist angefragt.")).to_be_visible()


def test_hub_confirms_brings_within_seconds_and_forgets_us(
    page: Page, product: Product, hub: WebSubHub, blog: HubServer
) -> None:
    address = connect(page, product, "Blog", blog.feed)
    wait_until(lambda: product.rows(SAID) == [("Nordhain eröffnet",)])

    have_brought(page, address)
    wait_until(lambda: product.rows(UNTIL))
    wait_until(lambda: hub.subscribed() == [blog.feed])
    page.reload()
    expect(page.get_by_text("bringt Neues", exact=True)).to_be_visible()

    blog.entries.insert(0, entry("2", "Nordhain feiert"))
    said_at = clock.monotonic()
    hub.publish(blog.feed)
    wait_until(lambda: ("Nordhain feiert",) in product.rows(SAID))
    assert clock.monotonic() - said_at < 30  # a poll comes every five minutes
    wait_until(lambda: product.rows("SELECT 1 FROM pipeline_delivery WHERE taken_at IS NOT NULL"))

    page.get_by_role("button", name="Nur noch abfragen").click()
    wait_until(lambda: hub.subscribed() == [])


def test_hub_that_refuses_us_says_why(page: Page, product: Product, hub: WebSubHub, blog: HubServer) -> None:
    blog.own = f"{blog.feed}?members"
    address = connect(page, product, "Blog", blog.own)

    have_brought(page, address)
    wait_until(lambda: product.rows("SELECT 1 FROM networks_lease WHERE refused_at IS NOT NULL"))
    page.goto(address)

    expect(page.get_by_text("lehnt ab", exact=True)).to_be_visible()
    expect(page.get_by_text("Only members")).to_be_visible()
    assert hub.subscribed() == []
