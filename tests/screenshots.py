"""Pictures of every page, to be looked at beside the design: `python -m tests.screenshots OUT [--pages inbox topics]`.

Starts the real product with its demonstration on a throw-away database (or uses one that runs: `--link`, the sign-in
link that it printed), finds every address that answers to GET, and takes each page at four widths, light and dark,
German and English; panels that open within a page, too. Prints what scrolls sideways, what axe finds, and what the
console says.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product as every
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")

import django

django.setup()

from axe_playwright_python.sync_playwright import Axe  # noqa: E402 (addresses need the setup above)
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve  # noqa: E402
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright  # noqa: E402

from resonanz.core import clock  # noqa: E402
from resonanz.web import permissions  # noqa: E402
from tests.flows.fixtures import CHROMIUM, FLAGS  # noqa: E402
from tests.networks.memory_process import free_port  # noqa: E402

Scheme = Literal["light", "dark"]
WIDTHS = [1440, 1190, 1000, 360]
LOCALES = ["de-DE", "en-GB"]
HEIGHT = 900
START_SECONDS = 600
# Pages that strangers see; a signed-in colleague is led away from most of them.
ENTRANCE = ["/accounts/login/", "/accounts/signup/", "/accounts/inactive/", "/sign-in/x/", "/no-such-page/"]
# What the crawl would not find, as it keeps one address of each kind: a list, and which of its links to follow first.
SPECIAL = [
    ("/inbox/?view=all&q=is:declaration", "a.case"),
    ("/inbox/?view=all&q=is:crisis", "a.case"),
    ("/listening/", "a[href*='?alike=']"),
]
# What opens within the page of a case: what is clicked, and what is there then.
PANELS = {"evaluation": (".judge[data-judged]", ".judged"), "declaration": (".declared a[data-panel]", ".declaration")}
NEVER = {"account_login", "account_signup", "account_inactive", "sign_in_by_link", "mfa_download_recovery_codes"}


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    width: int
    scheme: Scheme
    locale: str

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}-{self.locale[:2]}"


def main() -> None:
    """Take the pictures; the exit status says whether anything was found."""
    asked = _arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with _running(asked.link) as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        base = f"{urlsplit(link).scheme}://{urlsplit(link).netloc}"
        kept = asked.out / "state.json"
        _sign_in(browser, link, kept)
        inside = _wanted(_addresses(browser, base, kept), asked.pages)
        for look in [Look(*one) for one in every(asked.widths, get_args(Scheme), asked.locales)]:
            for addresses, state in ((inside, kept), (_wanted(ENTRANCE, asked.pages), None)):
                faults += _pictures(_context(browser, look, state), base, addresses, asked.out, look, axe=asked.axe)
        kept.unlink()
    sys.stdout.write("\n".join([*faults, f"{len(faults)} findings; pictures in {asked.out}"]) + "\n")
    sys.exit(1 if faults else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("out", type=Path, help="the folder for the pictures")
    parser.add_argument("--pages", nargs="*", default=[], help="only addresses that contain one of these")
    parser.add_argument("--widths", nargs="*", type=int, default=WIDTHS)
    parser.add_argument("--locales", nargs="*", default=LOCALES)
    parser.add_argument("--link", help="the sign-in link of a product that runs already")
    parser.add_argument("--no-axe", dest="axe", action="store_false", help="pictures only, in a third of the time")
    return parser.parse_args()


@contextmanager
def _running(link: str | None) -> Iterator[str]:
    """The sign-in link of a product; without one, of a demonstration that ends with us."""
    if link:
        yield link
        return
    with tempfile.TemporaryDirectory(prefix="resonanz-pictures-") as folder:
        Path(folder).chmod(0o755)  # the embedded PostgreSQL runs as a user of its own where we are root
        command = [sys.executable, "-m", "resonanz", "up", "--demo", "--data", f"{folder}/data"]
        told = Path(folder) / "told.txt"
        with told.open("wb") as out:
            started = subprocess.Popen([*command, "--port", str(free_port())], stdout=out, stderr=out)
        try:
            yield _printed_link(started, told)
        finally:
            started.terminate()
            started.wait(timeout=60)


def _printed_link(started: subprocess.Popen[bytes], told: Path) -> str:
    end = clock.monotonic() + START_SECONDS
    while clock.monotonic() < end and started.poll() is None:
        if found := re.search(r"http\S+/sign-in/\S+/", told.read_text("utf-8", "replace")):
            return found[0]
        clock.sleep(0.5)
    raise SystemExit("The product did not start:\n" + told.read_text("utf-8", "replace"))


def _sign_in(browser: Browser, link: str, kept: Path) -> None:
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT})
    page = context.new_page()
    page.goto(link)
    page.get_by_role("main").get_by_role("button").first.click()
    page.get_by_role("navigation").first.wait_for()
    context.storage_state(path=kept)
    context.close()


def _addresses(browser: Browser, base: str, kept: Path) -> list[str]:
    """Every address that answers to GET: those without a number from the routes, one of each other by the links."""
    context = browser.new_context(storage_state=kept)
    waiting = [address for address in _plain_routes() if _is_page(context, base + address)]
    seen: dict[str, str] = {}
    page = context.new_page()
    while waiting:
        address = waiting.pop(0)
        if (name := _route(address)) is None or name in seen:
            continue
        if not _is_page(context, base + address):  # a file to keep, or a part of a page
            continue
        page.goto(base + address)
        if page.locator("main").count() == 0:
            continue
        seen[name] = address
        links = page.eval_on_selector_all("a[href^='/']", "found => found.map(one => one.getAttribute('href'))")
        waiting += [link for link in links if _route(link) not in seen]
    special = [link for address, links in SPECIAL if (link := _first_link(page, base + address, links))]
    context.close()
    return sorted({*seen.values(), *special})


def _first_link(page: Page, address: str, links: str) -> str | None:
    page.goto(address)
    found = page.locator(links)
    return found.first.get_attribute("href") if found.count() else None


def _is_page(context: BrowserContext, address: str) -> bool:
    """Whether a whole page answers, neither a part of one nor data."""
    answer = context.request.get(address)
    return answer.status == 200 and answer.text().lstrip().lower().startswith("<!doctype")


def _plain_routes() -> list[str]:
    def below(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for one in patterns:
            here = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from below(one.url_patterns, here)
            elif "<" not in here and permissions.declared(one.callback, one.name):
                yield here

    return sorted(below(get_resolver().url_patterns, "/"))


def _route(address: str) -> str | None:
    """The name of the route behind an address, None where it is none of ours or not to be followed."""
    try:
        name = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
    return None if name in NEVER else name


def _wanted(addresses: list[str], words: list[str]) -> list[str]:
    return [address for address in addresses if not words or any(word in address for word in words)]


def _context(browser: Browser, look: Look, state: Path | None) -> BrowserContext:
    size = {"width": look.width, "height": HEIGHT}
    return browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme=look.scheme,
        locale=look.locale,
        has_touch=look.width < 500,
        storage_state=state,
    )


def _pictures(
    context: BrowserContext, base: str, addresses: list[str], out: Path, look: Look, *, axe: bool
) -> Iterator[str]:
    """Take the pictures of one look; yields what was found."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for address in addresses:
        said.clear()
        page.goto(base + address)
        page.wait_for_timeout(150)
        name = re.sub(r"[^a-z0-9]+", "-", address).strip("-") or "start"
        page.screenshot(path=out / f"{name}.{look}.png")
        yield from (f"{address} {look}: {fault}" for fault in [*_faults(page, axe=axe), *_unexpected(said)])
        for panel in _opened(page, address):
            page.screenshot(path=out / f"{name}-{panel}.{look}.png")
            yield from (f"{address} with {panel} {look}: {fault}" for fault in _faults(page, axe=axe))
    context.close()


def _opened(page: Page, address: str) -> Iterator[str]:
    """The panels of a case, one after the other."""
    for name, (opener, panel) in PANELS.items() if _route(address) == "case" else ():
        if page.locator(opener).count():
            page.locator(opener).first.click()
            page.locator(panel).first.wait_for()
            yield name
            page.goto(page.url)


def _unexpected(said: list[str]) -> list[str]:
    """What the console said, but for the answers that pages of errors are."""
    return [line for line in said if "Failed to load resource" not in line]


def _faults(page: Page, *, axe: bool) -> Iterator[str]:
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        yield "scrolls sideways"
    for violation in Axe().run(page).response["violations"] if axe else []:
        yield f"axe {violation['id']}: {violation['nodes'][0]['target']}"


if __name__ == "__main__":
    main()
