"""Servers that others wrote. They run with `./resonanz test --peers`; without it these tests are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from resonanz.core import wire
from resonanz.core.http import ALLOWED_VARIABLE
from tests.house.test_counterparts import counterparts
from tests.peers.atproto_install import installed
from tests.peers.atproto_network import AtprotoNetwork, running_network
from tests.peers.mail_servers import MailServers, running_servers
from tests.service.conftest import agent, moving_clock  # noqa: F401 (fixtures)

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what lies here, unless it is wanted; not as skipped, which would be a failure in CI."""
    if config.getoption("peers", default=False):
        return
    left_out = [item for item in items if item.path.is_relative_to(HERE)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What ran against what, as docs/networks.md has it."""
    if config.getoption("peers", default=False):
        terminalreporter.section("tested against what")
        for row in counterparts():
            terminalreporter.write_line(" · ".join(row))


def _say(config: pytest.Config) -> Callable[[str], None]:
    """Tells whoever waits why it takes a while."""

    def say(line: str) -> None:
        capture = config.pluginmanager.getplugin("capturemanager")
        reporter = config.pluginmanager.getplugin("terminalreporter")
        if capture is not None and reporter is not None:
            with capture.global_and_fixture_disabled():
                reporter.write_line(f"\n{line}")

    return say


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Tells whoever waits why it takes a while."""
    return _say(pytestconfig)


@pytest.fixture(scope="session")
def atproto_network(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtprotoNetwork]:
    """An AT Protocol network. It takes ten seconds to start, so all tests share it, and each opens its own accounts."""

    installation = installed(_say(pytestconfig))
    with running_network(installation, tmp_path_factory.mktemp("atproto")) as network:
        yield network


@pytest.fixture
def atproto(atproto_network: AtprotoNetwork, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtprotoNetwork]:
    """The same, allowed to be asked, and to be reached again after the test."""
    monkeypatch.setenv(ALLOWED_VARIABLE, f"{atproto_network.host},{atproto_network.app_view_host}")
    yield atproto_network
    atproto_network.mend()


@pytest.fixture(scope="session")
def mail_servers(pytestconfig: pytest.Config) -> Iterator[MailServers]:
    """Dovecot and Postfix. They start in a few seconds, and each test opens mailboxes of its own."""
    with running_servers(_say(pytestconfig)) as servers:
        yield servers


@pytest.fixture
def mail(mail_servers: MailServers, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServers]:
    """The same, allowed to be asked, and vouched for."""
    monkeypatch.setenv(ALLOWED_VARIABLE, mail_servers.allowed())
    monkeypatch.setenv("SSL_CERT_FILE", str(mail_servers.ca))
    wire.tls.cache_clear()
    yield mail_servers
    wire.tls.cache_clear()
