"""Servers on the loopback that networks are tried against."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from tests.networks.discourse_asking import NOON
from tests.networks.discourse_server import DiscourseServer
from tests.networks.facebook_server import FacebookServer
from tests.networks.instagram_server import InstagramServer
from tests.networks.kin_server import KinServer
from tests.networks.loopback_server import LoopbackServer
from tests.networks.page_server import PageServer
from tests.networks.reddit_server import RedditServer
from tests.networks.telegram_server import TelegramServer
from tests.networks.threads_server import ThreadsServer
from tests.networks.whatsapp_server import WhatsAppServer
from tests.networks.x_server import XServer
from tests.networks.youtube_server import YouTubeServer

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE

S = TypeVar("S", bound=LoopbackServer)


@contextmanager
def reachable(server: S, monkeypatch: pytest.MonkeyPatch) -> Iterator[S]:
    """The server, running, and allowed to be asked."""
    with server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    """A small web server that the client may reach and whose answers the test writes."""
    with PageServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


@pytest.fixture
def forum(monkeypatch: pytest.MonkeyPatch) -> Iterator[DiscourseServer]:
    """A forum that the client may reach, at noon."""
    with clock.moved_to(NOON), reachable(DiscourseServer(), monkeypatch) as server:
        yield server


@pytest.fixture
def kin(monkeypatch: pytest.MonkeyPatch) -> Iterator[KinServer]:
    """A server of Mastodon's kin that the client may reach."""
    with KinServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, ",".join(server.hosts))
        yield server


@pytest.fixture
def x(monkeypatch: pytest.MonkeyPatch) -> Iterator[XServer]:
    """X, which the client may reach, at noon."""
    with clock.moved_to(NOON), reachable(XServer(), monkeypatch) as server:
        yield server


@pytest.fixture
def facebook(monkeypatch: pytest.MonkeyPatch) -> Iterator[FacebookServer]:
    """A Page on Facebook that the client may reach, at noon."""
    with clock.moved_to(NOON), reachable(FacebookServer(), monkeypatch) as server:
        yield server


@pytest.fixture
def instagram(monkeypatch: pytest.MonkeyPatch) -> Iterator[InstagramServer]:
    """An account on Instagram that the client may reach, at noon."""
    with clock.moved_to(NOON), reachable(InstagramServer(), monkeypatch) as server:
        yield server


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadsServer]:
    """An account on Threads that the client may reach, at noon."""
    with clock.moved_to(NOON), reachable(ThreadsServer(), monkeypatch) as server:
        yield server


@pytest.fixture
def whatsapp(monkeypatch: pytest.MonkeyPatch) -> Iterator[WhatsAppServer]:
    """A number at WhatsApp that the client may reach, at noon."""
    with clock.moved_to(NOON), reachable(WhatsAppServer(), monkeypatch) as server:
        yield server


@pytest.fixture
def bots(monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramServer]:
    """Telegram, as far as bots see it, at noon."""
    with clock.moved_to(NOON), reachable(TelegramServer(), monkeypatch) as server:
        yield server


@pytest.fixture
def youtube(monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTubeServer]:
    """YouTube, which the client may reach, at noon."""
    with clock.moved_to(NOON), reachable(YouTubeServer(), monkeypatch) as server:
        yield server


@pytest.fixture
def reddit(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedditServer]:
    """Reddit, which the client may reach, at noon."""
    with clock.moved_to(NOON), reachable(RedditServer(), monkeypatch) as server:
        yield server
