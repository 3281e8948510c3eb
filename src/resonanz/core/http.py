"""The one HTTP client. Everything Resonanz asks of the outside goes through `ask`; what stays open, `http_streams`.

Addresses come from strangers (feeds, redirects, profile links), so every one is checked after its name was resolved,
and the connection goes to the checked address itself: a name that answers differently a moment later gains nothing.
Sizes and times are bounded. There are no cookies and no kept connections: a kept one that the other side has just
closed would make every second reply look like one without an answer.

    HTTPError
    ├── NothingSent       the request never left; asking again cannot double anything
    │   └── AddressRefused    not http(s), or a private, local or otherwise reserved address
    │       └── LedAstray     it was an answer that named this address, and not who asked
    └── NoAnswer          the request left; whether it took effect is unknown
        ├── TooSlow
        ├── TooLarge
        └── BadAnswer         not HTTP, cut off, an encoding we did not ask for, too many redirects
"""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import queue
import socket
import ssl
import threading
import urllib.request
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import httpcore
import httpx

import resonanz
from resonanz.core import clock, env
from resonanz.core.errors import ResonanzError

ALLOWED_VARIABLE = "RESONANZ_ALLOWED_HOSTS"
USER_AGENT = f"Resonanz/{resonanz.__version__}"
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# The inside of a cloud, where it answers every machine about itself. Azure's is public by number; those that are link
# local are known as such.
_METADATA = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "100.100.100.200", "fd00:ec2::254")))

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Files = Mapping[str, tuple[str | None, bytes | str, str]]
"""Parts of a form by name: file name (None: a mere field), content and its type."""


class HTTPError(ResonanzError):
    """Asking over HTTP failed."""

    code = "http.error"


class NothingSent(HTTPError):
    """The other side could not be reached; nothing was sent."""

    code = "http.unreachable"


class AddressRefused(NothingSent):
    """We do not ask this address; `reason` is scheme, user, host, private or proxied."""

    code = "http.address_refused"


class LedAstray(AddressRefused):
    """The address that we asked leads on to one that we do not ask."""


class NoAnswer(HTTPError):
    """The request was sent, but no answer came."""

    code = "http.no_answer"


class TooSlow(NoAnswer):
    """The answer did not come in time."""

    code = "http.too_slow"


class TooLarge(NoAnswer):
    """The answer is larger than we read, before or after unpacking."""

    code = "http.too_large"


class BadAnswer(NoAnswer):
    """What came back cannot be read as an answer."""

    code = "http.bad_answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `url` is the one that answered, after redirects; header names do not care for case.

    Neither address nor body is shown where an answer is: networks put tokens into addresses (Telegram), and people
    words into bodies.
    """

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much and how long at most. `seconds` bounds the whole exchange, redirects and a slow drip included."""

    most_bytes: int = 10 * 1024 * 1024
    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    seconds: float = 30.0


DEFAULT_BOUNDS = Bounds()


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    json: object = None,
    files: Files | None = None,
    form: Mapping[str, str] | None = None,
    bounds: Bounds = DEFAULT_BOUNDS,
    allowed: Iterable[str] | None = None,
) -> Answer:
    """The answer of `url`, whatever its status. GET and HEAD follow up to five redirects, each checked; others none.

    `allowed` holds "host:port" pairs that may be private; without it RESONANZ_ALLOWED_HOSTS is read. An
    Authorization header is not carried to another host. `files` are the parts of a form, in place of `json`; `form` is
    one without files.
    """
    permitted = permitted_pairs(allowed)
    request = request_for(method, url, {**(headers or {})}, json, files, form)
    deadline = clock.monotonic() + bounds.seconds
    led = False
    try:
        for _ in range(MOST_REDIRECTS + 1):
            answer = Exchange(request, bounds, deadline, permitted).run()
            target = answer.headers.get("location")
            if answer.status not in REDIRECTS or not target or method not in {"GET", "HEAD"}:
                return answer
            led = True
            request = redirected(request, target)
    except AddressRefused as error:
        if not led:
            raise
        raise LedAstray(**error.params) from error
    raise BadAnswer(host=request.url.host, reason="too_many_redirects")


def is_public(address: IPAddress) -> bool:
    """Whether an address belongs to the open internet, also where an IPv6 one wraps an IPv4 one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if wrapped:
            return is_public(wrapped)
    return address.is_global and not address.is_multicast and address not in _METADATA


def is_inside_a_cloud(address: IPAddress) -> bool:
    """Whether a cloud tells a machine about itself there, keys included; no permission of ours reaches so far."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return is_inside_a_cloud(address.ipv4_mapped)
    return address.is_link_local or address in _METADATA


def permitted_pairs(allowed: Iterable[str] | None) -> frozenset[str]:
    """The "host:port" pairs that may be private; without `allowed`, those of RESONANZ_ALLOWED_HOSTS."""
    words = env.words(ALLOWED_VARIABLE) if allowed is None else allowed
    return frozenset(word.strip().lower() for word in words)


