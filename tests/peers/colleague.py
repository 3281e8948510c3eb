"""What a colleague does in the browser before a network of others comes into play."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.flows.product import Product
from tests.networks.memory_process import MemoryProcess


def signed_in(browser: Browser, product: Product, practice: MemoryProcess, *, hosts: str) -> Page:
    """A colleague in a company that is not connected yet; `hosts`: servers on this machine that may be reached."""
    product.more = {"RESONANZ_ALLOWED_HOSTS": f"{practice.host},{hosts}"}
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    product.add_colleague("deniz@nordhain.example", "Deniz Aydın", "AGENT")
    product.start_all()
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(product.command("sign-in-link"))
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    return page


def name_who_answers(page: Page) -> None:
    """Before that nobody listens there."""
    page.get_by_role("link", name="Jemanden benennen").click()
    form = page.locator("#new form")
    form.get_by_label("Wer antwortet").select_option(index=1)
    form.get_by_label("Vertretung").select_option(index=2)
    form.get_by_role("button", name="Speichern").click()
