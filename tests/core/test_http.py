from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.networks.page_server import PageServer, Request, page

from resonanz.core import clock, http

# One of each kind: local, private, link-local, metadata, shared, multicast, wrapped in IPv6, for documentation.
RESERVED = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.100.100.200 168.63.129.16 224.0.0.1 0.0.0.0
255.255.255.255 ::1 :: fe80::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1
2002:7f00:1:: 2001:db8::1 198.51.100.7
"""
QUICK = http.Bounds(most_bytes=100_000, connect_seconds=1.0, read_seconds=0.5, seconds=1.0)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    with PageServer() as server:
        monkeypatch.setenv(http.ALLOWED_VARIABLE, server.host)
        yield server


def names_resolve_to(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """The resolver answers the rounds one after the other; the list holds what it was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        answers = rounds[min(len(asked), len(rounds) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    "address",
    RESERVED.split(),
)
def test_reserved_addresses_are_not_public(address: str) -> None:
    assert not http.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_ordinary_addresses_are_public(address: str) -> None:
    assert http.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1/", "private"),
        ("http://127.1/", "private"),
        ("http://2130706433/", "private"),
        ("http://0x7f.0.0.1/", "private"),
        ("http://[::ffff:127.0.0.1]/", "private"),
        ("http://localhost:5432/", "private"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.org/", "scheme"),
        ("http://name:word@example.org/", "user"),
        ("http:///path", "host"),
        ("http://example.org\\@127.0.0.1/", "user"),
        ("http://exa\x00mple.org/", "host"),
    ],
)
def test_address_that_is_not_outside_is_refused(url: str, reason: str) -> None:
    with pytest.raises(http.AddressRefused) as refused:
        http.ask("GET", url, allowed=())
    assert refused.value.params["reason"] == reason


def test_name_that_resolves_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names_resolve_to(monkeypatch, ["10.0.0.5"])
    with pytest.raises(http.AddressRefused):
        http.ask("GET", "http://harmless.example/", allowed=())


