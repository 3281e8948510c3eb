"""A stranger quotes another one to us: to be read on a telephone, by keys, and gone when what is quoted is deleted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect

from tests.flows.product import Product, wait_until
from tests.flows.test_live_inbox import _administrator, _signed_in
from tests.networks.memory_process import MemoryProcess

pytestmark = [pytest.mark.browser, pytest.mark.slow]
QUOTED = "Drei Wochen gewartet, dann war der Sattel der falsche. " * 9
LONGEST = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
GONE = "SELECT 1 FROM listening_postquote WHERE native_id = ''"
CASE = "SELECT c.id FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = 'ada'"


@pytest.fixture(scope="module")
def running(template: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, MemoryProcess]]:
    file = tmp_path_factory.mktemp("practice") / "practice.sqlite3"
    with MemoryProcess(file) as practice, Product(data=template, practice=practice) as product:  # type: ignore[arg-type]
        product.command("prepare-demo", "--small", "--memory-url", practice.url)
        product.start_all()
        yield product, practice


@pytest.fixture
def admin(running: tuple[Product, MemoryProcess], browser: Browser) -> Iterator[BrowserContext]:
    yield from _signed_in(browser, running[0], _administrator(running[0]), "de-DE")


def test_quote_is_read_on_a_telephone_and_goes_with_what_is_quoted(
    running: tuple[Product, MemoryProcess], admin: BrowserContext
) -> None:
    product, practice = running
    eva, ada = practice.open_account("eva", f"Eva {LONGEST}"), practice.open_account("ada", "Ada Berg")
    quoted = practice.say(eva, QUOTED)
    practice.say(ada, "@nordhain Warum antwortet darauf niemand?", quoted_id=quoted["id"])
    wait_until(lambda: product.rows(CASE))
    page = admin.new_page()
    page.set_viewport_size({"width": 360, "height": 780})
    page.emulate_media(color_scheme="dark")

    page.goto(f"{product.url}/inbox/{product.rows(CASE)[0][0]}/?view=all")
    quote = page.locator("article.said figure.quoted")

    expect(quote).to_contain_text("Zitiert: Eva")
    expect(quote.get_by_role("link", name="Zum zitierten Beitrag")).to_be_visible()
    expect(quote.locator("blockquote")).to_be_hidden()
    quote.locator("summary").press("Enter")
    expect(quote.locator("blockquote")).to_have_text(QUOTED.strip())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).response["violations"] == []

    practice.call("DELETE", f"/posts/{quoted['id']}", eva.secret)
    wait_until(lambda: product.rows(GONE))
    page.reload()

    expect(page.locator("article.said p.quoted")).to_contain_text("ist dort nicht mehr zu lesen")
    expect(page.get_by_text("Drei Wochen gewartet")).to_have_count(0)
    expect(page.locator("article.said").first).to_contain_text("Warum antwortet darauf niemand?")
