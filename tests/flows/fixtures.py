"""What tests of whole ways use: the product as its processes, the practice network, a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from resonanz.ops.data_folder import open_data_folder
from tests.flows.product import Product, make_template
from tests.networks.memory_process import MemoryProcess

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
# Long enough for a busy machine; whoever tests that something comes soon says so.
expect.set_options(timeout=30_000)
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key folder that goes with the migrated template database."""
    data = tmp_path_factory.mktemp("product") / "data"
    open_data_folder(data)
    make_template(data)
    return data


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[MemoryProcess]:
    """A practice network of its own process, never killed."""
    with MemoryProcess(tmp_path / "practice.sqlite3") as process:
        yield process


@pytest.fixture
def product(template: Path, practice: MemoryProcess) -> Iterator[Product]:
    """The product with its demonstration channel, nothing started yet."""
    with Product(data=template, practice=practice) as made:
        yield made


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Whatever a test leaves open is closed after it: pages would go on asking for a product that is gone."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()
