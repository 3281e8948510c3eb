"""Streams of notices over the real server: refused to strangers, told within moments, and cheap."""

from __future__ import annotations

import http.client
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.cookiejar import CookieJar

import psycopg
import pytest

from tests.flows.product import Product, superuser_url, wait_until

STREAMS = 60


@pytest.fixture
def cookie(product: Product) -> str:
    """The session of the first administrator, signed in by their link."""
    product.start("web", "web", "--port", str(product.port))
    wait_until(product._answers)
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), urllib.request.ProxyHandler({}))
    link = product.command("sign-in-link")
    page = opener.open(link).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1]}).encode()
    opener.open(urllib.request.Request(link, body, {"Referer": link}))  # noqa: S310
    return next(f"{found.name}={found.value}" for found in jar if found.name == "sessionid")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as entered:
        yield entered


@contextmanager
def _open(product: Product, cookie: str) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("localhost", product.port, timeout=20)
    with closing(connection):
        connection.request("GET", "/stream/", headers={"Cookie": cookie} if cookie else {})
        with connection.getresponse() as answer:
            yield answer


def _next_notice(answer: http.client.HTTPResponse) -> str:
    while not (line := answer.readline().decode()).startswith("data: "):
        assert line, "the stream ended"
    return line.removeprefix("data: ").strip()


@pytest.mark.slow
def test_stream_is_refused_to_strangers_and_tells_colleagues_with_few_connections(
    product: Product, cookie: str, stack: ExitStack
) -> None:
    for strange in ("", "sessionid=made-up"):
        with _open(product, strange) as refused:
            assert refused.status == 403

    streams = [stack.enter_context(_open(product, cookie)) for _ in range(STREAMS)]
    assert {answer.status for answer in streams} == {200}
    with psycopg.connect(superuser_url(product.database), autocommit=True) as connection:
        assert {_next_notice(answer) for answer in streams} == {"{}"}  # each is ready
        connection.execute("SELECT pg_notify('resonanz', '{\"cases\": [7]}')")
        told = {_next_notice(answer) for answer in streams}
        held = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [product.database]
        ).fetchone()

    assert told == {'{"cases": [7]}'}
    assert held is not None
    assert held[0] <= 12  # eight threads of pages at most, two for sessions, one that listens
