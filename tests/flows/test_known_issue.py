"""A known issue in a German browser: cases are merged and bound, it is solved, and everybody hears it just once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect

from tests.flows.product import Product, wait_until
from tests.flows.test_workplace import admin as admin
from tests.flows.test_workplace import ask, opened, product, running
from tests.networks.memory_process import MemoryProcess

__all__ = ["ask", "product", "running"]
pytestmark = pytest.mark.browser
SOLVED = "Gute Nachricht: Die Lager sind da, und alle Räder gehen noch diese Woche raus. Viele Grüße"


def test_merge_bind_solve_and_tell_everybody_once(
    running: tuple[Product, MemoryProcess], admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    product = running[0]
    product.start("default", "worker")
    first, again, other = ask("Wo bleibt mein Rad?"), ask("Mein Rad fehlt noch"), ask("Tretlager fehlt, wann kommt es?")
    page = opened(admin, product, f"/inbox/{again}/")

    page.keyboard.press("d")
    number = page.get_by_label("Nummer oder Adresse des Falls")
    number.fill(f"#{first}")
    number.press("Enter")
    page.wait_for_url(f"**/inbox/{first}/**")
    page.goto(f"{product.url}/inbox/{again}/")
    page.wait_for_url(f"**/inbox/{first}/**")

    page.goto(f"{product.url}/issues/new/")
    page.get_by_label("Name", exact=True).fill("Tretlager fehlen")
    page.get_by_label("Wörter in Beiträgen darüber").fill("Tretlager")
    page.get_by_role("button", name="Speichern").click()
    page.locator(f'input[name=case][value="{other}"]').check()
    page.get_by_role("button", name="Zuordnen", exact=True).click()
    issue = page.url

    page.goto(f"{product.url}/inbox/{first}/")
    page.keyboard.press("u")
    page.get_by_role("button", name="Tretlager fehlen").click()
    wait_until(lambda: product.rows("SELECT 1 FROM service_issuecase WHERE case_id = %s", first))

    page.goto(issue)
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("textbox", name="Sobald es gelöst ist, Deutsch").fill(SOLVED)
    page.locator("form", has=page.get_by_role("textbox", name="Sobald es gelöst ist, Deutsch")).get_by_role(
        "button", name="Text speichern"
    ).click()
    page.get_by_role("button", name="Freigeben", exact=True).click()
    page.get_by_role("button", name="Es ist gelöst").click()
    expect(page.get_by_text("2 Personen würden benachrichtigt.")).to_be_visible()
    page.get_by_role("button", name="Alle benachrichtigen").click()

    sent = "SELECT case_id FROM service_outgoing WHERE state = 'SENT' AND text = %s ORDER BY case_id"
    wait_until(lambda: len(product.rows(sent, SOLVED)) == 2)
    assert [row[0] for row in product.rows(sent, SOLVED)] == sorted([first, other])
    page.reload()
    expect(page.get_by_text("2 benachrichtigt, davon 2 angekommen; 0 ausgelassen.")).to_be_visible()
