"""The shell in a real browser: found by keyboard, keys as chosen, focus where it was, and bad conditions borne."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser

QUESTION = "@nordhain Passt der Kindersitz auch an das Trekking 5?"


@pytest.fixture
def page(product: Product, practice: MemoryProcess, browser: Browser) -> Iterator[Page]:
    """A colleague with a German browser, and one case of Selin."""
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    practice.say(practice.open_account("selin", "Selin Özdemir"), QUESTION)
    product.start_all()
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    asked = "SELECT 1 FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = 'selin'"
    wait_until(lambda: product.rows(asked))
    page.goto(product.url + "/settings/")
    yield page
    context.close()


def found(page: Page) -> list[str]:
    """The options of the palette."""
    return [words.strip() for words in page.locator("#palette [role=option] > span").all_inner_texts()]


def chosen(page: Page) -> str:
    return page.locator("#palette [role=option][aria-selected=true] > span").inner_text()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def faults(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


def test_palette_leads_anywhere_by_keyboard(page: Page) -> None:
    page.locator("#id_time_zone").focus()

    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Finden")).to_be_focused()
    expect(page.get_by_role("option", name="Eingang")).to_be_visible()
    assert faults(page) == []
    page.keyboard.type("kindersitz")
    expect(page.get_by_role("option", name="Selin Özdemir")).to_be_visible()
    page.keyboard.press("Escape")
    assert focused(page) == "id_time_zone"

    page.keyboard.press("Control+k")
    page.keyboard.type("özde")
    expect(page.get_by_role("group", name="Menschen")).to_be_visible()
    expect(page.get_by_role("group", name="Fälle")).to_be_visible()
    first = chosen(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert chosen(page) == first == "Selin Özdemir"
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/*/")
    expect(page.get_by_text("Passt der Kindersitz").last).to_be_visible()


def test_palette_does_what_the_page_can_do_and_keeps_addresses_only(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Heute")).to_be_visible()
    page.keyboard.type("themen")
    page.keyboard.press("Enter")  # before the answer came: it is waited for
    page.wait_for_url("**/topics/")
    assert page.evaluate("localStorage.getItem('resonanz.recent')") == '["/topics/"]'

    page.keyboard.press("Control+k")
    expect(page.get_by_role("group", name="Seiten").get_by_role("option").first).to_have_text("Themen")
    page.keyboard.type("hilfe")
    expect(page.get_by_role("group", name="Auf dieser Seite").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Tasten auf dieser Seite")).to_be_visible()
    page.keyboard.press("Escape")

    page.keyboard.press("Control+k")
    page.keyboard.type("xyzzy")
    expect(page.get_by_text("Nichts heißt „xyzzy“")).to_be_visible()
    assert found(page) == []
    page.keyboard.press("Control+a")
    page.keyboard.type("english")
    expect(page.get_by_role("option", name="English")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_keys_act_as_chosen_and_not_at_all_when_switched_off(page: Page) -> None:
    help_dialog = page.get_by_role("dialog", name="Tasten auf dieser Seite")
    page.keyboard.press("h")
    expect(help_dialog).to_be_visible()
    expect(help_dialog.get_by_text("Tasten zeigen")).to_be_visible()
    expect(help_dialog.get_by_text("Antwort schreiben")).to_be_hidden()  # this page has nothing to answer
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()

    page.get_by_label("Tasten zeigen").fill("4")
    page.get_by_label("Tasten zeigen").press("Enter")
    expect(page.get_by_text("Gespeichert.")).to_be_visible()
    page.keyboard.press("h")
    expect(help_dialog).to_be_hidden()
    page.keyboard.press("4")
    expect(help_dialog).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_label("Einzelne Buchstaben wirken als Tasten").uncheck()
    page.get_by_role("button", name="Speichern").first.click()
    page.wait_for_load_state()
    page.keyboard.press("4")
    expect(help_dialog).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Finden")).to_be_focused()


def test_menus_tabs_and_toasts_obey_keys_and_patience(page: Page, product: Product) -> None:
    page.goto(product.url + "/components/")
    me = page.locator(".me > summary")
    me.click()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Einstellungen"
    page.keyboard.press("Escape")
    expect(me).to_be_focused()
    expect(page.locator(".me > div")).to_be_hidden()

    page.get_by_role("tab", name="Antwort").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Notiz")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_have_text("Das lesen nur die im Haus.")

    page.get_by_role("button", name="Dialog öffnen").click()
    page.mouse.click(5, 400)  # beside it
    expect(page.get_by_role("button", name="Dialog öffnen")).to_be_focused()

    address = page.evaluate("document.querySelector('script[src*=toast]').src")
    show = f"([text, seconds]) => import('{address}').then(({{ toast }}) => {{ toast({{ text, seconds }}); }})"
    page.evaluate(show, ["lang", 300])
    toast = page.locator("body > .toasts .toast", has_text="lang")
    clock_of = "(one) => getComputedStyle(one.querySelector('.wane')).animationPlayState"
    assert toast.evaluate(clock_of) == "running"
    toast.hover()
    assert toast.evaluate(clock_of) == "paused"
    toast.get_by_role("button", name="Schließen").click()
    expect(toast).to_have_count(0)
    page.mouse.move(5, 5)
    page.evaluate(show, ["kurz", 1])
    expect(page.locator("body > .toasts .toast")).to_have_count(0)


def test_shell_bears_zoom_forced_colours_and_the_wish_for_stillness(page: Page, product: Product) -> None:
    # 200 % zoom of a window of 1280 is a page of 640; 400 % is one of 320.
    page.set_viewport_size({"width": 360, "height": 700})
    for name in ("Heute", "Eingang", "Zuhören", "Mehr"):
        expect(page.get_by_role("navigation").first.get_by_text(name, exact=True)).to_be_visible()
    expect(page.get_by_text("Spielregeln")).to_be_hidden()
    for width in (640, 320, 2560):
        page.set_viewport_size({"width": width, "height": 500})
        for path in ("/settings/", "/components/", "/find/?q=selin", "/inbox/?view=all"):
            page.goto(product.url + path)
            assert not sideways(page), f"{path} at {width}"
    assert page.evaluate("document.querySelector('main').getBoundingClientRect().width") < 2560

    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.goto(product.url + "/components/")
    button = page.get_by_role("button", name="Zuweisen")
    border = button.evaluate("(one) => [getComputedStyle(one).borderTopWidth, getComputedStyle(one).borderTopStyle]")
    assert border == ["1px", "solid"]
    page.get_by_role("button", name="Dialog öffnen").click()
    dialog = page.get_by_role("dialog", name="Ein Dialog")
    assert dialog.evaluate("(one) => getComputedStyle(one).animationDuration") == "0s"
