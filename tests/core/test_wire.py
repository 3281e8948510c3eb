"""A connection for protocols of lines: whom it reaches, how long it waits, and that nobody reads along."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.certificates import write_certificates

from resonanz.core import http, wire
from resonanz.core.wire import Wire, WireBounds

QUICK = WireBounds(connect_seconds=1.0, seconds=1.0, most_bytes=10_000)
Served = Callable[[Callable[[socket.socket], None]], int]


@pytest.fixture
def served() -> Iterator[Served]:
    """Runs what it is given with each connection; the port."""
    open_ones: list[socket.socket] = []

    def begin(talk: Callable[[socket.socket], None]) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        open_ones.append(listening)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    one, _ = listening.accept()
                    with one, contextlib.suppress(OSError):
                        talk(one)

        threading.Thread(target=serve, daemon=True).start()
        return int(listening.getsockname()[1])

    yield begin
    for one in open_ones:
        one.close()


@pytest.fixture
def certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Of a server that is called localhost; its authority is trusted."""
    write_certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    wire.tls.cache_clear()
    yield tmp_path
    wire.tls.cache_clear()


_open: list[Wire] = []


@pytest.fixture(autouse=True)
def closed_in_the_end() -> Iterator[None]:
    yield
    while _open:
        _open.pop().close()


def connected(port: int, host: str = "127.0.0.1", *, encrypted: bool = False) -> Wire:
    _open.append(Wire(host, port, encrypted=encrypted, bounds=QUICK, allowed=[f"{host}:{port}"]))
    return _open[-1]


def encrypted(one: socket.socket, folder: Path) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context.wrap_socket(one, server_side=True)


def test_lines_and_bytes_come_as_from_a_file(served: Served) -> None:
    port = served(lambda one: one.sendall(b"one\r\ntwo three\r\nfour"))
    found = connected(port)

    assert (found.readline(), found.read(4), found.readline(3), found.readline()) == (
        b"one\r\n",
        b"two ",
        b"thr",
        b"ee\r\n",
    )
    with pytest.raises(http.NoAnswer):
        found.readline()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "[::1]", "169.254.169.254", "0x7f000001"])
def test_no_private_address_is_reached(host: str) -> None:
    with pytest.raises(http.AddressRefused):
        Wire(host.strip("[]"), 143, encrypted=False, bounds=QUICK, allowed=[])


def test_what_a_cloud_tells_its_machines_is_not_reached_even_where_it_is_allowed() -> None:
    with pytest.raises(http.AddressRefused):
        connected(143, "169.254.169.254")


def test_a_name_that_answers_differently_a_moment_later_gains_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[str] = []
    port = served(lambda one: reached.append("inside"))
    answers = iter(["192.0.2.1", "127.0.0.1"])
    real = socket.getaddrinfo

    def getaddrinfo(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        return real(next(answers) if host == "mail.example" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(http, "is_public", lambda address: str(address) == "192.0.2.1")

    with pytest.raises(http.NothingSent):
        Wire("mail.example", port, encrypted=False, bounds=WireBounds(connect_seconds=0.2, seconds=0.5), allowed=[])

    assert (list(answers), reached) == (["127.0.0.1"], [])


def test_only_this_very_machine_may_be_spoken_to_in_plain(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    port = served(lambda one: None)
    assert connected(port).may_be_plain()
    monkeypatch.setattr(http, "is_public", lambda address: True)
    with contextlib.closing(Wire("127.0.0.1", port, encrypted=False, bounds=QUICK, allowed=[])) as unnamed:
        assert not unnamed.may_be_plain()


def test_a_drip_does_not_lengthen_the_time(served: Served) -> None:
    def drip(one: socket.socket) -> None:
        while True:
            one.sendall(b"x")
            time.sleep(0.1)

    found, started = connected(served(drip)), time.monotonic()
    with pytest.raises(http.TooSlow):
        found.readline()
    assert time.monotonic() - started < 2


def test_what_is_too_large_is_not_read(served: Served) -> None:
    port = served(lambda one: one.sendall(b"x" * 1_000_000))
    with pytest.raises(http.TooLarge):
        connected(port).readline()
    with pytest.raises(http.TooLarge):  # before a byte of it is waited for
        connected(port).read(2_000_000_000)


def test_each_exchange_has_its_own_purse(served: Served) -> None:
    def talk(one: socket.socket) -> None:
        for _ in range(5):
            one.sendall(b"x" * 7_999 + b"\n")
            one.recv(1)

    found = connected(served(talk))
    for _ in range(5):
        found.begin()
        assert len(found.readline()) == 8_000
        found.sendall(b".")


def test_a_look_whether_something_comes_loses_nothing(served: Served) -> None:
    def talk(one: socket.socket) -> None:
        time.sleep(0.3)
        one.sendall(b"now\n")
        one.recv(1)

    found = connected(served(talk))
    assert not found.comes(0.05)
    assert found.comes(1.0)
    assert found.comes(0.0)
    assert found.readline() == b"now\n"


def test_what_somebody_between_said_before_tls_is_dropped(served: Served, certificates: Path) -> None:
    def talk(one: socket.socket) -> None:
        one.sendall(b"220 go on\r\n250 AUTH PLAIN of somebody between\r\n")
        one.recv(1)
        with encrypted(one, certificates) as inside:
            inside.sendall(b"220 the server itself\r\n")
            inside.recv(1)

    found = connected(served(talk), "localhost")
    assert found.readline() == b"220 go on\r\n"
    found.sendall(b".")
    found.encrypt()
    assert found.readline() == b"220 the server itself\r\n"


def test_a_server_of_another_name_or_of_no_authority_is_not_spoken_to(
    served: Served, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def talk(one: socket.socket) -> None:
        with encrypted(one, certificates) as inside:
            inside.recv(1)

    port = served(talk)
    connected(port, "localhost", encrypted=True).close()
    write_certificates(certificates, "other.example")
    wire.tls.cache_clear()
    with pytest.raises(http.NothingSent):
        connected(port, "localhost", encrypted=True)
    write_certificates(certificates)
    monkeypatch.delenv("SSL_CERT_FILE")
    wire.tls.cache_clear()
    with pytest.raises(http.NothingSent):
        connected(port, "localhost", encrypted=True)


def test_nobody_there_is_told_as_nothing_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(http.NothingSent):
        connected(port)
