"""Every page in a real browser: axe finds nothing, nothing scrolls sideways, nothing breaks the content policy."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser

PAGES = ["/", "/inbox/?view=all", "/listening/", "/topics/", "/topics/new/", "/channels/", "/channels/new/"]
PAGES += [f"/channels/new/?network={network}" for network in ("mastodon", "hackernews", "mail")]
PAGES += [
    "/responsibilities/",
    "/responsibilities/presence/",
    "/responsibilities/hours/",
    "/responsibilities/hours/new/",
    "/responsibilities/targets/",
    "/issues/",
    "/issues/new/",
    "/inbox/select/?view=all",
    "/inbox/bulk/snooze/?view=all&case=1",
    "/macros/",
    "/tags/",
    "/macros/new/",
    "/knowledge/",
    "/knowledge/new/",
    "/company/assistant/",
    "/approvals/",
    "/guideline/",
    "/guideline/versions/",
    "/guideline/register/",
    "/moderation/",
    "/guideline/employees/",
    "/guideline/simulator/",
    "/guideline/emergency/",
    "/groups/",
    "/inbox/views/",
    "/settings/accounts/",
    "/company/notifications/",
    "/colleagues/",
    "/settings/",
    "/answered/",
    "/capture/",
    "/no-such-page/",
    "/accounts/2fa/",
    "/components/",
    "/find/?q=a",
    "/company/",
    "/channels/connect/mastodon/",
    "/inbox/filters/?view=all",
    "/guideline/?part=EMPLOYEES",
    "/guideline/simulator/?act=replay",
    "/read/x/",
    "/ask/x/",
    "/judges/",
    "/judges/new/",
    "/judges/choices/",
    "/judges/complaint/",
    "/judges/complaint/check/",
]
PARTS_OF_A_CASE = [
    "",
    "ask/",
    "moderate/",
    "macros/",
    "ideas/",
    "assign/",
    "link/",
    "merge/",
    "split/",
    "later/",
    "do/known-issue/",
    "do/snooze/",
    "do/tag/",
    "do/hand-over/",
]
LOOKS: list[tuple[int, Literal["light", "dark"], str]] = [
    (1440, "light", "de-DE"),
    (360, "dark", "en-GB"),
    (1000, "dark", "de-DE"),
    (360, "light", "de-DE"),
    (1190, "light", "de-DE"),
]
CHIPS_CUT_OFF = """() => [...document.querySelectorAll(".facts .chip, .said .more > .chip")].filter(
    (one) => one.checkVisibility() && one.scrollWidth > one.clientWidth).map((one) => one.textContent)"""
TABLES_OUTSIDE = """() => [...document.querySelectorAll(".card > table")].some(
    (one) => one.getBoundingClientRect().right > one.parentElement.getBoundingClientRect().right + 1)"""
SCROLLS_TWICE = "document.querySelector('.house') && document.documentElement.scrollHeight > innerHeight + 1"
CUT_OFF = """[...document.querySelectorAll("main, main > section, .open > section")].some(
    part => part.getBoundingClientRect().right > innerWidth + 1)"""
ODD = {
    "sixty": ("Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewis", "@nordhain Passt er?"),
    "rtl": ("\u202eמרים\u200b\u2066כהן\u200d", "@nordhain \u202eשלום\u202c, wo bleibt er?\u200b"),
    "emoji": ("🚲", "@nordhain 🔋😡🤷‍♀️"),
    "markup": ("<b id=evil>Eva</b>", "@nordhain <img src=x onerror=document.title='evil'> &amp; {{ 7 }}?"),
    "endless": ("Ohne Ende", "@nordhain Wann?"),
}
"""Names and texts of strangers that pages have to bear."""
_OWN_LABEL = """
WITH made AS (INSERT INTO triage_companylabel (name, description, created_at)
    VALUES (left(repeat('Donaudampfschifffahrt', 3), 60), '', now()) RETURNING id)
