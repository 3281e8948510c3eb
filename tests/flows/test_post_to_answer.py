"""The main way, as a person walks it: a post becomes a case, is answered in the browser, and the answer stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from resonanz.networks.contract import Account
from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser

QUESTION = "@nordhain Passt der Kindersitz auch an das <b>Trekking 5</b>? <script>alert(1)</script>"
ANSWER = "Ja, er passt ohne Umbau. ^NF"


@pytest.fixture
def stranger(product: Product, practice: MemoryProcess) -> Account:
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    return practice.open_account("selin", "Selin")


@pytest.fixture
def inbox(browser: Browser, product: Product, practice: MemoryProcess, stranger: Account) -> Page:
    """A colleague, signed in by the link that `up` prints, sees the stranger's question in the inbox."""
    practice.say(stranger, QUESTION)
    product.start_all()
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    asked = "SELECT 1 FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = 'selin'"
    wait_until(lambda: product.rows(asked))
    page.goto(f"{product.url}/inbox/?view=all")
    return page


def answers(practice: MemoryProcess, stranger: Account) -> list[str]:
    """What stands on the network in reply to the stranger."""
    events = practice.call("GET", "/events?after=0&limit=500", stranger.secret)["events"]
    return [event["post"]["text"] for event in events if (event.get("post") or {}).get("parent_id")]


def answer(page: Page) -> None:
    """Open the question and send the answer."""
    page.locator("a.case", has_text="Kindersitz").click()
    page.get_by_role("textbox", name="Antwort").fill(ANSWER)
    page.get_by_role("button", name="Antwort senden").click()


def test_post_becomes_a_case_and_its_answer_stands_on_the_network_once(
    product: Product, practice: MemoryProcess, stranger: Account, inbox: Page
) -> None:
    answer(inbox)
    expect(inbox.locator(".said", has_text="<script>alert(1)</script>").first).to_be_visible()
    expect(inbox.get_by_text(ANSWER).first).to_be_visible()

    wait_until(lambda: answers(practice, stranger) == [ANSWER])
    wait_until(lambda: product.rows("SELECT 1 FROM service_outgoing WHERE state = 'SENT'"))
    assert answers(practice, stranger) == [ANSWER]
    waited = "SELECT first_attempt_at >= created_at + interval '10 seconds' FROM service_outgoing WHERE state = 'SENT'"
    assert product.rows(waited) == [(True,)]
    assert product.rows(
        "SELECT p.state FROM service_casepost p JOIN service_outgoing o ON o.in_reply_to_id = p.post_id"
    ) == [("ANSWERED",)]


def test_reply_taken_back_within_ten_seconds_never_leaves(
    product: Product, practice: MemoryProcess, stranger: Account, inbox: Page
) -> None:
    answer(inbox)
    inbox.locator(".said.ours").get_by_role("button", name="Zurücknehmen").click()

    wait_until(lambda: product.rows("SELECT 1 FROM service_outgoing WHERE state = 'DRAFT'"))
    with pytest.raises(AssertionError):
        wait_until(lambda: answers(practice, stranger), seconds=13)
