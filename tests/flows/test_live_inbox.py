"""The live inbox in a browser: what comes shows by itself, two people do not collide, and no typed word is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from resonanz.core import clock
from resonanz.networks.contract import Account
from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.browser

NORA = "nora@nordhain.example"
ANSWER = "Ja, er passt ohne Umbau. ^NF"
_numbers = count(1)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def running(template: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, MemoryProcess]]:
    """The product with a colleague more, for all tests here: each of them has its own strangers and cases."""
    file = tmp_path_factory.mktemp("practice") / "practice.sqlite3"
    with MemoryProcess(file) as practice, Product(data=template, practice=practice) as product:  # type: ignore[arg-type]
        product.command("prepare-demo", "--small", "--memory-url", practice.url)
        product.add_colleague(NORA, "Nora Feld", "AGENT")
        product.start_all()
        wait_until(lambda: product.rows("SELECT 1 FROM service_case HAVING count(*) >= 5"))
        yield product, practice


@pytest.fixture
def product(running: tuple[Product, MemoryProcess]) -> Product:
    return running[0]


@pytest.fixture
def ask(running: tuple[Product, MemoryProcess]) -> Callable[[str], int]:
    """A stranger asks something; when this returns, its case is there."""

    def asking(text: str) -> int:
        product, practice = running
        handle = f"stranger{next(_numbers)}"
        practice.say(practice.open_account(handle, handle.title()), f"@nordhain {text}")
        found = "SELECT c.id FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = %s"
        wait_until(lambda: product.rows(found, handle))
        return int(str(product.rows(found, handle)[0][0]))

    return asking


@pytest.fixture
def stranger(running: tuple[Product, MemoryProcess]) -> Account:
    return running[1].open_account(f"stranger{next(_numbers)}", "Selin")


@pytest.fixture
def locale() -> str:
    """What the readers' browsers speak; a test may ask for another one."""
    return "de-DE"


@pytest.fixture
def admin(running: tuple[Product, MemoryProcess], browser: Browser, locale: str) -> Iterator[BrowserContext]:
    yield from _signed_in(browser, running[0], _administrator(running[0]), locale)


@pytest.fixture
def nora(running: tuple[Product, MemoryProcess], browser: Browser, locale: str) -> Iterator[BrowserContext]:
    yield from _signed_in(browser, running[0], NORA, locale)


def _administrator(product: Product) -> str:
    return str(product.rows("SELECT email FROM accounts_user ORDER BY id LIMIT 1")[0][0])


def _signed_in(browser: Browser, product: Product, email: str, locale: str = "de-DE") -> Iterator[BrowserContext]:
    context = browser.new_context(locale=locale, viewport={"width": 1440, "height": 700})
    _enter(context.new_page(), product, email)
    yield context
    context.close()


def _enter(page: Page, product: Product, email: str) -> None:
    page.goto(product.command("sign-in-link", "--for", email))
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("navigation").first).to_be_visible()


def _opened(context: BrowserContext, product: Product, path: str) -> Page:
    """The page, once it hears what happens: only its stream tells it to look at everything."""
    page = context.pages[0]
    with page.expect_response(lambda answer: "top=1" in answer.url):
        page.goto(product.url + path)
    return page


def _text(page: Page) -> str:
    return page.locator("#reply-text").input_value()


def test_post_shows_in_an_open_inbox_within_two_seconds_and_nothing_moves(
    running: tuple[Product, MemoryProcess], admin: BrowserContext, stranger: Account, ask: Callable[[str], int]
) -> None:
    product, practice = running
    for number in range(6):
        ask(f"Frage Nummer {number}?")
    inbox = _opened(admin, product, "/inbox/?view=all")
    listed = inbox.locator("#list")
    listed.evaluate("list => list.scrollTop = 90")
    first = inbox.locator("a.case").first.get_attribute("id")

    begun = clock.monotonic()
    practice.say(stranger, "@nordhain Passt der Kindersitz?")
    expect(inbox.get_by_role("button", name="1 neuer")).to_be_visible()
    waited = clock.monotonic() - begun

    assert listed.evaluate("list => list.scrollTop") == 90
    assert inbox.locator("a.case").first.get_attribute("id") == first
    inbox.get_by_role("button", name="1 neuer").click()
    expect(inbox.locator("a.case").first).to_contain_text("Passt der Kindersitz?")
    expect(inbox.locator("a.case").first).to_be_focused()
    assert waited < 2, f"it took {waited:.1f} seconds"