def request_for(
    method: str,
    url: str,
    headers: dict[str, str],
    json: object = None,
    files: Files | None = None,
    form: Mapping[str, str] | None = None,
) -> httpx.Request:
    """The request, if its address is one that may be asked at all; raises AddressRefused."""
    try:
        request = httpx.Request(method, url, headers=headers, json=json, files=files, data=form)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise AddressRefused(host="", reason="host") from error
    if request.url.scheme not in _DEFAULT_PORTS:
        raise AddressRefused(host=request.url.host, reason="scheme")
    if request.url.userinfo:
        # A password in an address ends in logs, pages and exports; tokens have a field of their own.
        raise AddressRefused(host=request.url.host, reason="user")
    if not request.url.host:
        raise AddressRefused(host="", reason="host")
    named = request.headers.get("User-Agent", "")  # some want to be told more of who asks
    agent = named if USER_AGENT in named else USER_AGENT
    request.headers.update({"User-Agent": agent, "Accept-Encoding": "gzip", "Connection": "close"})
    return request


def redirected(request: httpx.Request, target: str) -> httpx.Request:
    """The request that a redirect leads to; what identifies us stays with the origin it was meant for."""
    try:
        url = request.url.join(target)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise BadAnswer(host=request.url.host, reason="redirect") from error
    same_origin = (url.scheme, url.host, url.port) == (request.url.scheme, request.url.host, request.url.port)
    kept = {
        name: value
        for name, value in request.headers.items()
        if name != "host" and (same_origin or name not in {"authorization", "cookie"})
    }
    return request_for(request.method, str(url), kept)


def port_of(url: httpx.URL) -> int:
    """The port of an address, the scheme's own when it names none."""
    return url.port or _DEFAULT_PORTS[url.scheme]


def pair(host: str, port: int) -> str:
    """Host and port as RESONANZ_ALLOWED_HOSTS writes them."""
    return f"[{host}]:{port}".lower() if ":" in host else f"{host}:{port}".lower()


