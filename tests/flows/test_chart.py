"""The chart of Today in a real browser: drawn under our content policy after the page, asked by mouse and keyboard."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from resonanz.ops.testing import ROOT
from tests.flows.product import Product, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def started(product: Product) -> Product:
    product.start("web", "web", "--port", str(product.port))
    wait_until(product._answers)
    plant = [sys.executable, "-m", "tests.flows.chart_days"]
    subprocess.run(plant, env=product.environment, cwd=ROOT, check=True)
    return product


def _open(product: Product, browser: Browser, **looks: object) -> Page:
    context: BrowserContext = browser.new_context(locale="de-DE", **looks)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(product.url + "/")
    return page


def test_chart_is_drawn_after_the_page_and_leads_to_its_posts(started: Product, browser: Browser) -> None:
    page = _open(started, browser)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.reload()

    expect(page.locator(".chart.drawn svg").first).to_be_visible()
    days = page.locator(".chart .days a")
    assert days.count() == 14
    days.nth(9).focus()
    value = page.locator(".chart .days a:focus .value")
    expect(value).to_have_css("opacity", "1")
    said = int(value.locator("span").first.inner_text().split()[0])
    page.keyboard.press("Enter")

    expect(page.locator("article.row")).to_have_count(said)
    assert "/listening/?day=" in page.url
    assert faults == []


# At one moment: what comes in meanwhile may draw the chart anew or move the page.
_MIDDLES = """() => [".chart .mark-text.role-axis-label text", ".chart .days a"].map((of) =>
    [...document.querySelectorAll(of)].map((one) => one.getBoundingClientRect()).map((box) => box.x + box.width / 2))"""


def test_links_lie_over_the_bars_they_belong_to(started: Product, browser: Browser) -> None:
    page = _open(started, browser)
    expect(page.locator(".chart.drawn svg").first).to_be_visible()
    expect(page.locator(".chart .drawing")).to_have_count(1)

    labels, links = page.evaluate(_MIDDLES)

    assert links == pytest.approx(labels, abs=3)
    assert len(labels) == 14
    assert sorted(links) == links
    assert links[0] > 0


def test_colours_follow_the_scheme_without_another_drawing(started: Product, browser: Browser) -> None:
    page = _open(started, browser, color_scheme="light")
    bar = page.locator(".chart.drawn .mark-rect path").first
    light = bar.evaluate("bar => getComputedStyle(bar).fill")

    page.emulate_media(color_scheme="dark")

    assert bar.evaluate("bar => getComputedStyle(bar).fill") != light


def test_without_scripts_the_table_tells_the_same(started: Product, browser: Browser, tmp_path: Path) -> None:
    page = _open(started, browser)
    page.context.storage_state(path=tmp_path / "state.json")
    plain = browser.new_context(java_script_enabled=False, storage_state=tmp_path / "state.json", locale="de-DE")
    bare = plain.new_page()
    bare.goto(started.url)

    expect(bare.locator(".chart")).to_be_hidden()
    bare.get_by_text("Als Tabelle").click()
    expect(bare.locator(".numbers tbody tr")).to_have_count(14)
    expect(bare.locator(".numbers tbody tr").first).to_be_visible()
