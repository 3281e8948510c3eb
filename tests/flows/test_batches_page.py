"""A service provider in a real browser: its channel, its key, a batch by the program of the docs, what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from resonanz.networks.connections.batch_keys import NewKey
from tests.flows.product import Product, wait_until
from tests.flows.test_pages import LOOKS, _faults, _sign_in
from tests.flows.test_webhooks import made_webhook
from tests.networks.provider_asking import batch, line
from tests.web.test_provider_programs import run_program

pytestmark = pytest.mark.browser
_GO_LIVE = "UPDATE networks_channel SET state = 'ACTIVE' WHERE network = 'service_provider' RETURNING id"
_ADDRESS = "SELECT key FROM networks_webhook WHERE channel_id = %s"


@pytest.mark.slow
def test_provider_gets_a_key_brings_a_batch_and_the_page_tells_what_is_missing(
    product: Product, browser: Browser, tmp_path: Path
) -> None:
    made_webhook(product)  # no first start any more
    product.start_all()
    signed_in = _sign_in(product, browser, tmp_path / "state.json")
    context = browser.new_context(storage_state=signed_in, locale="en-GB")
    page = context.new_page()
    page.goto(f"{product.url}/channels/new/?network=service_provider")
    page.get_by_label("Name", exact=True).fill("Agentur Weitblick")
    page.get_by_role("main").get_by_role("button").last.click()
    ((channel,),) = product.rows(_GO_LIVE)
    page.goto(f"{product.url}/channels/{channel}/")
    page.get_by_role("button", name="Make a key").press("Enter")
    key = NewKey(page.locator("#key").inner_text(), page.locator("#secret").inner_text())
    ((address,),) = product.rows(_ADDRESS, channel)
    assert page.get_by_text(f"/webhooks/{address}").is_visible()
    faults = _faults(page)
    context.close()

    sent = tmp_path / "batch.jsonl"
    sent.write_bytes(batch(line("1"), line("2", shoe_size=42), "<b>broken</b>\n" + "x" * 300 + "\n"))
    for number in (1, 4):
        assert run_program("python", key, f"{product.url}/webhooks/{address}", number, sent) == ["200"]
    wait_until(lambda: product.rows("SELECT 1 FROM pipeline_batch WHERE number = 4 AND taken_at IS NOT NULL"))
    assert product.rows("SELECT network, native_id FROM listening_post") == [("forum", "1")]

    product.rows("UPDATE pipeline_batch SET received_at = received_at - interval '4 days' RETURNING 1")
    for width, scheme, locale in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale, storage_state=signed_in
        )
        page = context.new_page()
        page.goto(f"{product.url}/channels/{channel}/")
        assert page.get_by_text("2–3").is_visible()
        assert page.get_by_text("still" if locale == "de-DE" else "silent", exact=True).is_visible()
        page.locator("#batches summary").last.click()
        faults += [f"channel {width} {scheme}: {fault}" for fault in _faults(page)]
        page.locator("#batches").screenshot(path=tmp_path / f"batches-{width}-{scheme}-{locale}.png")
        assert key.secret not in page.content()
        context.close()

    assert faults == []
