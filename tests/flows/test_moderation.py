"""Moderation in a browser: a like by one key, and an insult hidden once a lead has signed it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.flows.product import Product, wait_until
from tests.flows.test_approvals import AGENT, LEAD, _enter
from tests.networks.memory_process import MemoryProcess

pytestmark = [pytest.mark.browser, pytest.mark.slow]
INSULT = "Ihr seid alle unfähig, ihr Idioten!"


@pytest.fixture(scope="module")
def running(template: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, MemoryProcess]]:
    """The product with an agent and a lead."""
    file = tmp_path_factory.mktemp("practice") / "practice.sqlite3"
    with MemoryProcess(file) as practice, Product(data=template, practice=practice) as product:  # type: ignore[arg-type]
        product.command("prepare-demo", "--small", "--memory-url", practice.url)
        for email, name, role in ((AGENT, "Nora Feld", "AGENT"), (LEAD, "Lena Brandt", "LEAD")):
            product.add_colleague(email, name, role)
        product.start_all()
        yield product, practice


def on_network(practice: MemoryProcess, table: str, post_id: str) -> int:
    """How often the network holds this of the post."""
    with sqlite3.connect(practice.file) as connection:
        found = connection.execute(f"SELECT count(*) FROM {table} WHERE post_id = ?", [int(post_id)]).fetchone()
    connection.close()
    return int(found[0])


def insulted(product: Product, practice: MemoryProcess) -> tuple[int, str]:
    """A stranger insults people below a post of ours: its case and the post."""
    with sqlite3.connect(practice.file) as connection:
        connection.execute(
            "INSERT INTO post (account_id, text, visibility, posted_at) SELECT id, 'Neu: das Lastenrad', 'PUBLIC',"
            " strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now') FROM account WHERE handle = 'nordhain'"
        )
        (ours,) = connection.execute("SELECT max(id) FROM post").fetchone()
        connection.execute("UPDATE post SET root_id = id WHERE id = ?", [ours])
    connection.close()
    stranger = practice.open_account("poltergeist", "Polter Geist")
    said = practice.say(stranger, f"@nordhain {INSULT}", parent_id=str(ours))
    found = (
        "SELECT s.case_id FROM service_casepost s JOIN listening_post p ON p.id = s.post_id"
        " WHERE p.native_id = %s AND p.network = 'memory'"
    )
    wait_until(lambda: product.rows(found, said["id"]))
    return int(str(product.rows(found, said["id"])[0][0])), str(said["id"])


def test_agent_likes_by_key_and_hides_after_a_lead_signed(
    running: tuple[Product, MemoryProcess], browser: Browser
) -> None:
    product, practice = running
    case_id, post_id = insulted(product, practice)
    agent = _enter(browser, product, AGENT, "de-DE", viewport={"width": 1440, "height": 900})
    page = agent.pages[0]
    page.goto(f"{product.url}/inbox/{case_id}/?view=all")
    page.locator("#thread").focus()

    page.keyboard.press("l")
    expect(page.locator("#thread")).to_contain_text("geschieht gleich")
    wait_until(lambda: on_network(practice, "liked", post_id) == 1)
    page.locator("#thread").focus()
    page.keyboard.press("o")
    page.get_by_label("Verbergen", exact=True).check()
    page.get_by_label("Verletzte Ziffer der Netiquette").select_option("17.1")
    page.locator("#moderation-words").fill("Beschimpft das Team")
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Ausführen").click()
    expect(page.locator("#thread")).to_contain_text("wartet auf Freigabe")
    assert on_network(practice, "hidden", post_id) == 0

    lead = _enter(browser, product, LEAD, "de-DE", viewport={"width": 360, "height": 740})
    phone = lead.pages[0]
    phone.goto(product.url + "/approvals/")
    expect(phone.locator("#approval-rows")).to_contain_text("Beschimpft das Team")
    assert Axe().run(phone).violations_count == 0
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="Freigeben").click()

    wait_until(lambda: on_network(practice, "hidden", post_id) == 1)
    expect(page.locator("#thread")).to_contain_text("verborgen")
    phone.goto(product.url + "/moderation/")
    expect(phone.locator("main")).to_contain_text("Lena Brandt")
    expect(phone.locator("main")).to_contain_text("Beleidigung")
    assert Axe().run(phone).violations_count == 0
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    agent.close()
    lead.close()
