"""The page of a channel with a webhook in a real browser: from making the address to what was forged and unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.flows.product import Product, wait_until
from tests.flows.test_pages import LOOKS, _faults, _sign_in
from tests.flows.test_webhooks import ask, bring, made_webhook

pytestmark = pytest.mark.browser
_UNKNOWN = """
INSERT INTO pipeline_unknownevent (channel_id, name, shape, count, last_at, delete_on)
SELECT id, repeat('verylongevent', 6), %s, 1234, now(), now()::date + 30 FROM networks_channel RETURNING id
"""


@pytest.mark.slow
def test_webhook_of_a_channel_is_readable_everywhere_and_shows_its_secret_on_request(
    product: Product, browser: Browser, tmp_path: Path
) -> None:
    made = made_webhook(product)
    product.start_all()
    assert bring(product.port, made, 1) == 200
    assert ask(product.port, "POST", made["path"], b"{}")[0] == 403
    wait_until(lambda: product.rows("SELECT 1 FROM networks_webhook WHERE forged = 1"))
    product.rows(_UNKNOWN, '{"' + "a" * 300 + '": "text"}')
    channel = f"/channels/{product.rows('SELECT min(id) FROM networks_channel')[0][0]}/"
    signed_in = _sign_in(product, browser, tmp_path / "state.json")
    faults: list[str] = []

    for width, scheme, locale in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale, storage_state=signed_in
        )
        page = context.new_page()
        page.goto(product.url + channel)
        page.locator("#webhook summary").click()
        faults += [f"channel {width} {scheme}: {fault}" for fault in _faults(page)]
        assert made["secret"] not in page.content()
        page.locator("#webhook form[action$='/webhook/secret/'] button").press("Enter")
        assert page.locator("#secret").inner_text() == made["secret"]
        faults += [f"secret {width} {scheme}: {fault}" for fault in _faults(page)]
        context.close()

    assert faults == []
