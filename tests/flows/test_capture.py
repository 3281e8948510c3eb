"""Capturing by hand in a real browser: a key, a link that is read, a pasted screenshot, a case, an answer by hand."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product, wait_until
from tests.flows.test_telegram import look_at
from tests.networks.memory_process import MemoryProcess
from tests.networks.page_server import PageServer, page
from tests.pictures import photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAID, ANSWER = "Das Trekking 5 rostet nach einem Winter. Was tun?", "Das sehen wir uns an, versprochen. ^NF"
THERE = "https://www.xing.com/communities/posts/42"
HEAD = (
    f'<html lang="de"><title>Rost am Rad</title><meta property="og:description" content="{SAID}">'
    '<meta name="author" content="Ada Berg"><script>document.title = "executed"</script>'
)
PASTE = """async address => {
    const held = new DataTransfer();
    const data = Uint8Array.from(atob(address), one => one.charCodeAt(0));
    held.items.add(new File([data], "shot.jpg", { type: "image/jpeg" }));
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def elsewhere() -> Iterator[PageServer]:
    with PageServer() as server:
        server.pages["/42"] = page(HEAD.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        yield server


@pytest.fixture
def inbox(product: Product, practice: MemoryProcess, elsewhere: PageServer, browser: Browser) -> Page:
    product.more["RESONANZ_ALLOWED_HOSTS"] = f"{practice.host},{elsewhere.host}"
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.start_all()
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(product.url + "/")
    page.goto(f"{product.url}/inbox/?view=all")
    return page


def test_what_no_connection_reaches_is_captured_and_answered_by_hand(
    product: Product, elsewhere: PageServer, inbox: Page
) -> None:
    faults: list[str] = []
    inbox.keyboard.press("9")
    expect(inbox.locator("form[data-capture]")).to_be_visible()
    assert elsewhere.seen == []

    inbox.locator("[name=link]").fill(elsewhere.url("/42"))
    inbox.get_by_role("button", name="Seite lesen").press("Enter")
    expect(inbox.locator("[name=text]")).to_contain_text(SAID)
    expect(inbox.locator("[name=name]")).to_have_value("Ada Berg")
    assert len(elsewhere.seen) == 1
    told = f"Rost am Rad\n\n{SAID} {elsewhere.url('/42')}"
    inbox.locator("[name=text]").fill(told)
    inbox.locator("[name=link]").fill(THERE)
    inbox.evaluate(PASTE, base64.b64encode(photo()).decode())
    expect(inbox.locator("#shot")).to_be_visible()
    inbox.locator("[name=alt]").fill("Ein rostiger Rahmen")
    look_at(inbox, faults, "capture")
    inbox.locator("[name=text]").press("Control+Enter")

    expect(inbox.locator(".said", has_text=SAID).first).to_be_visible()
    shot = inbox.get_by_alt_text("Ein rostiger Rahmen")
    expect(shot).to_be_visible()
    assert shot.evaluate("image => image.naturalWidth") > 0

    assert len(elsewhere.seen) == 1
    inbox.get_by_role("button", name="Wohin führt das?").press("Enter")
    expect(inbox.get_by_role("list", name="Wohin die Links führen")).to_contain_text("Rost am Rad")
    assert len(elsewhere.seen) == 2
    look_at(inbox, faults, "captured")
    # What colleagues do meanwhile mends the page, and leaves what somebody is looking at.
    expect(inbox.get_by_role("list", name="Wohin die Links führen")).to_be_visible()

    inbox.get_by_role("textbox", name="Antwort").fill(ANSWER)
    inbox.get_by_role("textbox", name="Antwort").press("Control+Enter")
    inbox.get_by_label("Adresse der Antwort dort").fill(f"{THERE}#comment-7")
    inbox.get_by_role("button", name="Steht dort").press("Enter")
    wait_until(lambda: product.rows("SELECT 1 FROM service_outgoing WHERE state = 'SENT'"))

    kept = "SELECT network, url, text, author_name FROM listening_post WHERE network = 'xing' AND speaker = 'OUTSIDER'"
    assert product.rows(kept) == [("xing", THERE, told, "Ada Berg")]
    assert faults == []
