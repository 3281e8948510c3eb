"""Somebody without a seat answers one question: by a link and a code that a real mail server brings them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product, wait_until
from tests.flows.test_live_inbox import _administrator, _enter
from tests.mail_sink import MailSink, mail_sink
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser
EXPERT = "doris@werkstatt.example"
WORDS = {
    "de-DE": {"ask": "Fragen", "code": "Code senden", "show": "Frage zeigen", "answer": "Antwort senden"},
    "en-GB": {"ask": "Ask", "code": "Send the code", "show": "Show the question", "answer": "Send the answer"},
}


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as running:
        yield running


@pytest.fixture
def product(template: Path, practice: MemoryProcess, sink: MailSink) -> Iterator[Product]:
    with Product(data=template, practice=practice) as made:
        made.more |= {
            "RESONANZ_MAIL_URL": f"smtp+plain://127.0.0.1:{sink.port}",
            "RESONANZ_MAIL_FROM": "resonanz@nordhain.example",
        }
        made.command("prepare-demo", "--small", "--memory-url", practice.url)
        made.start_all()
        wait_until(lambda: made.rows("SELECT 1 FROM service_case HAVING count(*) >= 3"))
        yield made


@pytest.mark.parametrize("locale", list(WORDS))
def test_expert_without_a_seat_answers_through_the_link(
    product: Product, sink: MailSink, browser: Browser, locale: str
) -> None:
    words = WORDS[locale]
    case_id, said = product.rows(
        "SELECT c.id, p.text FROM service_case c JOIN service_casepost s ON s.case_id = c.id"
        " JOIN listening_post p ON p.id = s.post_id WHERE s.state = 'OPEN' ORDER BY c.id LIMIT 1"
    )[0]
    context = browser.new_context(locale=locale)
    page = context.new_page()
    _enter(page, product, _administrator(product))
    page.goto(f"{product.url}/inbox/{case_id}/?view=all")
    page.locator("body").press("q")
    page.wait_for_url("**/ask/**")
    page.locator("#id_name").fill("Doris")
    page.locator("#id_email").fill(EXPERT)
    page.locator("#id_question").fill("Wann sind die Akkus wieder da?")
    page.get_by_role("main").get_by_role("button", name=words["ask"], exact=True).click()
    wait_until(lambda: sink.messages)

    phone = browser.new_context(locale=locale, viewport={"width": 360, "height": 740}).new_page()
    phone.goto(_found(r"http://\S+", sink, 0))
    assert str(said)[:20] not in phone.content()
    phone.get_by_role("button", name=words["code"]).click()
    wait_until(lambda: len(sink.messages) == 2)
    _is_well(phone)
    phone.locator("#id_code").fill(_found(r"\d{6}", sink, 1))
    phone.get_by_role("button", name=words["show"]).click()
    expect(phone.locator("main")).to_contain_text(str(said)[:40])
    _is_well(phone)
    phone.locator("#id_text").fill("Am Dienstag, 40 Stück.")
    phone.get_by_role("button", name=words["answer"]).click()

    expect(page.locator("#thread .note")).to_contain_text("Am Dienstag, 40 Stück.")
    expect(page.locator("#thread .note")).to_contain_text("Doris")
    assert all(message["To"] == EXPERT for message in sink.messages)
    context.close()


def _found(pattern: str, sink: MailSink, number: int) -> str:
    message = sink.messages[number]
    found = re.search(pattern, f"{message['Subject']}\n{message.get_content()}")
    assert found
    return found.group(0)


def _is_well(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
