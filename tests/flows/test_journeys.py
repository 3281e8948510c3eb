"""A working day in a browser: ten cases by keyboard alone in German and English, and one on a phone, with a thumb."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CASES = 10
CTRL, SHIFT = 2, 8
# Where keys of a German keyboard lie on the American one that browsers name them by.
PLACES = {"z": "KeyY", "y": "KeyZ", "ü": "BracketLeft", "ö": "Semicolon", "ä": "Quote", "ß": "Minus", "-": "Slash"}
NUMBERS = {"Enter": 13, "Tab": 9, "Escape": 27}


class Keyboard:
    """Presses keys as a German or an American keyboard reports them: the letter, and the place it lies at."""

    def __init__(self, page: Page, locale: str) -> None:
        self._keys = page.context.new_cdp_session(page)
        self._places = PLACES if locale.startswith("de") else {}

    def press(self, key: str, *, modifiers: int = 0) -> None:
        named = {"Enter": "\r", "Tab": "\t", "Escape": ""}
        text = "" if modifiers & CTRL else named.get(key, key)
        event = {
            "key": key,
            "code": key if key in named else self._places.get(key.lower(), f"Key{key.upper()}"),
            "windowsVirtualKeyCode": NUMBERS.get(key, ord(key.upper()[0]) if key.isalnum() and key.isascii() else 0),
            "modifiers": modifiers,
        }
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self._keys.send("Input.dispatchKeyEvent", {**event, **down})
        self._keys.send("Input.dispatchKeyEvent", {**event, "type": "keyUp"})

    def write(self, text: str) -> None:
        for letter in text:
            self.press(letter, modifiers=SHIFT if letter.isupper() else 0)


@pytest.fixture
def started(product: Product, practice: MemoryProcess) -> Product:
    """Ten strangers ask, each something of their own."""
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    for number in range(CASES):
        practice.say(
            practice.open_account(f"frager{number}", f"Frager {number}"), f"@nordhain Frage {number}: passt das?"
        )
    product.start_all()
    asked = "SELECT 1 FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle LIKE 'frager%%'"
    wait_until(lambda: len(product.rows(asked)) == CASES)
    return product


def _enter(
    browser: Browser, product: Product, *, width: int, height: int, touch: bool, locale: str = "de-DE"
) -> Iterator[Page]:
    context = browser.new_context(
        locale=locale, viewport={"width": width, "height": height}, has_touch=touch, is_mobile=touch
    )
    page = context.new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(product.url + "/")
    yield page
    context.close()


@pytest.fixture(params=["de-DE", "en-GB"])
def locale(request: pytest.FixtureRequest) -> str:
    """What the reader's browser speaks."""
    return str(request.param)


@pytest.fixture
def page(started: Product, browser: Browser, locale: str) -> Iterator[Page]:
    """A screen, and no mouse."""
    yield from _enter(browser, started, width=1440, height=900, touch=False, locale=locale)


@pytest.fixture
def phone(started: Product, browser: Browser) -> Iterator[Page]:
    """The narrowest screen there is."""
    yield from _enter(browser, started, width=360, height=740, touch=True)


def _open_case(page: Page) -> int:
    return int(page.locator("[data-open-case]").get_attribute("data-open-case") or 0)


def _go_on(page: Page, after: int) -> None:
    expect(page.locator(f"[data-open-case]:not([data-open-case='{after}'])")).to_be_visible()


def test_ten_cases_by_keyboard_alone(started: Product, page: Page, locale: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", locale[:2])
    keys = Keyboard(page, locale)
    keys.press("x")
    expect(page.locator("[data-open-case]")).to_be_visible()
    page.wait_for_load_state()
    answered = []

    for number in range(CASES):
        case = _open_case(page)
        if number == 0:  # taken back with the Z that lies where Americans have their Y, and sent again
            keys.press("r")
            keys.write("Zu früh")
            keys.press("Enter", modifiers=CTRL)
            expect(page.locator(".toast button[data-key=undo]")).to_be_visible()
            keys.press("Escape")
            keys.press("z", modifiers=CTRL)
            expect(page.locator("#reply-text")).to_have_value("Zu früh")
        if number == 1:
            keys.press("n")
            keys.write("Bitte bei Gelegenheit prüfen")
            keys.press("Enter", modifiers=CTRL)
            expect(page.locator("#thread")).to_contain_text("Bitte bei Gelegenheit prüfen")
            keys.press("Escape")
        keys.press("r")
        keys.write(f"Ja, das paßt für Größe {number}.")
        keys.press("Enter", modifiers=CTRL | SHIFT)
        answered.append(case)
        if number < CASES - 1:
            _go_on(page, case)

    assert len(set(answered)) == CASES
    done = "SELECT id FROM service_case WHERE state = 'RESOLVED'"
    wait_until(lambda: {int(str(row[0])) for row in started.rows(done)} >= set(answered))
    sent = "SELECT text FROM service_outgoing WHERE state = 'SENT' ORDER BY text"
    texts = [str(row[0]) for row in started.rows(sent)]
    assert len(texts) == CASES
    assert texts == sorted(
        ["Zu frühJa, das paßt für Größe 0.", *(f"Ja, das paßt für Größe {number}." for number in range(1, CASES))]
    )


def test_case_on_a_phone_from_notice_to_answer(started: Product, phone: Page) -> None:
    bar = phone.get_by_role("navigation").first
    bar.get_by_role("link", name="Eingang").tap()
    phone.get_by_role("link", name="Alle", exact=True).tap()
    phone.locator("a.case", has_text="Frage 4").tap()
    expect(phone.locator("#thread")).to_contain_text("Frage 4")
    assert Axe().run(phone).response["violations"] == []

    phone.locator("#reply-text").tap()
    phone.locator("#reply-text").fill("Das passt, ohne Umbau.")
    phone.get_by_role("button", name="Antwort senden").tap()
    expect(phone.locator("#thread")).to_contain_text("Das passt, ohne Umbau.")
    phone.locator("#case-head a").first.tap()

    expect(phone.locator("a.case").first).to_be_visible()
    sideways = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert phone.evaluate(sideways) is False
    wait_until(lambda: started.rows("SELECT 1 FROM service_outgoing WHERE state = 'SENT'"))
