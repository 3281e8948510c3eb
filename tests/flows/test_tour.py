"""The tour in a real browser, much of it by keyboard: from the offer to the answer, and then never more."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser


@pytest.fixture
def page(product: Product, practice: MemoryProcess, browser: Browser) -> Page:
    """Somebody who signed in for the first time, in the demonstration."""
    product.more["RESONANZ_DEMO"] = "true"
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.start_all()
    wait_until(lambda: len(product.rows("SELECT 1 FROM service_case")) >= 3)
    opened = browser.new_context(locale="en-GB").new_page()
    opened.goto(product.command("sign-in-link"))
    opened.get_by_role("main").get_by_role("button").first.click()
    return opened


def test_newcomer_is_led_from_a_number_to_an_answer(product: Product, page: Page) -> None:
    card = page.get_by_role("complementary", name="Tour")
    card.get_by_role("button", name="Begin the tour").press("Enter")
    expect(card).to_contain_text("1/5")
    assert Axe().run(page).response["violations"] == []

    page.get_by_role("link", name="cases that want an answer").press("Enter")
    expect(card).to_contain_text("2/5")
    page.locator("a.case").first.press("Enter")
    expect(card).to_contain_text("3/5")
    page.get_by_text("Not right?").first.click()
    expect(card).to_contain_text("4/5")
    page.get_by_role("textbox", name="Answer to").fill("We look into it.")
    page.keyboard.press("Control+Enter")
    expect(card).to_contain_text("5/5")

    wait_until(lambda: product.rows("SELECT 1 FROM service_outgoing WHERE state = 'SENT'"))
    page.goto(product.url + "/responsibilities/")
    expect(card).to_contain_text("5/5")
    card.get_by_role("button", name="End the tour").press("Enter")
    expect(card).to_have_count(0)
    page.goto(product.url + "/")
    expect(card).to_have_count(0)


def test_card_makes_way_on_a_phone_for_whoever_writes(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    card = page.get_by_role("complementary", name="Tour")
    card.get_by_role("button", name="Begin the tour").click()
    page.get_by_role("link", name="cases that want an answer").click()
    page.locator("a.case").first.click()
    expect(card.get_by_text("3/5")).to_be_visible()
    card.get_by_role("button", name="Go on").click()
    expect(card.get_by_text("4/5")).to_be_visible()

    page.get_by_role("textbox", name="Answer to").click()

    expect(card.get_by_role("button", name="Larger")).to_be_visible()
    expect(card.get_by_text("Write a sentence")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
