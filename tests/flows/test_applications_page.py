"""The pages for connecting in a real browser: what IT registers, what is told before somebody goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Page

from tests.flows.product import Product
from tests.flows.test_pages import LOOKS, _faults, _sign_in
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser
_APPLICATION = "/channels/applications/x/"
_CONNECT = "/channels/connect/x/"


def _boxes(page: Page) -> list[FloatRect]:
    """Where the steps of a checklist stand."""
    found = [step.bounding_box() for step in page.locator("#steps li > p:first-child").all()]
    return [box for box in found if box]


def _fits(box: FloatRect, width: int) -> bool:
    """Neither squeezed to a column of letters nor beyond the edge of the page."""
    return box["width"] >= min(width / 2, 250) and box["x"] + box["width"] <= width


@pytest.mark.slow
def test_checklist_and_what_is_told_before_connecting_are_readable_everywhere(
    product: Product, practice: MemoryProcess, browser: Browser, tmp_path: Path
) -> None:
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.start_all()
    signed_in = _sign_in(product, browser, tmp_path / "state.json")
    faults: list[str] = []

    for width, scheme, locale in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale, storage_state=signed_in
        )
        page = context.new_page()
        for path in ("/channels/applications/", _APPLICATION, _CONNECT, "/channels/connect/mastodon/"):
            page.goto(product.url + path)
            faults += [f"{path} {width} {scheme}: {fault}" for fault in _faults(page)]
            faults += [f"{path} {width}: does not fit" for box in _boxes(page) if not _fits(box, width)]
        context.close()

    assert faults == []
    page = browser.new_context(storage_state=signed_in, locale="en").new_page()
    page.goto(product.url + _APPLICATION)
    page.locator("input[name=client_id]").fill("nordhain")
    page.locator("input[name=client_secret]").fill("s3cret")
    page.locator("input[name=client_secret]").press("Enter")
    page.goto(product.url + _CONNECT)
    needs, rights = (page.locator(".two > .card").nth(number).bounding_box() for number in (0, 2))
    assert needs is not None
    assert rights is not None
    assert rights["y"] - needs["y"] - needs["height"] <= 24  # no hole between them
    link = page.locator("a.primary").get_attribute("href") or ""
    assert link.startswith("https://x.com/i/oauth2/authorize?")
    assert "client_id=nordhain" in link
    assert "s3cret" not in page.content() + link
