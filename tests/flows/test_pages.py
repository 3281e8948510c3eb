"""Every page in a real browser: axe finds nothing, nothing scrolls sideways, nothing breaks the content policy."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser

PAGES = ["/", "/inbox/?view=all", "/listening/", "/topics/", "/topics/new/", "/channels/", "/channels/new/"]
PAGES += [
    "/responsibilities/",
    "/colleagues/",
    "/settings/",
    "/answered/",
    "/no-such-page/",
    "/accounts/2fa/",
    "/components/",
    "/find/?q=a",
]
LOOKS: list[tuple[int, Literal["light", "dark"], str]] = [
    (1440, "light", "de-DE"),
    (360, "dark", "en-GB"),
    (1000, "dark", "de-DE"),
    (360, "light", "de-DE"),
]


@pytest.fixture
def started(product: Product, practice: MemoryProcess) -> Product:
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.start_all()
    wait_until(lambda: product.rows("SELECT 1 FROM service_case"))
    return product


def test_pages_are_accessible_fit_and_keep_the_content_policy(
    started: Product, browser: Browser, tmp_path: Path
) -> None:
    signed_in = _sign_in(started, browser, tmp_path / "state.json")
    case = started.rows("SELECT min(id) FROM service_case")[0][0]
    person = started.rows("SELECT min(id) FROM people_person")[0][0]
    faults: list[str] = []

    for width, scheme, locale in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale, storage_state=signed_in
        )
        page = context.new_page()
        page.on("console", partial(_note, faults))
        page.on("pageerror", lambda error: faults.append(str(error)))  # noqa: B023 (one list for all)
        for path in [*PAGES, f"/inbox/{case}/", f"/people/{person}/"]:
            page.goto(started.url + path)
            faults += [f"{path} {width} {scheme} {locale}: {fault}" for fault in _faults(page)]
        context.close()

    assert faults == []


def _note(faults: list[str], message: ConsoleMessage) -> None:
    if "Content Security" in message.text:
        faults.append(message.text)


def _sign_in(product: Product, browser: Browser, kept: Path) -> Path:
    context: BrowserContext = browser.new_context()
    page = context.new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(product.url + "/")
    context.storage_state(path=kept)
    context.close()
    return kept


def _faults(page: Page) -> list[str]:
    found = [f"axe {violation['id']}" for violation in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("scrolls sideways")
    return found
