"""E-mail as people use it: the mailbox is connected, a stranger writes, is answered in the thread, and answers back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from resonanz.core import clock
from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess
from tests.peers.colleague import name_who_answers, signed_in
from tests.peers.mail_servers import SHOP, MailServers, Person

pytestmark = pytest.mark.browser

ANSWER = "Ja, er passt ohne Umbau. ^NF"
CASES = """SELECT c.id FROM service_case c JOIN people_identity i ON i.id = c.identity_id WHERE i.handle = %s"""


@pytest.fixture
def service(mail: MailServers) -> Person:
    return mail.open_mailbox("service", SHOP)


@pytest.fixture
def eva(mail: MailServers) -> Person:
    return mail.open_mailbox("eva")


@pytest.fixture
def page(browser: Browser, product: Product, practice: MemoryProcess, mail: MailServers) -> Page:
    """A colleague, signed in, in a company that reads no mail yet."""
    return signed_in(browser, product, practice, hosts=mail.allowed())


def connect(page: Page, product: Product, mail: MailServers, mailbox: str, password: str) -> None:
    page.goto(f"{product.url}/channels/new/?network=mail")
    page.get_by_label("Name", exact=True).fill("Service")
    page.get_by_label("Postfach", exact=True).fill(mailbox)
    page.get_by_label("Passwort").fill(password)
    page.get_by_label("Server zum Lesen").fill(f"localhost:{mail.ports['imap']}")
    page.get_by_label("Server zum Senden").fill(f"smtps://localhost:{mail.ports['submissions']}")
    page.get_by_role("button", name="Verbinden").click()


def question(eva: Person, service: Person, number: int, words: str, *above: str) -> bytes:
    headers = [f"From: Eva Muster <{eva.address}>", f"To: {service.address}", f"Message-ID: <{number}.{eva.address}>"]
    headers += [*above, "Content-Type: text/plain; charset=utf-8"]
    return "\r\n".join([*headers, "", words, ""]).encode()


def test_mail_becomes_a_case_is_answered_in_its_thread_and_what_comes_back_joins_it(
    page: Page, product: Product, mail: MailServers, service: Person, eva: Person
) -> None:
    connect(page, product, mail, f"eva.muster@{SHOP}", service.password)
    expect(page.get_by_text("sieht nach einem persönlichen Postfach aus")).to_be_visible()
    connect(page, product, mail, service.address, "falsch")
    expect(page.get_by_text("lässt dieses Konto mit diesem Token nicht ein")).to_be_visible()
    connect(page, product, mail, service.address, service.password)
    expect(page.get_by_text("Service ist verbunden.")).to_be_visible()
    name_who_answers(page)
    wait_until(lambda: product.rows("SELECT 1 FROM networks_channel WHERE network = 'mail' AND cursor <> ''"))

    said_at = clock.monotonic()
    eva.send(service.address, question(eva, service, 1, "Passt der Kindersitz ans Trekking 5?", "Subject: Kindersitz"))
    wait_until(lambda: product.rows(CASES, eva.address))
    seconds = clock.monotonic() - said_at
    page.goto(f"{product.url}/inbox/?view=all")
    page.locator("a.case", has_text="Kindersitz").click()
    page.get_by_role("textbox", name="Antwort").fill(ANSWER)
    page.get_by_role("button", name="Antwort senden").click()
    answer = eva.receives(lambda raw: f"<1.{eva.address}>".encode() in raw, seconds=60)

    assert seconds <= 5
    assert ANSWER.encode() in answer

    (own_id,) = [one for one in answer.split(b"\r\n") if one.startswith(b"Message-ID:")]
    below = f"In-Reply-To: {own_id.decode().split(' ')[1]}"
    eva.send(service.address, question(eva, service, 2, "Danke! Und hinten?", "Subject: Re: Kindersitz", below))
    wait_until(lambda: product.rows("SELECT 1 FROM listening_post WHERE text = 'Danke! Und hinten?'"))
    assert len(product.rows(CASES, eva.address)) == 1
    wait_until(lambda: all(b"\\Seen" in flags for flags, _ in service.mails()), seconds=100)
