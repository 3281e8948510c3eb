"""When Chromium first paints a page, cold and warm, and how much it loads for it."""

from __future__ import annotations

import importlib.util
import shutil
import statistics
from typing import TYPE_CHECKING, Any

from resonanz.ops.bench import Figure

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

TIMES = 5
_CHROMIUM = ("chromium", "chromium-browser")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def first_paints(port: int, cookie: str, path: str, *, most: int) -> list[Figure]:
    """Cold (an empty cache) and warm (the second time) first contentful paint, and the bytes of the first load.

    Nothing where Chromium or Playwright is missing: they come with the environment for development.
    """
    chromium = next((found for name in _CHROMIUM if (found := shutil.which(name))), None)
    if chromium is None or importlib.util.find_spec("playwright") is None:
        return []
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (only there for development)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        loads = [_load(browser, port, cookie, path) for _ in range(TIMES)]
        browser.close()
    cold, warm, sizes, requests = zip(*loads, strict=True)
    return [
        Figure("inbox in Chromium, first paint, cold", statistics.median(cold), "ms"),
        Figure("inbox in Chromium, first paint, warm", statistics.median(warm), "ms"),
        Figure("inbox in Chromium, first load", statistics.median(sizes), "bytes", most=most),
        Figure("inbox in Chromium, requests", statistics.median(requests), "requests"),
    ]


def _load(browser: Browser, port: int, cookie: str, path: str) -> tuple[float, float, float, float]:
    context: BrowserContext = browser.new_context(viewport={"width": 1440, "height": 900}, locale="de-DE")
    context.add_cookies([{"name": "sessionid", "value": cookie, "domain": "localhost", "path": "/"}])
    page = context.new_page()
    sizes: list[float] = []
    network = context.new_cdp_session(page)
    network.send("Network.enable")

    def note(event: dict[str, Any]) -> None:
        sizes.append(float(event["encodedDataLength"]))

    network.on("Network.loadingFinished", note)
    page.goto(f"http://localhost:{port}{path}")
    page.wait_for_timeout(800)
    cold, loaded, requests = float(page.evaluate(_PAINT)), sum(sizes), float(len(sizes))
    page.goto(f"http://localhost:{port}{path}")
    page.wait_for_timeout(300)
    warm = float(page.evaluate(_PAINT))
    context.close()
    return cold, warm, loaded, requests