def literal(host: str) -> IPAddress | None:
    """The address that `host` spells out itself, also in the old forms (127.1, 0x7f000001) the resolver understands."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _resolve(host: str, port: int, seconds: float) -> list[IPAddress]:
    """The addresses of a name. The system's resolver knows no time limit, so it works in a thread of its own."""
    if written := literal(host):
        return [written]
    found: queue.SimpleQueue[list[IPAddress] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put([ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows])
        except (OSError, UnicodeError) as error:
            found.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        answer = found.get(timeout=max(seconds, 0.01))
    except queue.Empty:
        raise httpcore.ConnectTimeout("name resolution") from None
    if isinstance(answer, OSError):
        raise httpcore.ConnectError("name resolution") from answer
    return list(dict.fromkeys(answer))


def checked_addresses(host: str, port: int, *, trusted: bool, seconds: float) -> list[str]:
    """The addresses of a name that we may reach; raises AddressRefused where there is none.

    `trusted`: the operator allows this host and port by name, so they may be private.
    """
    reached = is_public if not trusted else lambda address: not is_inside_a_cloud(address)
    found = [str(address) for address in _resolve(host, port, seconds) if reached(address)]
    if not found:
        raise AddressRefused(host=host, reason="private")
    return found


@functools.cache
def tls() -> ssl.SSLContext:
    """What TLS verifies by; built once, because loading the certificates takes a while."""
    return httpx.create_ssl_context()


def _proxy(url: httpx.URL) -> httpx.URL | None:
    """The operator's proxy for this address, from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY."""
    proxies = urllib.request.getproxies_environment()
    found = proxies.get(url.scheme) or proxies.get("all")
    # The type stubs know this function on macOS only; it is there on every system.
    if not found or urllib.request.proxy_bypass_environment(url.host, proxies):  # type: ignore[attr-defined]
        return None
    proxy = httpx.URL(found if "://" in found else f"http://{found}")
    if proxy.scheme not in _DEFAULT_PORTS:
        raise env.WrongSetting(name=f"{url.scheme.upper()}_PROXY", problem="must be an http:// or https:// address")
    return proxy


class Exchange:
    """One request on a connection of its own: what it may reach, in what time, and how its failures are called."""

    def __init__(self, request: httpx.Request, bounds: Bounds, deadline: float, allowed: frozenset[str]) -> None:
        self.request = request
        self.bounds = bounds
        self.deadline = deadline
        self.sent = False
        url = request.url
        self.trusted = pair(url.host, port_of(url)) in allowed
        # What the operator named is reached directly: a proxy's loopback is not ours.
        self.proxy = None if self.trusted else _proxy(url)

    def run(self) -> Answer:
        """The whole answer."""
        with self.failures():
            return self._stream()

    @contextlib.contextmanager
    def failures(self) -> Iterator[None]:
        """What the connection raises within the block, as an HTTPError."""
        host = self.request.url.host
        try:
            yield
        except httpcore.ProxyError as error:
            raise NothingSent(host=host, reason="proxy") from error
        except httpcore.TimeoutException as error:
            raise (TooSlow(host=host) if self.sent else NothingSent(host=host, reason="timeout")) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise self._failure(error) from error

    def left(self, seconds: float | None, expired: type[httpcore.TimeoutException]) -> float:
        """The shorter of a step's time and what remains of the whole."""
        remaining = self.deadline - clock.monotonic()
        if remaining <= 0:
            raise expired("the whole exchange took too long")
        return remaining if seconds is None else min(seconds, remaining)

    def addresses(self, host: str, port: int) -> list[str]:
        """Where to connect. A proxy is the operator's own choice; everything else must be public or allowed."""
        seconds = self.left(self.bounds.connect_seconds, httpcore.ConnectTimeout)
        if self.proxy:
            return [str(address) for address in _resolve(host, port, seconds)]
        return checked_addresses(host, port, trusted=self.trusted, seconds=seconds)

    def _failure(self, error: Exception) -> HTTPError:
        host = self.request.url.host
        if not self.sent:
            return NothingSent(host=host, reason=type(error).__name__)
        if isinstance(error, httpcore.ProtocolError):
            return BadAnswer(host=host, reason="protocol")
        return NoAnswer(host=host, reason=type(error).__name__)

    def _pool(self) -> httpcore.ConnectionPool:
        backend = CheckedBackend(self)
        if self.proxy is None:
            return httpcore.ConnectionPool(ssl_context=tls(), network_backend=backend)
        self.refuse_what_a_proxy_must_not_reach()
        proxy = self.proxy
        return httpcore.HTTPProxy(
            proxy_url=httpcore.URL(scheme=proxy.scheme, host=proxy.host, port=port_of(proxy), target=b"/"),
            proxy_auth=(proxy.username, proxy.password) if proxy.userinfo else None,
            ssl_context=tls(),
            network_backend=backend,
        )

    def refuse_what_a_proxy_must_not_reach(self) -> None:
        """A proxy resolves names itself: what is written as a private address is refused before it is asked."""
        host = self.request.url.host.rstrip(".").lower()
        written = literal(host)
        if (written and not is_public(written)) or host == "localhost" or host.endswith(".localhost"):
            raise AddressRefused(host=host, reason="proxied")

    def _stream(self) -> Answer:
        url = self.request.url
        times = {"connect": self.bounds.connect_seconds, "read": self.bounds.read_seconds}
        with (
            self._pool() as pool,
            pool.stream(
                self.request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=self.request.headers.raw,
                content=self.request.read(),
                extensions={"timeout": {**times, "write": self.bounds.read_seconds}},
            ) as response,
        ):
            headers = httpx.Headers(response.headers)
            body = b"" if self.request.method == "HEAD" else self._body(response.iter_stream(), headers)
            return Answer(response.status, headers, body, str(url))

    def _body(self, chunks: Iterable[bytes], headers: httpx.Headers) -> bytes:
        most, host = self.bounds.most_bytes, self.request.url.host
        unpack, is_whole = _unpacker(headers, host)
        body, chunk = bytearray(), b""
        for chunk in chunks:
            body += unpack(chunk, most + 1 - len(body))
            if len(body) > most:
                raise TooLarge(host=host, most=most)
        if chunk and not is_whole():
            raise BadAnswer(host=host, reason="cut_off")
        return bytes(body)


def _unpacker(headers: httpx.Headers, host: str) -> tuple[Callable[[bytes, int], bytes], Callable[[], bool]]:
    """How to unpack a body in bounded memory, and how to know at the end that nothing is missing.

    httpx unpacks a chunk whatever it grows to, and one layer after the other; a few kilobytes of gzip in gzip would
    fill the memory there. We ask for gzip, once, and take nothing else.
    """
    encoding = headers.get("content-encoding", "identity").strip().lower() or "identity"
    if encoding == "identity":
        return (lambda chunk, _most: chunk), lambda: True
    if encoding not in {"gzip", "x-gzip"}:
        raise BadAnswer(host=host, reason="encoding")
    packed = zlib.decompressobj(16 + zlib.MAX_WBITS)

    def unpack(chunk: bytes, most: int) -> bytes:
        try:
            # What exceeds `most` stays packed: the caller refuses the body before it would be wanted.
            return packed.decompress(chunk, most)
        except zlib.error as error:
            raise BadAnswer(host=host, reason="encoding") from error

    return unpack, lambda: packed.eof


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to addresses that were checked, never to a name. TLS still verifies the name, which httpcore keeps."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._exchange.addresses(host, port):
            seconds = self._exchange.left(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)
                return _TimedStream(stream, self._exchange)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _TimedStream(httpcore.NetworkStream):
    """A connection that knows the time left for the whole exchange and whether anything of the request has left us."""

    def __init__(self, stream: httpcore.NetworkStream, exchange: Exchange) -> None:
        self._stream = stream
        self._exchange = exchange

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._exchange.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        seconds = self._exchange.left(timeout, httpcore.WriteTimeout)
        self._exchange.sent = True
        self._stream.write(buffer, seconds)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        # Behind a proxy only its CONNECT has left so far.
        self._exchange.sent = False
        seconds = self._exchange.left(timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._exchange)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
