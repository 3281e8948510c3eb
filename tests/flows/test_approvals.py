"""Four eyes in a browser: an agent asks, a lead signs on a phone in two taps, and it stands there once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from resonanz.networks.contract import Account
from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AGENT, LEAD = "nora@nordhain.example", "lena@nordhain.example"
WORDS = {
    "de-DE": {
        "send": "Zur Freigabe", "waits": "wartet auf Freigabe", "approve": "Freigeben", "approved": "Freigegeben.",
        "refuse": "Ablehnen", "back": "Zurückgeben", "refused": "Nicht freigegeben", "new": "neu",
        "seen": "Gesehen, freigeben", "stopped": "nicht gesendet", "approvals": "Freigaben",
    },
    "en-GB": {
        "send": "Send for approval", "waits": "waits for approval", "approve": "Approve", "approved": "Approved.",
        "refuse": "Refuse", "back": "Give it back", "refused": "Not approved", "new": "new",
        "seen": "Seen, approve", "stopped": "not sent", "approvals": "Approvals",
    },
}  # fmt: skip
_numbers = count(1)
Running = tuple[Product, MemoryProcess]


def _guideline(*rules: Mapping[str, object]) -> str:
    words = {"de": "Öffentliches von Neuen sieht die Leitung", "en": "Leads look at what newcomers say in public"}
    clauses = [{"number": f"1.{place}", "text": words, "rule": rule} for place, rule in enumerate(rules, start=1)]
    return json.dumps({"sections": [{"key": "roles", "heading": {"de": "Rollen", "en": "Roles"}, "clauses": clauses}]})


EVERYBODY = {"outcome": "ALLOWED", "roles": ["AGENT", "LEAD", "ADMIN"]}
LEAD_SIGNS = {"outcome": "NEEDS_APPROVAL", "roles": ["AGENT"], "approvers": {"roles": ["LEAD"], "within_minutes": 60}}


def publish(product: Product, *rules: Mapping[str, object]) -> None:
    """A version in force from now on; nobody has to acknowledge it."""
    product.rows(
        "INSERT INTO guidelines_guideline (series, part, state, version, document, revision, earlier, effective_at,"
        " is_emergency, is_starter, council, created_at, changed_at, published_at)"
        " SELECT 0, 'OFFICIAL', 'PUBLISHED', max(version) + 1, %s, 1, '[]', now(), false, true, 'NOT_CONCERNED', now(),"
        " now(), now() FROM guidelines_guideline RETURNING id",
        _guideline(*rules),
    )


@pytest.fixture(scope="module")
def running(template: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The product with an agent and a lead."""
    file = tmp_path_factory.mktemp("practice") / "practice.sqlite3"
    with MemoryProcess(file) as practice, Product(data=template, practice=practice) as product:  # type: ignore[arg-type]
        product.command("prepare-demo", "--small", "--memory-url", practice.url)
        for email, name, role in ((AGENT, "Nora Feld", "AGENT"), (LEAD, "Lena Brandt", "LEAD")):
            product.add_colleague(email, name, role)
        product.start_all()
        wait_until(lambda: product.rows("SELECT 1 FROM service_case HAVING count(*) >= 5"))
        yield product, practice


def _asked(running: Running) -> tuple[int, Account, str]:
    """A stranger asks something: its case, who asked, and the post."""
    product, practice = running
    handle = f"neugierig{next(_numbers)}"
    stranger = practice.open_account(handle, handle.title())
    practice.say(stranger, "@nordhain Passt der Kindersitz auf das Modell von 2024?")
    found = (
        "SELECT c.id, p.native_id FROM service_case c JOIN people_identity i ON i.id = c.identity_id"
        " JOIN service_casepost s ON s.case_id = c.id JOIN listening_post p ON p.id = s.post_id WHERE i.handle = %s"
    )
    wait_until(lambda: product.rows(found, handle))
    case_id, post_id = product.rows(found, handle)[0]
    return int(str(case_id)), stranger, str(post_id)


def _enter(browser: Browser, product: Product, email: str, locale: str, **view: object) -> BrowserContext:
    context = browser.new_context(locale=locale, **view)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(product.command("sign-in-link", "--for", email))
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    return context


def _write(page: Page, product: Product, case_id: int, text: str, words: dict[str, str]) -> None:
    page.goto(f"{product.url}/inbox/{case_id}/?view=all")
    page.locator("#reply-text").fill(text)
    page.get_by_role("button", name=words["send"]).first.click()
    expect(page.locator("#thread [data-state=AWAITING]")).to_contain_text(words["waits"])


