"""The entrance under rude visitors: slow senders, and connections that end within a form."""

from __future__ import annotations

import socket
import urllib.request
from contextlib import ExitStack

import pytest

from resonanz.core import clock
from tests.flows.product import Product, wait_until

SLOW_SENDERS = 12


@pytest.fixture
def web(product: Product) -> Product:
    product.start("web", "web", "--port", str(product.port))
    wait_until(product._answers)
    return product


def _begin(product: Product, body: str, *, length: int) -> socket.socket:
    """A form of `length` bytes of which only `body` is sent."""
    connection = socket.create_connection(("localhost", product.port), timeout=10)
    head = f"POST /accounts/login/ HTTP/1.1\r\nHost: localhost:{product.port}\r\n"
    head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall((head + body).encode())
    return connection


def test_slow_senders_keep_nobody_waiting(web: Product) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW_SENDERS):
            stack.enter_context(_begin(web, "x", length=100))

        started = clock.monotonic()
        with urllib.request.urlopen(web.url + "/accounts/login/", timeout=10) as answer:  # noqa: S310
            status = answer.status

    assert status == 200
    assert clock.monotonic() - started < 5


def test_form_that_was_cut_off_is_not_carried_out(web: Product) -> None:
    with _begin(web, "login=somebody%40nordhain.example&password=ha", length=200):
        clock.sleep(0.5)
    clock.sleep(1.0)

    log = (web.data / "web.log").read_text("utf-8")
    assert "Traceback" not in log
    assert web._answers()


def test_form_beyond_all_measure_is_refused(web: Product) -> None:
    with _begin(web, "x" * 100_000, length=6_000_000) as connection:
        for _ in range(60):
            try:
                connection.sendall(b"x" * 100_000)
            except OSError:
                break
        answer = connection.recv(100)

    assert b"413" in answer.split(b"\r\n")[0]
