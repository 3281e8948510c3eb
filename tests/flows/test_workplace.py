"""The inbox as a workplace in a browser: by keyboard, on many cases, on a narrow screen, with two colleagues."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.flows.product import Product, wait_until
from tests.flows.test_live_inbox import NORA, _administrator, _signed_in
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser
_numbers = count(1)


@pytest.fixture(scope="module")
def running(template: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, MemoryProcess]]:
    """The product with a colleague and a team more."""
    file = tmp_path_factory.mktemp("practice") / "practice.sqlite3"
    with MemoryProcess(file) as practice, Product(data=template, practice=practice) as product:  # type: ignore[arg-type]
        product.command("prepare-demo", "--small", "--memory-url", practice.url)
        product.add_colleague(NORA, "Nora Feld", "AGENT")
        product.start_all()
        yield product, practice


@pytest.fixture
def product(running: tuple[Product, MemoryProcess]) -> Product:
    return running[0]


@pytest.fixture
def ask(running: tuple[Product, MemoryProcess]) -> Callable[[str], int]:
    """A stranger asks something; when this returns, its case is there."""

    def asking(text: str) -> int:
        product, practice = running
        handle = f"fremde{next(_numbers)}"
        practice.say(practice.open_account(handle, handle.title()), f"@nordhain {text}")
        found = "SELECT c.id FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = %s"
        wait_until(lambda: product.rows(found, handle))
        return int(str(product.rows(found, handle)[0][0]))

    return asking


@pytest.fixture
def admin(running: tuple[Product, MemoryProcess], browser: Browser) -> Iterator[BrowserContext]:
    yield from _signed_in(browser, running[0], _administrator(running[0]))


@pytest.fixture
def nora(running: tuple[Product, MemoryProcess], browser: Browser) -> Iterator[BrowserContext]:
    yield from _signed_in(browser, running[0], NORA)


def opened(context: BrowserContext, product: Product, path: str) -> Page:
    page = context.new_page()
    page.goto(product.url + path)
    return page


def of_case(product: Product, case: int, column: str) -> object:
    return product.rows(f"SELECT {column} FROM service_case WHERE id = %s", case)[0][0]  # a test's own


def test_case_is_closed_snoozed_tagged_and_handed_over_by_two_strokes_each(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    praised, later, passed_on = ask("Klasse, oder?"), ask("Wann geht es weiter?"), ask("Wer kennt sich aus?")
    page = opened(admin, product, f"/inbox/{praised}/?view=all")

    page.keyboard.press("e")
    page.keyboard.press("1")
    wait_until(lambda: of_case(product, praised, "closed_because") == "PRAISE")
    page.goto(f"{product.url}/inbox/{later}/?view=all")
    page.keyboard.press("t")
    page.locator("#tag-new").fill("Rückruf")
    page.keyboard.press("Enter")
    expect(page.locator("#case-head .chip.tag")).to_have_text("Rückruf")
    page.keyboard.press("z")
    page.keyboard.press("1")  # quicker than the form
    wait_until(lambda: of_case(product, later, "is_snoozed"))
    page.goto(f"{product.url}/inbox/{passed_on}/?view=all")
    page.keyboard.press("g")
    page.locator("#hand-over-note").fill("Bitte ansehen, das ist Technik.")
    page.get_by_role("button", name="Nora Feld").click()

    wait_until(lambda: product.rows("SELECT 1 FROM service_casenote WHERE case_id = %s", passed_on))
    assert product.rows(
        "SELECT 1 FROM accounts_user WHERE id = %s AND email = %s", of_case(product, passed_on, "assignee_id"), NORA
    )


def test_many_cases_are_picked_and_closed_by_keyboard_and_taken_back_as_one(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    asked = {ask(f"Wie viele Follower braucht ihr, {number}00?") for number in range(3)}
    page = opened(admin, product, "/inbox/?view=all&q=Follower")
    ids = page.evaluate("[...document.querySelectorAll('#cases [data-case]')].map((row) => Number(row.dataset.case))")
    cases = ids[: len(asked)]
    assert set(cases) == asked
    page.locator(f"#case-{cases[0]}").focus()

    page.keyboard.press("s")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.locator("[data-picked-count]")).to_have_text("3 ausgewählt")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("e")
    page.keyboard.press("2")

    closed = "SELECT count(*) FROM service_case WHERE id = ANY(%s) AND closed_because = 'SPAM'"
    wait_until(lambda: product.rows(closed, cases)[0][0] == len(cases))
    # What was done a moment before may still be offered; the newest is the last.
    expect(page.locator(".toast[data-act=undo]").last).to_contain_text("3 Fälle")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    wait_until(lambda: product.rows(closed, cases)[0][0] == 0)
    assert (
        product.rows("SELECT count(*) FROM service_casepost WHERE case_id = ANY(%s) AND state = 'OPEN'", cases)[0][0]
        == 3
    )


def test_search_completes_what_is_typed_and_points_at_a_mistake(product: Product, admin: BrowserContext) -> None:
    page = opened(admin, product, "/inbox/?view=all")

    page.keyboard.press("f")
    page.keyboard.type("is")
    expect(page.locator("#offered .option").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("sp")
    expect(page.locator("#offered .option")).to_have_text(["spät"])
    page.keyboard.press("Tab")
    page.keyboard.type("tag:gibtesnicht")
    page.keyboard.press("Enter")

    expect(page.locator("#search-problem mark")).to_have_text("tag:gibtesnicht")
    assert "ist%3Asp%C3%A4t" in page.url


def test_view_is_kept_with_a_count_that_follows(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    page = opened(admin, product, "/inbox/?view=all&q=is:returned")
    page.get_by_role("link", name="Als Ansicht speichern").click()
    page.locator("#view-name").fill("Wieder da")
    page.get_by_role("button", name="Ansicht speichern").click()
    sign = page.locator(".saved-views .chip", has_text="Wieder da").locator("[data-view]")
    expect(sign).to_have_text("0")

    case = ask("Kommt das wieder?")
    product.rows("UPDATE service_case SET is_snoozed = true, snoozed_until = now() WHERE id = %s RETURNING id", case)
    product.rows(
        "UPDATE service_case SET returned_at = now(), is_snoozed = false, snoozed_until = NULL"
        " WHERE id = %s RETURNING id",
        case,
    )
    ask("Und das stößt die Zählung an?")

    expect(sign).to_have_text("1")


def test_colleague_sees_who_is_at_it_and_that_it_is_free_again(
    product: Product, admin: BrowserContext, nora: BrowserContext, ask: Callable[[str], int]
) -> None:
    case = ask("Wer ist dran?")
    mine, hers = (opened(context, product, f"/inbox/{case}/?view=all") for context in (admin, nora))

    hers.locator("#reply-text").press_sequentially("Hallo", delay=20)  # whoever writes is at it
    expect(mine.locator("#case-head .taken")).to_contain_text("Nora Feld ist dran")
    expect(mine.locator(f"#case-{case} .at-it")).to_be_visible()
    expect(hers.locator("#case-head .taken")).to_contain_text("in meiner Hand")
    hers.keyboard.press("Escape")
    hers.keyboard.press("m")

    expect(mine.locator("#case-head .taken")).to_contain_text("wieder frei")
    mine.keyboard.press("m")
    expect(hers.locator("#case-head .taken")).to_contain_text("ist dran")


def test_a_colleague_is_called_in_a_note_by_keyboard_and_finds_it(
    product: Product, admin: BrowserContext, nora: BrowserContext, ask: Callable[[str], int]
) -> None:
    case = ask("Meine Rechnung stimmt nicht, und jetzt?")
    page = opened(admin, product, f"/inbox/{case}/?view=all")

    page.keyboard.press("n")
    page.keyboard.type("Weißt du mehr, @fel")
    expect(page.locator("#offered-colleagues .option")).to_have_text(["Nora Feld"])
    page.keyboard.press("Enter")
    expect(page.locator("#note-text")).to_have_value("Weißt du mehr, @Nora Feld ")
    page.keyboard.press("Control+Enter")

    calls = "SELECT 1 FROM service_notemention m JOIN service_casenote n ON n.id = m.note_id WHERE n.case_id = %s"
    wait_until(lambda: product.rows(calls, case))
    hers = opened(nora, product, "/inbox/?view=all&q=erwähnt:mich")
    expect(hers.locator("#cases [data-case]")).to_have_count(1)


def test_workplace_on_the_narrowest_screen(product: Product, admin: BrowserContext, ask: Callable[[str], int]) -> None:
    case = ask("Passt das auf ein kleines Display?")
    page = admin.new_page()
    page.set_viewport_size({"width": 360, "height": 740})

    for path in (f"/inbox/{case}/?view=all", "/inbox/?view=all", "/inbox/views/", f"/inbox/{case}/do/snooze/"):
        page.goto(product.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert Axe().run(page).response["violations"] == [], path
    page.goto(f"{product.url}/inbox/?view=all")
    page.locator(f"#case-{case} > .avatar").click()
    expect(page.locator("#bulk")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
