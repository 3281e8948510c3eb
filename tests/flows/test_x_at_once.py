"""What is searched for on X, told at once: wished for in a real browser with the keyboard, and why it is not yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product
from tests.flows.test_budget import look_at
from tests.networks.memory_process import MemoryProcess
from tests.networks.x_server import as_json
from tests.networks.x_stream_server import XStreamServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
_CHANNEL = """
INSERT INTO networks_channel
SELECT (jsonb_populate_record(c, '{"id": 9001, "network": "x", "name": "Nordhain auf X", "state": "ACTIVE",
    "handle": "nordhain", "native_id": "1001", "address": "ADDRESS", "settings": {"words": "nordhain"},
    "cursor": ""}')).*
FROM networks_channel c ORDER BY id LIMIT 1 RETURNING id
"""


@pytest.fixture
def x() -> Iterator[XStreamServer]:
    """It takes whatever token is shown to it, and nobody says anything."""
    quiet = as_json({"meta": {"result_count": 0}})
    with XStreamServer(faulty=lambda _method, _path: quiet) as server:
        yield server


@pytest.fixture
def page(product: Product, practice: MemoryProcess, browser: Browser, x: XStreamServer) -> Page:
    """A colleague who manages channels, one of which is on X; IT has not entered any keys of an application."""
    product.more |= {"RESONANZ_ALLOWED_HOSTS": f"{practice.host},{x.host}"}
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.rows(_CHANNEL.replace("ADDRESS", x.url))
    product.start_all()
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(product.url + "/")
    return page


def test_being_told_at_once_is_wished_for_and_says_what_is_missing(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/channels/9001/")
    expect(page.locator("#not-at-once")).to_have_count(0)
    choice = page.locator("#options").get_by_label("Wonach gesucht wird")
    expect(choice).to_have_value("")
    choice.focus()
    choice.press("ArrowDown")
    page.locator("#options").get_by_role("button", name="Speichern").press("Enter")
    expect(page.locator("#options").get_by_label("Wonach gesucht wird")).to_have_value("yes")

    def why() -> bool:
        page.reload()
        return page.locator("#not-at-once").count() == 1

    for _ in range(60):
        if why():
            break
        page.wait_for_timeout(500)
    expect(page.locator("#not-at-once")).to_contain_text("Bearer Token")
    assert look_at(page, "x-at-once") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