INSERT INTO triage_labelexample (label_id, text, value, added_at)
SELECT id, repeat('Donaudampfschifffahrt', 9), true, now() FROM made RETURNING label_id
"""
ENDLESS = "Donaudampfschifffahrt" * 3000 + " und noch" * 4112


@pytest.fixture
def started(product: Product, practice: MemoryProcess) -> Product:
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.start_all()
    wait_until(lambda: product.rows("SELECT 1 FROM service_case"))
    return product


def test_pages_are_accessible_fit_and_keep_the_content_policy(
    started: Product, practice: MemoryProcess, browser: Browser, tmp_path: Path
) -> None:
    practice.say(practice.open_account("vera", "Vera"), "@nordhain Hiermit kündige ich meinen Vertrag fristgerecht.")
    wait_until(lambda: started.rows("SELECT 1 FROM service_declaration WHERE state = 'FOUND'"))
    declared = started.rows("SELECT id, case_id FROM service_declaration WHERE state = 'FOUND' ORDER BY id DESC")[0]
    signed_in = _sign_in(started, browser, tmp_path / "state.json")
    case = started.rows("SELECT min(id) FROM service_case")[0][0]
    own = started.rows(_OWN_LABEL)[0][0]
    person = started.rows("SELECT min(id) FROM people_person")[0][0]
    post = started.rows("SELECT min(post_id) FROM service_casepost WHERE case_id = %s", case)[0][0]
    faults: list[str] = []

    for width, scheme, locale in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale, storage_state=signed_in
        )
        page = context.new_page()
        page.on("console", partial(_note, faults))
        page.on("pageerror", lambda error: faults.append(str(error)))  # noqa: B023 (one list for all)
        declarations = [f"/declarations/{declared[0]}/", f"/inbox/{declared[1]}/"]
        parts = [f"/inbox/{case}/{part}" for part in PARTS_OF_A_CASE]
        single = [f"/judges/own-{own}/", f"/people/{person}/", f"/posts/{post}/evaluation/?similar=1"]
        for path in [*PAGES, *parts, *declarations, *single]:
            page.goto(started.url + path)
            faults += [f"{path} {width} {scheme} {locale}: {fault}" for fault in _faults(page)]
        _look_into(page, f"{started.url}/inbox/{case}/")
        faults += [f"evaluation in a case {width} {scheme} {locale}: {fault}" for fault in _faults(page)]
        context.close()

    assert faults == []


def test_odd_names_and_endless_texts_break_no_page(
    started: Product, practice: MemoryProcess, browser: Browser, tmp_path: Path
) -> None:
    for handle, (name, text) in ODD.items():
        practice.say(practice.open_account(handle, name), text)
    query = "SELECT c.id FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = ANY(%s)"
    wait_until(lambda: len(started.rows(query, list(ODD))) == len(ODD))
    started.rows("UPDATE listening_post SET text = %s WHERE author_handle = 'endless' RETURNING id", ENDLESS)
    signed_in = _sign_in(started, browser, tmp_path / "state.json")
    cases = [f"/inbox/{row[0]}/" for row in started.rows(query, list(ODD))]
    faults: list[str] = []

    for width in (1440, 360):
        context = browser.new_context(viewport={"width": width, "height": 800}, storage_state=signed_in)
        page = context.new_page()
        page.on("console", partial(_note, faults))
        for path in ["/inbox/?view=all", "/listening/", *cases]:
            page.goto(started.url + path)
            faults += [f"{path} {width}: {fault}" for fault in _faults(page)]
            assert page.locator("#evil").count() == 0
            assert "evil" not in page.title().replace("<b id=evil>Eva</b>", "")
        context.close()

    assert faults == []


def _look_into(page: Page, case: str) -> None:
    """What is behind a judgement, opened beside its post, and all that folds out below it."""
    page.goto(case)
    page.locator(".judge[data-judged]").first.click()
    page.locator(".judged").wait_for()
    for more in page.locator(".judged summary").all():
        more.click()


def _note(faults: list[str], message: ConsoleMessage) -> None:
    if "Content Security" in message.text:
        faults.append(message.text)


def _sign_in(product: Product, browser: Browser, kept: Path) -> Path:
    context: BrowserContext = browser.new_context()
    page = context.new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(product.url + "/")
    context.storage_state(path=kept)
    context.close()
    return kept


def _faults(page: Page) -> list[str]:
    found = [
        f"axe {violation['id']}: {node['html'][:200]}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("scrolls sideways")
    if page.evaluate(CUT_OFF):
        found.append("is cut off at the right")
    if page.evaluate(TABLES_OUTSIDE):
        found.append("a table is wider than its card")
    if page.evaluate(SCROLLS_TWICE):
        found.append("scrolls as a document, too")
    found += [f"says less than it should: {words}" for words in page.evaluate(CHIPS_CUT_OFF)]
    return found
