"""Pictures, as a colleague meets them: one that a stranger posted, and one that leaves with the answer."""

from __future__ import annotations

import base64
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from resonanz.networks.contract import Account
from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess
from tests.pictures import photo, picture

pytestmark = pytest.mark.browser

THEIRS, OURS = "Der Sattel hängt schief", "Der Sattel sitzt gerade, die Schraube ist oben"


@pytest.fixture
def stranger(product: Product, practice: MemoryProcess) -> Account:
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    return practice.open_account("selin", "Selin")


@pytest.fixture
def case(browser: Browser, product: Product, practice: MemoryProcess, stranger: Account) -> Page:
    """The stranger's question with a picture, open before a colleague."""
    data = base64.b64encode(picture("PNG", size=(300, 200))).decode()
    brought = practice.call("POST", "/media", stranger.secret, data=data, type="image/png", alt=THEIRS)
    practice.say(stranger, "@nordhain Warum hängt der Kindersitz schief?", pictures=[brought["id"]])
    product.start_all()
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    asked = "SELECT 1 FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = 'selin'"
    wait_until(lambda: product.rows(asked))
    page.goto(f"{product.url}/inbox/?view=all")
    page.locator("a.case", has_text="Kindersitz").click()
    return page


def shown(practice: MemoryProcess, stranger: Account) -> list[dict[str, str]]:
    """The pictures beside the answers that stand there."""
    events = practice.call("GET", "/events?after=0&limit=500", stranger.secret)["events"]
    answers = [event["post"] for event in events if (event.get("post") or {}).get("parent_id")]
    return [one for answer in answers for one in answer["media"]]


def test_picture_of_a_stranger_is_seen_and_one_with_a_description_leaves(
    product: Product, practice: MemoryProcess, stranger: Account, case: Page, tmp_path: Path
) -> None:
    theirs = case.get_by_role("img", name=THEIRS)
    expect(theirs).to_be_visible()
    wait_until(lambda: theirs.evaluate("each => each.naturalWidth") == 300)
    assert (theirs.get_attribute("src") or "").startswith("/posts/media/")

    taken = tmp_path / "IMG_0001.jpg"
    taken.write_bytes(photo())
    case.get_by_role("textbox", name="Antwort an").fill("So sitzt er richtig. ^NF")
    case.get_by_label("Bilder hinzufügen").set_input_files(taken)
    described = case.get_by_role("textbox", name="Was Bild 1 zeigt")
    expect(described).to_be_focused()
    described.fill(OURS)
    case.get_by_role("button", name="Antwort senden").click()
    expect(case.locator(".said.ours").get_by_role("img", name=OURS)).to_be_visible()
    assert shown(practice, stranger) == []

    wait_until(lambda: [one["alt"] for one in shown(practice, stranger)] == [OURS])
    with urllib.request.urlopen(practice.url + shown(practice, stranger)[0]["path"]) as found:  # noqa: S310
        assert b"Nordhain Phone" not in found.read()


def test_picture_without_a_description_stays_with_the_draft(
    product: Product, practice: MemoryProcess, stranger: Account, case: Page, tmp_path: Path
) -> None:
    taken = tmp_path / "IMG_0001.jpg"
    taken.write_bytes(photo())
    case.get_by_role("textbox", name="Antwort an").fill("So sitzt er richtig. ^NF")
    case.get_by_label("Bilder hinzufügen").set_input_files(taken)
    described = case.get_by_role("textbox", name="Was Bild 1 zeigt")
    expect(described).to_be_focused()
    case.get_by_role("textbox", name="Antwort an").focus()
    case.get_by_role("button", name="Antwort senden").click()
    expect(described).to_be_focused()  # that is what is missing
    states = "SELECT state FROM service_outgoing WHERE text LIKE 'So sitzt%%'"
    wait_until(lambda: product.rows(states))

    case.reload()

    expect(described).to_be_visible()
    expect(case.get_by_role("textbox", name="Antwort an")).to_have_value("So sitzt er richtig. ^NF")
    case.get_by_role("button", name="Entfernen").click()
    expect(described).to_have_count(0)
    assert product.rows(states) == [("DRAFT",)]
