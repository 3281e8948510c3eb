"""The first start, as the first administrator of an empty installation walks it, to the first real day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess
from tests.networks.page_server import PageServer, page

pytestmark = pytest.mark.browser

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Forum</title><link>https://forum.example/</link>
<item><guid>1</guid><title>Lieferzeit</title><description>Wie lange dauert die Lieferung?</description></item>
</channel></rss>"""
SAMPLE = "Wann kommt mein Rad endlich? Eine Frechheit!\nDanke, alles bestens, toller Service!\nPasst der Kindersitz?"


@pytest.fixture
def feed() -> Iterator[PageServer]:
    with PageServer() as server:
        server.pages["/feed"] = page(FEED, headers={"Content-Type": "application/rss+xml"})
        yield server


@pytest.fixture
def empty(product: Product, practice: MemoryProcess, feed: PageServer) -> Product:
    """The product as `up` starts it for the first time, without a demonstration."""
    product.more = {
        "RESONANZ_PRACTICE_URL": practice.url,
        "RESONANZ_ALLOWED_HOSTS": f"{practice.host},{feed.host}",
    }
    product.start_all()
    return product


def arrive(browser: Browser, product: Product, width: int) -> Page:
    """Signed in by the link that `up` prints."""
    scheme: Literal["dark", "light"] = "dark" if width < 720 else "light"
    looks = browser.new_context(locale="de-DE", viewport={"width": width, "height": 800}, color_scheme=scheme)
    here = looks.new_page()
    here.goto(product.command("sign-in-link"))
    here.get_by_role("main").get_by_role("button").first.click()
    expect(here).to_have_url(re.compile("/start/area/$"))
    return here


def go_on(here: Page, step: str) -> None:
    """The one coloured button; then the step that follows."""
    here.locator("main .button.primary").first.click()
    expect(here).to_have_url(re.compile(f"/start/{step}/$"))


def faults(here: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    found = [f"axe {violation['id']}" for violation in Axe().run(here).response["violations"]]
    wide = here.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [*found, "scrolls sideways"] if wide else found


def test_first_start_from_an_empty_house_to_the_first_day(
    browser: Browser, empty: Product, feed: PageServer, practice: MemoryProcess
) -> None:
    here = arrive(browser, empty, 1440)

    here.get_by_label("Name des Unternehmens").fill("Nordhain")
    here.get_by_label("Service: ").check()
    go_on(here, "channel")
    expect(here.get_by_role("navigation").get_by_role("link", name="Themen")).to_have_count(0)
    here.get_by_label("Adresse des Feeds").fill(feed.url("/feed"))
    go_on(here, "who")
    here.get_by_text("Jemand fehlt noch in der Liste").click()
    here.locator("#id_new_name").fill("Deniz Aydın")
    here.locator("#id_new_email").fill("deniz@nordhain.example")
    here.locator("main .button.primary").click()
    expect(here.get_by_label("Link")).to_have_value(re.compile("/sign-in/"))
    go_on(here, "sample")
    here.get_by_label("Beiträge, einer pro Zeile").fill(SAMPLE)
    here.get_by_role("button", name="Ansehen").click()
    expect(here.locator("#hole")).to_contain_text("Kein Thema berührt das")
    assert faults(here) == []
    assert empty.rows("SELECT count(*) FROM listening_post") == [(0,)]

    here.goto(f"{empty.url}/start/practise/")
    here.get_by_role("button", name="Sprechen lassen").click()
    wait_until(lambda: empty.rows("SELECT count(*) FROM service_case") == [(7,)])
    here.goto(f"{empty.url}/")
    expect(here).to_have_url(re.compile("/start/live/$"))
    here.goto(f"{empty.url}/inbox/?view=mine")
    here.locator("a.case", has_text="Redaktion Elbufer").first.click()
    here.get_by_role("textbox", name="Antwort").fill("Guten Tag, gern um 15 Uhr. ^NF")
    here.get_by_role("button", name="Antwort senden").click()
    wait_until(lambda: empty.rows("SELECT 1 FROM service_outgoing WHERE state = 'SENT'"))

    here.goto(f"{empty.url}/start/live/")
    here.get_by_role("link", name="Übung beenden und starten").click()
    here.get_by_role("button", name="Alles aus der Übung entfernen").click()
    expect(here).to_have_url(re.compile("/start/live/$"))
    for table in ("service_case", "service_outgoing", "people_identity", "people_person", "listening_post"):
        assert empty.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    here.get_by_role("button", name="Los geht’s").click()
    expect(here.get_by_role("heading", name="Heute", exact=True)).to_be_visible()
    assert empty.rows("SELECT name FROM networks_channel") == [("127.0.0.1",)]


def test_first_start_on_a_phone(browser: Browser, empty: Product) -> None:
    here = arrive(browser, empty, 360)

    here.get_by_label("Name des Unternehmens").fill("Nordhain")
    here.get_by_label("Zuhören: ").check()
    go_on(here, "channel")
    here.get_by_role("button", name="Erst üben").click()
    expect(here.locator("#practice dd").first).to_have_text("7")
    for path in ("start/area", "start/channel", "start/who", "start/sample", "start/practise", "start/practise/end",
                 "start/live", "company"):  # fmt: skip
        here.goto(f"{empty.url}/{path}/")
        assert faults(here) == [], path
    here.goto(f"{empty.url}/start/")
    here.get_by_role("button", name="Später").click()
    expect(here.get_by_role("heading", name="Heute", exact=True)).to_be_visible()
