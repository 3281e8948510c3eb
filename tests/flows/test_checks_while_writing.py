"""What the checks say while an answer is typed, in a browser: seen, mended, taken back, and refused when sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess

pytestmark = [pytest.mark.browser, pytest.mark.slow]
A_CLAUSE = re.compile(r"/guideline/versions/\d+/#c-\d+\.\d+")
TYPED = "Rufen Sie mich an: 0151 23456789"


@pytest.fixture
def page(product: Product, practice: MemoryProcess, browser: Browser) -> Iterator[Page]:
    """One stranger asks in public; the case is open."""
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    practice.say(practice.open_account("frager", "Frager"), "@nordhain Wie erreiche ich Sie?")
    product.start_all()
    asked = "SELECT c.id FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = 'frager'"
    wait_until(lambda: len(product.rows(asked)) == 1)
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(product.url + "/")
    page.goto(f"{product.url}/inbox/{product.rows(asked)[0][0]}/")
    yield page
    context.close()


def test_number_in_public_is_seen_mended_and_refused(page: Page, product: Product) -> None:
    field = page.locator("#reply-text")
    number = page.locator("[data-check=personal_data]")
    field.press_sequentially(TYPED)
    expect(number).to_contain_text("0151 23456789")
    expect(number.get_by_role("link")).to_have_attribute("href", A_CLAUSE)

    field.press("Control+Enter")
    expect(page.locator("#reply-refused")).to_be_visible()
    expect(field).to_have_value(TYPED)
    assert not product.rows("SELECT 1 FROM service_outgoing WHERE state <> 'DRAFT' AND text LIKE '%%0151%%'")

    number.locator("[data-mend]").click()
    expect(field).to_have_value("Rufen Sie mich an:")
    expect(number).to_have_count(0)

    field.press("Control+z")
    expect(field).to_have_value(TYPED)
    expect(number).to_be_visible()
