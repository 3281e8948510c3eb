"""Bluesky as people use it: the account is connected, a stranger asks, is answered in the thread, and takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from resonanz.core import clock
from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess
from tests.peers.atproto_network import AtprotoNetwork
from tests.peers.atproto_person import Person, Strong, wait_for
from tests.peers.colleague import name_who_answers, signed_in

pytestmark = pytest.mark.browser

ANSWER = "Ja, er passt ohne Umbau. ^NF"
CASES = """SELECT c.id FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = %s"""
HELD = """SELECT count(DISTINCT p.native_id), count(*) FROM listening_post p
    WHERE p.network = 'bluesky' AND p.author_handle = %s"""
BROKEN_OFF = 60
WRITTEN = 1_000
WITHIN = 5.0  # seconds


@pytest.fixture
def werke(atproto: AtprotoNetwork) -> Person:
    return atproto.open_account("werke")


@pytest.fixture
def eva(atproto: AtprotoNetwork) -> Person:
    return atproto.open_account("eva")


@pytest.fixture
def page(browser: Browser, product: Product, practice: MemoryProcess, atproto: AtprotoNetwork) -> Page:
    """A colleague, signed in, in a company that does not know Bluesky yet."""
    return signed_in(browser, product, practice, hosts=f"{atproto.host},{atproto.app_view_host}")


def connect(page: Page, product: Product, atproto: AtprotoNetwork, person: Person, password: str) -> None:
    page.goto(f"{product.url}/channels/new/?network=bluesky")
    page.get_by_label("Name", exact=True).fill("Bluesky")
    page.get_by_label("Adresse").fill(atproto.pds_url)
    page.get_by_label("Kontoname").fill(person.handle)
    page.get_by_label("Token").fill(password)
    page.get_by_role("button", name="Verbinden").click()


def becomes_a_case(product: Product, stranger: Person, ours: Person, text: str) -> tuple[Strong, float]:
    """The stranger mentions us; the post, and after how many seconds its case is there."""
    said_at = clock.monotonic()
    post = stranger.post(f"@{ours.handle} {text}", mentions=[ours], languages=["de"])
    wait_until(lambda: product.rows(CASES, stranger.handle))
    return post, clock.monotonic() - said_at


def test_mention_becomes_a_case_is_answered_in_its_thread_and_vanishes_when_it_is_deleted(
    page: Page, product: Product, atproto: AtprotoNetwork, werke: Person, eva: Person
) -> None:
    connect(page, product, atproto, werke, "aaaa-bbbb-cccc-dddd")
    expect(page.get_by_text("lässt dieses Konto mit diesem Token nicht ein")).to_be_visible()
    connect(page, product, atproto, werke, werke.app_password("Resonanz"))
    expect(page.get_by_text("Bluesky ist verbunden.")).to_be_visible()
    name_who_answers(page)
    wait_until(lambda: product.rows("SELECT 1 FROM networks_channel WHERE network = 'bluesky' AND cursor <> ''"))

    post, seconds = becomes_a_case(product, eva, werke, "Passt der Kindersitz auch ans Trekking 5?")
    for name in ("otto", "ida"):  # whatever else the machine does just now: the quickest of three
        if seconds > WITHIN:
            seconds = becomes_a_case(product, atproto.open_account(name), werke, "Habt ihr samstags offen?")[1]
    page.goto(f"{product.url}/inbox/?view=all")
    page.locator("a.case", has_text="Kindersitz").click()
    page.get_by_role("textbox", name="Antwort").fill(ANSWER)
    page.get_by_role("button", name="Antwort senden").click()
    (answer,) = eva.replies_to(post.uri, at_least=1) or wait_for(lambda: eva.replies_to(post.uri), bool)

    assert seconds <= WITHIN
    assert (answer.did, answer.text) == (werke.did, ANSWER)
    assert werke.record(answer.uri)["reply"] == {"root": post.as_json(), "parent": post.as_json()}

    eva.delete(post.uri)
    wait_until(lambda: not product.rows("SELECT 1 FROM listening_post WHERE native_id = %s", post.uri), seconds=150)
    page.reload()
    expect(page.get_by_text("Vielleicht wurde es inzwischen gelöscht")).to_be_visible()
    page.goto(f"{product.url}/inbox/?view=all")
    expect(page.locator("a.case").first).to_be_visible()
    expect(page.get_by_text("Kindersitz")).to_have_count(0)
    assert len(_answers(werke, answer.uri)) == 1


def test_a_thousand_posts_written_while_we_are_cut_off_are_all_here_afterwards(
    page: Page, product: Product, atproto: AtprotoNetwork, werke: Person, eva: Person
) -> None:
    connect(page, product, atproto, werke, werke.app_password("Resonanz"))
    name_who_answers(page)
    first = eva.post(f"@{werke.handle} Hallo?", mentions=[werke])
    wait_until(lambda: product.rows("SELECT 1 FROM listening_post WHERE native_id = %s", first.uri))
    inside = replace(eva, url=atproto.inside_url)

    atproto.cut()
    begun = clock.monotonic()
    written = [inside.post(f"@{werke.handle} Nummer {number}", mentions=[werke]).uri for number in range(WRITTEN)]
    clock.sleep(max(0.0, BROKEN_OFF - (clock.monotonic() - begun)))
    wait_until(lambda: product.rows("SELECT 1 FROM networks_channel WHERE failing_since IS NOT NULL"))
    atproto.mend()

    wait_until(lambda: product.rows(HELD, eva.handle) == [(WRITTEN + 1, WRITTEN + 1)], seconds=240)
    held = {uri for (uri,) in product.rows("SELECT native_id FROM listening_post WHERE network = 'bluesky'")}
    assert set(written) <= held
    wait_until(lambda: product.rows("SELECT is_filled FROM networks_gap") == [(True,)], seconds=120)
    page.goto(f"{product.url}/channels/")
    page.get_by_role("link", name="Bluesky").first.click()
    expect(page.locator("#gaps")).to_contain_text("nachgeholt")


def _answers(person: Person, uri: str) -> Sequence[object]:
    found: list[object] = person.ask("app.bsky.feed.getPosts", uris=uri)["posts"]
    return found