def test_name_is_asked_once_and_the_checked_address_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    # A rebinding name: public when checked, the loopback for whoever asks again.
    asked = names_resolve_to(monkeypatch, ["198.18.0.1"], ["127.0.0.1"])
    monkeypatch.setattr(http, "is_public", lambda address: str(address) != "127.0.0.1")
    connected: list[str] = []

    def create_connection(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(http.NothingSent):
        http.ask("GET", "http://rebinding.example/", allowed=())
    assert (asked, connected) == (["rebinding.example"], ["198.18.0.1"])


def test_answer_comes_whole_with_our_name_and_without_cookies(pages: PageServer) -> None:
    pages.pages["/"] = page("grün".encode(), headers={"Set-Cookie": "a=b", "ETag": '"1"'})
    http.ask("GET", pages.url())
    answer = http.ask("GET", pages.url(), headers={"X-More": "yes"})
    assert (answer.status, answer.body.decode(), answer.headers["etag"]) == (200, "grün", '"1"')
    assert pages.seen[1]["user-agent"] == http.USER_AGENT
    assert pages.seen[1]["x-more"] == "yes"
    assert "cookie" not in pages.seen[1]
    assert pages.seen[1]["host"] == pages.host


def test_more_of_who_asks_may_be_told_but_not_that_it_is_somebody_else(pages: PageServer) -> None:
    pages.pages["/"] = page(b"")
    http.ask("GET", pages.url(), headers={"User-Agent": f"server:ours:{http.USER_AGENT} (by /u/we)"})
    http.ask("GET", pages.url(), headers={"User-Agent": "Mozilla/5.0"})
    assert [one["user-agent"] for one in pages.seen] == [f"server:ours:{http.USER_AGENT} (by /u/we)", http.USER_AGENT]


def test_allowed_pair_is_a_host_with_its_port(pages: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(http.ALLOWED_VARIABLE, "127.0.0.1:1")
    with pytest.raises(http.AddressRefused):
        http.ask("GET", pages.url())
    assert not pages.seen


@pytest.mark.parametrize("inside", ["169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254"])
def test_no_permission_reaches_what_a_cloud_tells_its_machines(monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    names_resolve_to(monkeypatch, [inside])

    with pytest.raises(http.AddressRefused):
        http.ask("GET", "http://model.example:8080/", allowed=["model.example:8080"])


def test_redirect_into_the_inside_is_refused(pages: PageServer) -> None:
    pages.pages["/"] = page(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})
    with pytest.raises(http.LedAstray) as refused:
        http.ask("GET", pages.url())
    assert refused.value.params["host"] == "169.254.169.254"


def test_redirects_are_followed_five_times_and_keep_secrets_at_home(pages: PageServer) -> None:
    with PageServer() as other:
        pages.pages["/"] = page(status=301, headers={"Location": "/next"})
        pages.pages["/next"] = page(status=307, headers={"Location": other.url("/end")})
        other.pages["/end"] = page(b"there")
        answer = http.ask("GET", pages.url(), headers={"Authorization": "Bearer s"}, allowed=[pages.host, other.host])
    assert (answer.body, answer.url) == (b"there", other.url("/end"))
    assert pages.seen[1]["authorization"] == "Bearer s"
    assert "authorization" not in other.seen[0]
    pages.pages["/round"] = page(status=302, headers={"Location": "/round"})
    pages.seen.clear()
    with pytest.raises(http.BadAnswer):
        http.ask("GET", pages.url("/round"))
    assert len(pages.seen) == http.MOST_REDIRECTS + 1


def test_post_is_not_redirected(pages: PageServer) -> None:
    pages.pages["/"] = page(status=307, headers={"Location": "/again"})
    assert http.ask("POST", pages.url(), json={"a": 1}).status == 307
    assert pages.bodies == [b'{"a":1}']


def test_gzip_is_unpacked_and_a_bomb_is_not(pages: PageServer) -> None:
    pages.pages["/good"] = page(gzip.compress(b"words"), headers={"Content-Encoding": "gzip"})
    pages.pages["/bomb"] = page(gzip.compress(bytes(20_000_000)), headers={"Content-Encoding": "gzip"})
    pages.pages["/cut"] = page(gzip.compress(b"words" * 99)[:-9], headers={"Content-Encoding": "gzip"})
    pages.pages["/twice"] = page(b"x", headers={"Content-Encoding": "gzip, gzip"})
    assert http.ask("GET", pages.url("/good")).body == b"words"
    with pytest.raises(http.TooLarge):
        http.ask("GET", pages.url("/bomb"), bounds=QUICK)
    for path in ("/cut", "/twice"):
        with pytest.raises(http.BadAnswer):
            http.ask("GET", pages.url(path))


def test_endless_answer_is_cut_at_the_bound(pages: PageServer) -> None:
    def endless(request: Request) -> None:
        request.send_response(200)
        request.end_headers()
        while not pages.stopping.is_set():
            request.wfile.write(bytes(65_536))

    pages.pages["/"] = endless
    with pytest.raises(http.TooLarge):
        http.ask("GET", pages.url(), bounds=QUICK)


def test_slow_drip_ends_with_the_whole_time(pages: PageServer) -> None:
    def drip(request: Request) -> None:
        request.send_response(200)
        request.end_headers()
        while not pages.stopping.wait(0.1):
            request.wfile.write(b".")

    pages.pages["/"] = drip
    began = clock.monotonic()
    with pytest.raises(http.TooSlow):
        http.ask("GET", pages.url(), bounds=QUICK)
    assert 0.8 < clock.monotonic() - began < 3


def test_nothing_sent_and_no_answer_are_told_apart(pages: PageServer) -> None:
    pages.pages["/hangs-up"] = lambda request: setattr(request, "close_connection", True)
    with pytest.raises(http.NoAnswer):
        http.ask("POST", pages.url("/hangs-up"), json={})
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(http.NothingSent):
            http.ask("POST", f"http://{host}/", json={}, allowed=[host])


def test_what_is_not_http_is_a_bad_answer(pages: PageServer) -> None:
    def greet(request: Request) -> None:
        request.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")

    pages.pages["/"] = greet
    with pytest.raises(http.BadAnswer):
        http.ask("GET", pages.url())


def test_failed_tls_handshake_sent_nothing(pages: PageServer) -> None:
    with pytest.raises(http.NothingSent):
        http.ask("POST", pages.url().replace("http:", "https:"), json={}, bounds=QUICK)
    assert not pages.bodies


def certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server called `name` shows, and a client that trusts its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


def test_tls_verifies_the_name_though_the_address_is_connected(
    pages: PageServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server, client = certified("secure.example", tmp_path)
    monkeypatch.setattr(http, "tls", lambda: client)
    names_resolve_to(monkeypatch, ["127.0.0.1"])
    pages.pages["/"] = page(b"safe")
    pages.speak_tls(server)
    port = pages.host.partition(":")[2]
    hosts = [f"secure.example:{port}", f"other.example:{port}"]
    assert http.ask("GET", f"https://secure.example:{port}/", allowed=hosts).body == b"safe"
    with pytest.raises(http.NothingSent):
        http.ask("GET", f"https://other.example:{port}/", allowed=hosts)
    assert len(pages.seen) == 1


def test_proxy_of_the_operator_does_the_connecting(pages: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", pages.url())
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    pages.pages["http://news.example/feed"] = page(b"through the proxy")
    assert http.ask("GET", "http://news.example/feed", allowed=()).body == b"through the proxy"
    for inside in ("http://10.0.0.1/", "http://127.1/", "http://localhost/"):
        with pytest.raises(http.AddressRefused):
            http.ask("GET", inside, allowed=())
    assert len(pages.seen) == 1


def test_errors_name_the_host_and_never_the_path(pages: PageServer) -> None:
    pages.pages["/secret-token"] = lambda request: setattr(request, "close_connection", True)
    with pytest.raises(http.HTTPError) as error:
        http.ask("GET", pages.url("/secret-token"))
    assert "127.0.0.1" in str(error.value)
    assert "secret-token" not in str(error.value)
