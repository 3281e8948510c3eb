"""The evaluation of a post in a browser: looked into, corrected, confirmed and taken back by keys, and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.flows.product import Product, wait_until
from tests.flows.test_live_inbox import _administrator, _signed_in
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser
COMPLAINT = "Das ist eine Frechheit: Der Akku ist schon wieder kaputt, und niemand antwortet mir!"
SAID = "SELECT f.value FROM triage_feedback f JOIN service_casepost p USING (post_id) WHERE p.case_id = %s"
DRAWN_ANEW_MEANWHILE = """() => {
    const really = fetch;
    globalThis.fetch = async (...asked) => {
        const answer = await really(...asked);
        const post = document.querySelector("article.said");
        if (asked[0].includes("/evaluation/")) post.replaceWith(post.cloneNode(true));
        return answer;
    };
}"""
_numbers = count(1)


@pytest.fixture(scope="module")
def running(template: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, MemoryProcess]]:
    file = tmp_path_factory.mktemp("practice") / "practice.sqlite3"
    with MemoryProcess(file) as practice, Product(data=template, practice=practice) as product:  # type: ignore[arg-type]
        product.command("prepare-demo", "--small", "--memory-url", practice.url)
        product.start_all()
        yield product, practice


@pytest.fixture
def product(running: tuple[Product, MemoryProcess]) -> Product:
    return running[0]


@pytest.fixture
def complain(running: tuple[Product, MemoryProcess]) -> Callable[[], int]:
    """A stranger complains; when this returns, the case is there."""

    def complaining() -> int:
        product, practice = running
        handle = f"enttaeuscht{next(_numbers)}"
        practice.say(practice.open_account(handle, handle.title()), f"@nordhain {COMPLAINT}")
        found = "SELECT c.id FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = %s"
        wait_until(lambda: product.rows(found, handle))
        return int(str(product.rows(found, handle)[0][0]))

    return complaining


@pytest.fixture
def admin(running: tuple[Product, MemoryProcess], browser: Browser) -> Iterator[BrowserContext]:
    yield from _signed_in(browser, running[0], _administrator(running[0]), "en-GB")


def opened(context: BrowserContext, product: Product, case: int) -> tuple[Page, Locator]:
    page = context.new_page()
    page.goto(f"{product.url}/inbox/{case}/?view=all")
    return page, page.locator("article.said").first


def test_evaluation_is_corrected_confirmed_and_taken_back_by_one_key_each(
    product: Product, admin: BrowserContext, complain: Callable[[], int]
) -> None:
    case = complain()
    page, post = opened(admin, product, case)

    page.keyboard.press("c")
    expect(post.locator("section.judged")).to_contain_text("such judgements are right")
    page.keyboard.press("Escape")
    expect(post.locator("section.judged")).to_have_count(0)
    chip = post.locator(".chip[data-judged=complaint]")
    chip.press("Enter")
    panel = post.get_by_role("region", name="Complaint")
    expect(panel).to_contain_text("Speaks for it")
    expect(post.locator("mark.for").first).to_be_visible()
    expect(panel.get_by_role("button", name="Right: is a complaint")).to_be_focused()
    assert Axe().run(page).response["violations"] == []

    page.keyboard.press("c")
    expect(page.get_by_role("status").filter(has_text="Kept: is no complaint.")).to_be_visible()
    assert product.rows(SAID, case) == [("false",)]
    expect(chip).to_have_count(0)

    page.keyboard.press("Control+z")
    expect(chip).to_be_visible()
    assert product.rows(SAID, case) == []

    page.keyboard.press("1")
    expect(panel).to_contain_text("Checked here: is a complaint.")
    assert product.rows(SAID, case) == [("true",)]
    page.keyboard.press("Escape")
    expect(post.locator("mark")).to_have_count(0)
    expect(chip).to_be_focused()


def test_what_is_looked_into_stays_open_while_its_post_changes_elsewhere(
    product: Product, admin: BrowserContext, complain: Callable[[], int]
) -> None:
    case = complain()
    page, post = opened(admin, product, case)
    page.keyboard.press("c")
    expect(post.locator("section.judged")).to_be_visible()
    elsewhere, there = opened(admin, product, case)

    there.get_by_text("Needs no answer").click()
    there.get_by_role("button", name="trolling").click()

    expect(post).to_contain_text("no answer needed")
    expect(post.locator("section.judged")).to_be_visible()
    expect(post.locator("mark").first).to_be_visible()
    expect(post.locator("[data-confirms]")).to_be_focused()
    elsewhere.close()


def test_evaluation_opens_on_a_post_that_was_drawn_anew_while_it_was_asked_for(
    product: Product, admin: BrowserContext, complain: Callable[[], int]
) -> None:
    page = admin.new_page()
    with page.expect_response(lambda answer: "/news/" in answer.url):  # what may have been missed; then it is quiet
        page.goto(f"{product.url}/inbox/{complain()}/?view=all")
    post = page.locator("article.said").first
    page.evaluate(DRAWN_ANEW_MEANWHILE)

    post.locator(".judge").click()

    expect(post.locator("section.judged")).to_be_visible()
    expect(post.locator("mark").first).to_be_visible()


def test_missing_label_is_added_on_a_phone_and_on_a_page_without_scripts(
    product: Product, admin: BrowserContext, browser: Browser, complain: Callable[[], int]
) -> None:
    case = complain()
    page, post = opened(admin, product, case)
    page.set_viewport_size({"width": 360, "height": 780})
    post.locator(".judge").click()
    expect(page.locator(".write")).to_be_hidden()  # one thing at a time
    post.get_by_text("Something is missing").click()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    post.get_by_role("button", name="is a suggestion").click()
    expect(post.locator(".chip[data-judged=suggestion]")).to_be_visible()

    plain = browser.new_context(
        locale="en-GB", java_script_enabled=False, storage_state=admin.storage_state()
    ).new_page()
    plain.goto(f"{product.url}/inbox/{case}/?view=all")
    plain.locator(".chip[data-judged=suggestion]").click()
    plain.get_by_role("button", name="is no suggestion").click()

    # What was done in the test before may still be offered.
    expect(plain.locator(".toast[id^=undo-judged]")).to_contain_text("Kept: is no suggestion.")
    assert product.rows(SAID, case) == [("false",)]