def _standing(practice: MemoryProcess, stranger: Account, text: str) -> int:
    events = practice.call("GET", "/events?after=0&limit=500", stranger.secret)["events"]
    return sum((event.get("post") or {}).get("text") == text for event in events)


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
def test_a_lead_signs_on_a_phone_in_two_taps(running: Running, browser: Browser, locale: str) -> None:
    product, practice = running
    words = WORDS[locale]
    publish(product, EVERYBODY, LEAD_SIGNS)
    case_id, stranger, _post = _asked(running)
    text = f"Ja, er passt ohne Umbau. ({locale})"
    agent = _enter(browser, product, AGENT, locale, viewport={"width": 1440, "height": 800})
    lead = _enter(
        browser, product, LEAD, locale, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    phone = lead.pages[0]
    phone.goto(product.url + "/approvals/")

    _write(agent.pages[0], product, case_id, text, words)
    row = phone.locator("#approval-rows a.row").filter(has_text=text)
    expect(row).to_be_visible()  # by itself, through the stream
    assert Axe().run(phone).violations_count == 0
    row.tap()
    expect(phone.get_by_role("button", name=words["approve"], exact=True)).to_be_in_viewport()
    assert Axe().run(phone).violations_count == 0
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name=words["approve"], exact=True).tap()

    expect(phone.locator(".toasts")).to_contain_text(words["approved"])
    wait_until(lambda: _standing(practice, stranger, text) == 1)
    expect(agent.pages[0].locator("#thread [data-state=SENT]").last).to_be_visible()
    expect(agent.pages[0].locator("#thread")).to_contain_text("Lena Brandt")
    assert _standing(practice, stranger, text) == 1
    agent.close()
    lead.close()


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
def test_what_was_said_meanwhile_is_looked_at_first_and_a_refusal_gives_the_words_back(
    running: Running, browser: Browser, locale: str
) -> None:
    product, practice = running
    words = WORDS[locale]
    publish(product, EVERYBODY, LEAD_SIGNS)
    case_id, stranger, post_id = _asked(running)
    text = f"Wir schicken morgen einen neuen. ({locale})"
    agent = _enter(browser, product, AGENT, locale, viewport={"width": 1440, "height": 800})
    lead = _enter(browser, product, LEAD, locale, viewport={"width": 1000, "height": 900})
    _write(agent.pages[0], product, case_id, text, words)
    page = lead.pages[0]
    page.goto(product.url + "/approvals/")
    page.locator("#approval-rows a.row").filter(has_text=text).click()
    page.wait_for_url(re.compile(r"/approvals/[0-9]+/$"))
    practice.say(stranger, "Hat sich erledigt, danke.", parent_id=post_id)
    wait_until(lambda: len(product.rows("SELECT 1 FROM service_casepost WHERE case_id = %s", case_id)) == 2)

    page.keyboard.press("Control+Enter")
    expect(page.locator(".spoken .is-new")).to_contain_text("Hat sich erledigt")
    expect(page.locator("#approve [data-key=send]")).to_contain_text(words["seen"])
    assert _standing(practice, stranger, text) == 0
    page.locator("details.refuse > summary").filter(has_text=words["refuse"]).click()
    page.locator("#why-not").fill("Nicht mehr nötig")
    page.get_by_role("button", name=words["back"]).click()

    expect(page.locator("#approval-rows")).not_to_contain_text(text)
    agent.pages[0].goto(f"{product.url}/inbox/{case_id}/?view=all")
    expect(agent.pages[0].locator("#reply-text")).to_have_value(text)
    expect(agent.pages[0].locator("#paper-state")).to_contain_text("Nicht mehr nötig")
    assert _standing(practice, stranger, text) == 0
    agent.close()
    lead.close()


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
def test_a_new_version_stops_what_was_allowed_a_moment_before(running: Running, browser: Browser, locale: str) -> None:
    product, practice = running
    publish(product, EVERYBODY)
    case_id, stranger, _post = _asked(running)
    text = f"Das Geld kommt zurück. ({locale})"
    agent = _enter(browser, product, AGENT, locale, viewport={"width": 1440, "height": 800})
    page = agent.pages[0]
    page.goto(f"{product.url}/inbox/{case_id}/?view=all")
    page.locator("#reply-text").fill(text)
    page.locator("form.reply [data-key=send]").first.click()
    queued = "SELECT 1 FROM service_outgoing WHERE state = 'QUEUED' AND text = %s"
    wait_until(lambda: product.rows(queued, text))  # it leaves after ten seconds

    publish(product, EVERYBODY, {"outcome": "FORBIDDEN", "roles": ["AGENT"]})

    expect(page.locator("#thread [data-state=FAILED]")).to_contain_text(WORDS[locale]["stopped"], timeout=60_000)
    expect(page.locator("#thread")).to_contain_text("1.2")
    page.reload()
    expect(page.locator("#reply-text")).to_have_value(text)
    assert _standing(practice, stranger, text) == 0
    agent.close()