def test_moving_keeps_the_list_and_the_address_leads_back(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    first, second = ask("Erste Frage?"), ask("Zweite Frage?")
    page = _opened(admin, product, f"/inbox/{first}/?view=all")
    page.evaluate("document.getElementById('list').dataset.same = 'yes'")

    page.locator(f"#case-{second}").click()
    expect(page.locator(f"[data-open-case='{second}']")).to_be_visible()
    expect(page.locator(f"#case-{second}")).to_have_attribute("aria-current", "true")
    assert page.url.endswith(f"/inbox/{second}/?view=all")
    page.go_back()

    expect(page.locator(f"[data-open-case='{first}']")).to_be_visible()
    expect(page.locator(f"#case-{first}")).to_have_attribute("aria-current", "true")
    assert page.locator("#list").get_attribute("data-same") == "yes"


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
def test_two_people_see_each_other_and_neither_loses_a_word(
    product: Product, admin: BrowserContext, nora: BrowserContext, ask: Callable[[str], int], locale: str
) -> None:
    writes = {"de-DE": "Nora Feld schreibt", "en-GB": "Nora Feld is writing"}[locale]
    case = ask("Wer antwortet zuerst?")
    mine = _opened(admin, product, f"/inbox/{case}/?view=all")
    hers = _opened(nora, product, f"/inbox/{case}/?view=all")
    expect(mine.locator("#presence")).to_contain_text("Nora Feld")

    hers.locator("#reply-text").press_sequentially("Ich antworte gleich.", delay=5)
    expect(mine.locator("#presence")).to_contain_text(writes)
    expect(mine.locator("#colleague-writes")).to_be_visible()
    mine.locator("#reply-text").press_sequentially("Und ich auch.", delay=5)
    hers.locator("#reply-text").press("Control+Enter")

    expect(mine.locator("#paper-state")).to_contain_text("Nora Feld")
    expect(mine.locator("#thread")).to_contain_text("Ich antworte gleich.")
    mine.locator("#reply-text").press("Control+Enter")
    expect(mine.locator(".toast.late")).to_be_visible()
    expect(mine.locator("#reply-text")).to_have_value("Und ich auch.")
    expect(mine.locator(".pending")).to_have_count(0)


def test_answer_goes_to_what_was_said_last_once_the_rest_is_settled(
    running: tuple[Product, MemoryProcess], admin: BrowserContext, stranger: Account
) -> None:
    product, practice = running
    first = practice.say(stranger, "@nordhain Wann kommt mein Rad?")
    found = "SELECT case_id, post_id FROM service_casepost JOIN listening_post l ON l.id = post_id WHERE native_id = %s"
    wait_until(lambda: product.rows(found, first["id"]))
    case, post = product.rows(found, first["id"])[0]
    product.rows("UPDATE service_casepost SET state = 'ANSWERED' WHERE post_id = %s RETURNING id", post)
    page = _opened(admin, product, f"/inbox/{case}/?view=all")

    again = practice.say(stranger, "Und wann genau?", parent_id=first["id"])
    expect(page.locator("#thread")).to_contain_text("Und wann genau?")
    page.locator("#reply-text").fill(ANSWER)
    page.locator("#reply-text").press("Control+Enter")

    goes_to = "SELECT parent_native_id FROM service_outgoing WHERE case_id = %s"
    wait_until(lambda: product.rows(goes_to + " AND state <> 'DRAFT'", case))
    assert product.rows(goes_to, case) == [(again["id"],)]


def test_draft_is_there_after_reload_and_in_another_tab(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    case = ask("Wird der Entwurf gesichert?")
    page = _opened(admin, product, f"/inbox/{case}/?view=all")
    page.locator("#reply-text").press_sequentially("Halb geschrieben", delay=5)
    expect(page.locator(".draft-state")).to_contain_text("Entwurf gesichert")

    page.reload()
    assert _text(page) == "Halb geschrieben"
    other = admin.new_page()
    other.goto(f"{product.url}/inbox/{case}/?view=all")
    assert _text(other) == "Halb geschrieben"

    other.locator("#reply-text").press("End")
    other.locator("#reply-text").press_sequentially(" und weiter", delay=5)
    expect(page.locator("#draft-offer")).to_contain_text("an anderer Stelle geändert")
    page.locator("#draft-offer button").click()
    assert _text(page) == "Halb geschrieben und weiter"


def test_refused_act_is_taken_back_with_its_reason(
    product: Product, admin: BrowserContext, nora: BrowserContext, ask: Callable[[str], int]
) -> None:
    case = ask("Wer übernimmt?")
    product.rows("UPDATE service_case SET assignee_id = NULL WHERE id = %s RETURNING id", case)
    page = _opened(admin, product, f"/inbox/{case}/?view=all")
    page.evaluate("document.querySelector('#case-head form[data-act=claim] [name=instead_of]').value = ''")
    page.route("**/stream/**", lambda route: route.abort())
    product.rows(
        "UPDATE service_case SET claimed_by_id = (SELECT id FROM accounts_user WHERE email = %s),"
        " claimed_until = now() + interval '10 min' WHERE id = %s RETURNING id",
        NORA, case,
    )  # fmt: skip

    page.locator("#case-head .acts > summary").click()
    page.locator("#case-head [data-key=claim]").click()

    expect(page.locator(".toast.late")).to_contain_text("Nora Feld")
    expect(page.locator("#case-head .taken")).not_to_contain_text("mir")
    with page.expect_response(lambda answer: "/claim/" in answer.url):  # refused once, it can be tried again
        page.keyboard.press("m")


def test_what_was_done_can_be_taken_back(product: Product, admin: BrowserContext, ask: Callable[[str], int]) -> None:
    case = ask("Kann ich das zurückgeben?")
    page = _opened(admin, product, f"/inbox/{case}/?view=all")
    page.locator("#reply-text").fill(ANSWER)
    page.locator("#reply-text").press("Control+Enter")
    expect(page.locator(".said.ours")).to_contain_text(ANSWER)
    expect(page.locator("#reply-text")).to_have_value("")

    expect(page.locator(".toast button[data-key=undo]")).to_be_visible()

    page.locator("#thread").focus()
    page.keyboard.press("Control+z")

    expect(page.locator("#reply-text")).to_have_value(ANSWER)
    expect(page.locator(".said.ours")).to_have_count(0)


def test_send_resolve_next_goes_on_at_once(product: Product, admin: BrowserContext, ask: Callable[[str], int]) -> None:
    case = ask("Gibt es das auch in Grün?")
    page = _opened(admin, product, f"/inbox/{case}/?view=all")
    page.locator("#reply-text").fill(ANSWER)

    page.locator("#reply-text").press("Control+Shift+Enter")

    expect(page.locator(f"[data-open-case='{case}']")).to_have_count(0)
    expect(page.locator("[data-open-case]")).to_be_visible()
    wait_until(lambda: product.rows("SELECT 1 FROM service_case WHERE id = %s AND state = 'RESOLVED'", case))


def test_lost_connection_keeps_words_and_catches_up(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    case = ask("Und wenn das Netz weg ist?")
    page = _opened(admin, product, f"/inbox/{case}/?view=all")
    admin.set_offline(True)
    page.locator("#reply-text").fill(ANSWER)
    page.locator("#reply-text").press("Control+Enter")
    expect(page.locator(".toast.late")).to_contain_text("Keine Verbindung")
    expect(page.locator("#reply-text")).to_have_value(ANSWER)
    expect(page.locator(".pending")).to_have_count(0)
    ask("Was kam inzwischen?")

    admin.set_offline(False)

    expect(page.locator("#news")).to_be_visible()
    wait_until(lambda: product.rows("SELECT 1 FROM service_outgoing WHERE text = %s AND case_id = %s", ANSWER, case))


def test_session_that_ended_while_writing_loses_nothing(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    case = ask("Und wenn die Sitzung endet?")
    page = _opened(admin, product, f"/inbox/{case}/?view=all")
    before = admin.cookies()
    admin.clear_cookies(name="sessionid")
    page.locator("#reply-text").press_sequentially("Mitten im Satz", delay=5)
    expect(page.locator("#line")).to_contain_text("Abgemeldet")
    assert _text(page) == "Mitten im Satz"

    other = admin.new_page()
    _enter(other, product, _administrator(product))
    other.close()
    page.bring_to_front()

    expect(page.locator("#line")).to_be_hidden()
    wait_until(lambda: product.rows("SELECT 1 FROM service_outgoing WHERE text = 'Mitten im Satz' AND state = 'DRAFT'"))
    assert before


def test_note_shows_at_once_and_a_slow_answer_moves_only_one_case_on(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    first, *_others = ask("Langsam?"), ask("Noch langsamer?"), ask("Am langsamsten?")
    page = _opened(admin, product, f"/inbox/{first}/?view=all")
    page.locator("#tab-note").click()
    page.locator("#note-text").fill("Erst fragen")
    _slow_down(page)

    page.locator("#note-text").press("Control+Enter")
    expect(page.locator(".said.note.pending .text")).to_have_text("Erst fragen", timeout=1_000)
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator(".said.note:not(.pending) .text")).to_have_text("Erst fragen")
    expect(page.locator(".said.note")).to_have_count(1)
    assert page.locator("#note-text").input_value() == ""

    _settle(product, first)
    page.goto(f"{product.url}/inbox/{first}/?view=all")
    following = page.locator(f"#case-{first}").evaluate("row => row.nextElementSibling?.id")
    page.locator("#case-head [data-key=resolve]").click()
    expect(page.locator(f"[data-open-case='{first}']")).to_have_count(0)
    page.wait_for_timeout(2_500)  # time enough to go on once too often
    assert f"case-{page.locator('[data-open-case]').get_attribute('data-open-case')}" == following


def _slow_down(page: Page) -> None:
    """400 ms for every request."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 200_000, "uploadThroughput": 200_000}
    session.send("Network.emulateNetworkConditions", slow)


def _settle(product: Product, case: int) -> None:
    """Nothing in the case waits for an answer any more."""
    product.rows("UPDATE service_casepost SET state = 'ANSWERED' WHERE case_id = %s RETURNING id", case)


def test_hour_without_connection_and_two_hundred_missed_notices_are_caught_up(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    case = ask("Eine Stunde lang fort?")
    _is_due_in_three_hours(product, case)
    page = admin.pages[0]
    page.clock.install()
    page = _opened(admin, product, f"/inbox/{case}/?view=all")
    due = _minutes_left(page, case)
    page.locator("#reply-text").fill("Vor der Stunde")
    expect(page.locator(".draft-state")).to_contain_text("gesichert")
    admin.set_offline(True)
    page.locator("#reply-text").press_sequentially(" und danach", delay=5)
    page.clock.fast_forward("01:00:00")
    expect(page.locator("#line")).to_contain_text("Verbindung")
    new = ask("Was kam in der Stunde?")
    for number in range(200):
        product.rows("SELECT pg_notify('resonanz', %s)", f'{{"cases": [{case}, {900_000 + number}], "posts": 1}}')

    admin.set_offline(False)

    expect(page.locator("#line")).to_be_hidden()
    expect(page.locator("#news")).to_be_visible()
    assert _text(page) == "Vor der Stunde und danach"
    assert due - _minutes_left(page, case) in {0, 1}  # a minute may end meanwhile
    page.locator("#news").click()
    expect(page.locator(f"#case-{new}")).to_be_visible()


def test_seven_tabs_share_one_stream_and_another_takes_over(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    case = ask("Wie viele Fenster?")
    tabs = [_opened(admin, product, f"/inbox/{case}/?view=all"), *(admin.new_page() for _ in range(6))]
    for tab in tabs[1:]:
        tab.goto(f"{product.url}/inbox/{case}/?view=all")
    assert _streams(tabs) == [True, *[False] * 6]

    first = ask("Sehen es alle sieben?")
    for tab in tabs:
        expect(tab.locator("#news")).to_be_visible()
        tab.locator("#news").click()
        expect(tab.locator(f"#case-{first}")).to_be_visible()
    with tabs[1].expect_response(lambda answer: "/stream/" in answer.url):
        tabs[0].close()
    ask("Und ohne den ersten?")

    for tab in tabs[1:]:
        expect(tab.locator("#news")).to_be_visible()


def _streams(tabs: list[Page]) -> list[bool]:
    """Which of these tabs asked for the stream."""
    asked = "performance.getEntriesByType('resource').some(one => one.name.endsWith('/stream/'))"
    held = "navigator.locks.query().then(all => all.held.length)"
    assert tabs[0].evaluate(held) == 1
    return [tab == tabs[0] or bool(tab.evaluate(asked)) for tab in tabs]


def test_a_wrong_clock_of_the_browser_changes_no_word(
    product: Product, admin: BrowserContext, ask: Callable[[str], int]
) -> None:
    case = ask("Wie spät ist es?")
    _is_due_in_three_hours(product, case)
    page = admin.pages[0]
    page.goto(f"{product.url}/inbox/{case}/?view=all")
    due = _minutes_left(page, case)

    page.clock.install(time=int((clock.now().timestamp() + 86_400) * 1000))
    page.goto(f"{product.url}/inbox/{case}/?view=all")
    page.clock.run_for(20_000)

    assert due - _minutes_left(page, case) in {0, 1}  # a minute may end meanwhile
    expect(page.locator("#thread time").first).to_have_text(re.compile(r"^(gerade eben|vor 1 min)$"))


def _is_due_in_three_hours(product: Product, case: int) -> None:
    """So near that an open page counts the minutes by itself."""
    soon = "UPDATE service_case SET answer_due_at = now() + interval '3 hours' WHERE id = %s RETURNING id"
    product.rows(soon, case)


def _minutes_left(page: Page, case: int) -> int:
    found = re.fullmatch(r"noch (\d+):(\d\d) h", page.locator(f"#case-{case} time").inner_text())
    assert found
    return int(found[1]) * 60 + int(found[2])


def test_a_warning_shows_in_the_corner_of_whom_it_is_for_and_takes_no_focus(
    product: Product, admin: BrowserContext, nora: BrowserContext, ask: Callable[[str], int]
) -> None:
    case = ask("Wann kommt mein Rad?")
    mine, hers = (_opened(context, product, f"/inbox/{case}/?view=all") for context in (admin, nora))
    mine.locator("#reply-text").focus()
    told = product.rows(
        "INSERT INTO service_casewarning (case_id, user_id, matter, stage, due_at, made_at, rung_at)"
        " SELECT c.id, u.id, 'ANSWER', 'OWNER', c.answer_due_at, now(), now() FROM service_case c, accounts_user u"
        " WHERE c.id = %s AND u.email = %s RETURNING user_id",
        case,
        _administrator(product),
    )

    product.rows("SELECT pg_notify('resonanz', %s)", json.dumps({"told": [told[0][0]]}))

    expect(mine.locator(".toast[data-warning]")).to_contain_text(f"Fall {case} auf Übungsnetz")
    expect(mine.locator("#reply-text")).to_be_focused()
    expect(hers.locator(".toast[data-warning]")).to_have_count(0)
