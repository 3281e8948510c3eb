"""A label of the company's own in a German browser: defined, taught by a hundred posts, offered, taken, and judging."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from resonanz.core import clock
from tests.flows.product import Product, wait_until
from tests.flows.test_workplace import admin as admin
from tests.flows.test_workplace import product, running
from tests.networks.memory_process import MemoryProcess
from tests.triage.learning.said import spam

__all__ = ["product", "running"]
pytestmark = pytest.mark.browser
BAIT = "@nordhain Jetzt 500 Euro am Tag verdienen, Link im Profil!!"
_AMONG = "SELECT 1 FROM listening_post p JOIN triage_evaluation e ON e.post_id = p.id WHERE p.text = ANY(%s)"
_JUDGED = """SELECT 1 FROM triage_evaluation
WHERE labels -> %s ->> 'value' = 'true' AND labels -> %s ->> 'version' LIKE 'company-%%'"""
RUN = "SELECT begun_at, moved_at FROM triage_learningrun WHERE state = 'DONE'"


def test_challenger_is_offered_after_a_hundred_corrections_and_taken_while_intake_goes_on(
    running: tuple[Product, MemoryProcess], admin: BrowserContext
) -> None:
    product, practice = running
    said = {f"@nordhain {text}": value for text, value in spam("intents_de.jsonl", 50)}
    _say_and_wait(product, practice, said, by="vielsager")
    page = admin.pages[0]
    page.set_default_timeout(60_000)

    label = _define(page, product)
    _check_twenty(page, product, said, label)
    assert _say_of_the_others(product, said, label) > 60
    _let_enough_be_drawn(product, practice, said, label)
    page.goto(f"{product.url}/judges/{label}/")
    page.get_by_role("button", name="Jetzt lernen").click()
    expect(page.get_by_role("button", name="Abbrechen")).to_be_visible()
    product.start("default", "worker")
    meanwhile = _speak_until_learnt(product, practice)

    offered = page.get_by_role("heading", name="Das Gelernte kann jetzt mitreden")
    expect(offered).to_be_visible(timeout=60_000)
    assert Axe().run(page).response["violations"] == []
    [(begun, learnt)] = product.rows(RUN)
    wait_until(lambda: len(product.rows(_AMONG, meanwhile)) == len(meanwhile))
    in_time = "SELECT 1 FROM listening_post WHERE text = ANY(%s) AND received_at BETWEEN %s AND %s"
    assert product.rows(in_time, meanwhile, begun, learnt)

    page.get_by_text("Übernehmen …").click()
    page.get_by_role("button", name="Übernehmen", exact=True).click()
    expect(page.get_by_role("heading", name="Einschätzung: hier gelernt")).to_be_visible()
    bait = practice.open_account("koeder", "Köder")

    def is_judged() -> bool:
        practice.say(bait, BAIT)
        clock.sleep(2)  # every process looks within seconds
        return bool(product.rows(_JUDGED, label, label))

    wait_until(is_judged)


def _say_and_wait(product: Product, practice: MemoryProcess, said: Mapping[str, bool], *, by: str) -> None:
    """Somebody says all of it, until it is stored and evaluated."""
    stranger = practice.open_account(by)
    for text in said:
        practice.say(stranger, text)
    wait_until(lambda: len(product.rows(_AMONG, list(said))) == len(said), seconds=180)


def _let_enough_be_drawn(product: Product, practice: MemoryProcess, said: Mapping[str, bool], label: str) -> None:
    """A tenth of what is checked is drawn at random to measure on. Until six are, of both kinds, more is said."""
    drawn = "SELECT value FROM triage_feedback WHERE label = %s AND in_clean_sample"
    short = [(text, value) for text, value in said.items() if len(text) < 450][:20]
    for again in range(1, 30):
        found = product.rows(drawn, label)
        if len(set(found)) == 2 and len(found) >= 6:
            return
        more = {f"{text} {again}": value for text, value in short}
        _say_and_wait(product, practice, more, by=f"nachleger{again}")
        assert _say_of_the_others(product, more, label) == len(more)
    raise AssertionError("of hundreds of posts hardly one was drawn")


def _define(page: Page, product: Product) -> str:
    """A name, and two typed examples of each kind; its code."""
    page.goto(f"{product.url}/judges/")
    page.get_by_role("link", name="Merkmal anlegen").click()
    page.get_by_label("Name", exact=True).fill("Köder")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("heading", name="Köder")).to_be_visible()
    for text, button in (
        ("Gewinne jetzt ein Handy, Link im Profil", "trifft zu"),
        ("Wo ist mein Rad?", "trifft nicht zu"),
    ):
        page.get_by_label("Ein Text, wie Menschen ihn schreiben").fill(text)
        page.get_by_role("button", name=f"Hinzufügen: {button}").click()
        expect(page.locator("#examples li", has_text=text)).to_be_visible()
    return page.url.split("/judges/")[1].split("/")[0]


def _check_twenty(page: Page, product: Product, said: Mapping[str, bool], label: str) -> None:
    """By single keys; one is taken back and said again, one is skipped."""
    page.get_by_role("link", name="Zwanzig Beiträge prüfen").click()
    expect(page.locator("#check-place")).to_have_text("1 von 20")
    assert Axe().run(page).response["violations"] == []
    for place in range(1, 21):
        text = page.locator("#check-post .text").inner_text()
        value = next((value for known, value in said.items() if known.split() == text.split()), False)
        page.keyboard.press("j" if value else "n")
        if place == 3:
            expect(page.locator("#check-place")).to_have_text("4 von 20")
            page.keyboard.press("z")
            expect(page.locator("#check-place")).to_have_text("3 von 20")
            page.keyboard.press(" ")
        if place < 20:
            expect(page.locator("#check-place")).to_have_text(f"{place + 1} von 20")
    expect(page.get_by_role("heading", name="19 Beiträge geprüft")).to_be_visible()
    assert product.rows("SELECT count(*) FROM triage_feedback WHERE label = %s", label) == [(19,)]


def _say_of_the_others(product: Product, said: Mapping[str, bool], label: str) -> int:
    """What the round did not ask, through the room."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.flows.checking_posts"], input=json.dumps({"label": label, "said": dict(said)}),
        env=product.environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def _speak_until_learnt(product: Product, practice: MemoryProcess) -> list[str]:
    """People go on talking all the while; what they said."""
    stranger, meanwhile = practice.open_account("mittendrin", "Mittendrin"), list[str]()

    def speak() -> bool:
        meanwhile.append(f"@nordhain Frage Nummer {len(meanwhile)}: wann öffnet ihr?")
        practice.say(stranger, meanwhile[-1])
        clock.sleep(0.5)
        return bool(product.rows(RUN))

    wait_until(speak, seconds=180)
    return meanwhile
