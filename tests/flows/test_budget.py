"""The budget of a channel in a real browser: seen, foreseen, and changed with the keyboard alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product
from tests.flows.test_pages import LOOKS, _faults
from tests.networks.memory_process import MemoryProcess

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# As if it had been connected and used for a month; it is paused, so nobody asks X.
_CHANNEL = """
INSERT INTO networks_channel
SELECT (jsonb_populate_record(c, '{"id": 9001, "network": "x", "name": "Nordhain auf X", "state": "PAUSED",
    "handle": "nordhain", "native_id": "1001", "address": "", "settings": {}, "cursor": ""}')).*
FROM networks_channel c ORDER BY id LIMIT 1 RETURNING id
"""
_SPENT = """
INSERT INTO networks_spending (channel_id, day, use, times, cost)
SELECT 9001, current_date - ago, use, times * (1 + mod(ago, 5)), times * (1 + mod(ago, 5)) * price
FROM generate_series(0, 30) ago,
    (VALUES ('owned_read', 90, 1000), ('post_read', 60, 5000), ('reply', 4, 10000), ('reply_with_link', 1, 200000))
    AS used (use, times, price) RETURNING id
"""

_OUTSIDE = """() => {
    const card = document.querySelector("#budget");
    const end = card.getBoundingClientRect().right;
    return [...card.querySelectorAll("table, form, progress")].filter(
        (one) => one.checkVisibility() && one.getBoundingClientRect().right > end).map((one) => one.tagName);
}"""


@pytest.fixture
def page(product: Product, practice: MemoryProcess, browser: Browser) -> Page:
    """A colleague who manages channels, one of which costs."""
    product.more |= {"RESONANZ_ALLOWED_HOSTS": practice.host}
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.rows(_CHANNEL)
    product.rows(_SPENT)
    product.start_all()
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(product.url + "/")
    return page


def look_at(page: Page, name: str) -> list[str]:
    """What axe says at every width; pictures where somebody wants to look at them, too."""
    faults: list[str] = []
    for width, scheme, _ in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way to another
        faults += [f"{name} {width} {scheme}: {fault}" for fault in _faults(page)]
        faults += [f"{name} {width}: {one} leaves its card" for one in page.evaluate(_OUTSIDE)]
        if folder := os.environ.get("RESONANZ_PICTURES"):
            page.set_viewport_size({"width": width, "height": 2400})
            page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png")
    return faults


def test_budget_is_seen_and_changed(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/channels/9001/")
    budget = page.locator("#budget")
    expect(budget.locator(".chart.drawn svg")).to_be_visible()
    expect(budget).to_contain_text("verbraucht")
    budget.get_by_text("Was jede Nutzung kostet").press("Enter")
    expect(budget).to_contain_text("0,005\N{NO-BREAK SPACE}$")
    faults = look_at(page, "budget")

    amount = budget.get_by_label("US-Dollar im Monat höchstens")
    amount.fill("0.5")
    amount.press("Enter")
    expect(page.locator("#budget .alert")).to_contain_text("Aufgebraucht")
    expect(page.locator("#budget")).to_contain_text("von 0,50\N{NO-BREAK SPACE}$ diesen Monat verbraucht")
    faults += look_at(page, "budget-used-up")

    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
