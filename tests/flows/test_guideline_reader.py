"""An employee without an account reads their part of the guideline on a phone, and confirms it."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect

from tests.flows.product import Product
from tests.flows.test_live_inbox import _administrator, _enter
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser
PART = {
    "sections": [
        {
            "key": "own_opinion",
            "heading": {"de": "Eigene Meinung", "en": "One's own opinion"},
            "clauses": [
                {"number": "1.1", "text": {"de": "Ich sage, dass es meine ist.", "en": "I say that it is mine."}}
            ],
        }
    ]
}


def test_employee_confirms_that_the_guideline_was_read(
    product: Product, practice: MemoryProcess, browser: Browser
) -> None:
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.rows(
        "INSERT INTO guidelines_guideline (series, part, state, version, document, revision, earlier, effective_at,"
        " is_emergency, is_starter, council, created_at, changed_at, published_at) VALUES (0, 'EMPLOYEES', 'PUBLISHED',"
        " 1, %s, 1, '[]', now(), false, false, 'NOT_CONCERNED', now(), now(), now()) RETURNING id",
        json.dumps(PART),
    )
    product.start_all()
    page = browser.new_context(locale="de-DE").new_page()
    _enter(page, product, _administrator(product))
    page.goto(f"{product.url}/guideline/employees/")
    page.locator("#id_name").fill("Intranet")
    page.locator("#id_domain").fill("nordhain.example")
    page.locator("#new").get_by_role("button").click()
    phone = browser.new_context(locale="de-DE", viewport={"width": 360, "height": 740}).new_page()
    phone.goto(page.locator("#reader-link").input_value())
    phone.get_by_label("Name").fill("Doris Kern")
    phone.get_by_label("E-Mail-Adresse im Unternehmen").fill("doris@nordhain.example")

    phone.get_by_role("button", name="Gelesen und bestätigt").click()

    expect(phone.get_by_role("status")).to_contain_text("Festgehalten")
    assert product.rows("SELECT name FROM guidelines_reading") == [("Doris Kern",)]
