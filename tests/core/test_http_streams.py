from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from tests.networks.page_server import Page, PageServer, Request, page
from websockets.sync.server import ServerConnection, serve

from resonanz.core import http, http_streams
from resonanz.core.http_held import StreamBounds

QUICK = StreamBounds(most_bytes=10_000, connect_seconds=1.0, open_seconds=1.0, idle_seconds=0.6, quiet_seconds=0.2)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    with PageServer() as server:
        monkeypatch.setenv(http.ALLOWED_VARIABLE, server.host)
        yield server


def open_page(*pieces: bytes, pause: float = 0.0, hold: bool = True, gone: threading.Event | None = None) -> Page:
    """A body without an announced end: the pieces, then silence for as long as the connection is there."""

    def answer(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.end_headers()
        for piece in pieces:
            request.wfile.write(piece)
            request.wfile.flush()
            time.sleep(pause)
        if hold:
            request.connection.settimeout(5)
            if request.connection.recv(1) == b"" and gone:
                gone.set()

    return answer


@contextmanager
def websocket_server(talk: Callable[[ServerConnection], None], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with serve(talk, "127.0.0.1", 0, compression=None) as server:
        host = f"127.0.0.1:{server.socket.getsockname()[1]}"
        monkeypatch.setenv(http.ALLOWED_VARIABLE, host)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://{host}/streaming"
        server.shutdown()
        thread.join()


def hold(connection: ServerConnection) -> None:
    for _ in connection:
        pass


def test_lines_come_as_they_are_said(pages: PageServer) -> None:
    pages.pages["/"] = open_page(b"event: upd", b"ate\r\ndata: \xc3", b"\xbc\n\n", pause=0.02)
    with closing(http_streams.stream_lines(pages.url(), headers={"Authorization": "Bearer x"}, bounds=QUICK)) as lines:
        assert list(itertools.islice(lines, 4)) == [None, "event: update", "data: ü", ""]
    assert pages.seen[0]["authorization"] == "Bearer x"
    assert pages.seen[0]["accept"] == "text/event-stream"


def test_lines_in_chunks_end_where_the_server_ends(pages: PageServer) -> None:
    def chunked(request: Request) -> None:
        request.protocol_version = "HTTP/1.1"
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"4\r\na\nb\n\r\n3\r\nc\nd\r\n0\r\n\r\n")

    pages.pages["/"] = chunked
    assert list(http_streams.stream_lines(pages.url(), bounds=QUICK)) == [None, "a", "b", "c"]


def test_lines_end_with_an_announced_body_even_where_the_server_holds_on(pages: PageServer) -> None:
    def announced(request: Request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 2\r\n\r\na\n")
        request.connection.settimeout(5)
        request.connection.recv(1)

    pages.pages["/"] = announced
    assert list(http_streams.stream_lines(pages.url(), bounds=QUICK)) == [None, "a"]


def test_quiet_spells_let_the_caller_look_up_and_an_idle_line_ends(pages: PageServer) -> None:
    pages.pages["/"] = open_page(b"a\n")
    lines = http_streams.stream_lines(pages.url(), bounds=QUICK)
    assert list(itertools.islice(lines, 4)) == [None, "a", None, None]
    with pytest.raises(http.TooSlow):
        list(lines)


def test_slow_drip_of_one_line_is_idle(pages: PageServer) -> None:
    pages.pages["/"] = open_page(*[b"x"] * 40, pause=0.05)
    started = time.monotonic()
    with pytest.raises(http.TooSlow):
        list(http_streams.stream_lines(pages.url(), bounds=QUICK))
    assert time.monotonic() - started < 1.5


def test_what_the_caller_takes_its_time_for_is_no_silence(pages: PageServer) -> None:
    pages.pages["/"] = open_page(b"a\nb\n", pause=0.0)
    lines = http_streams.stream_lines(pages.url(), bounds=QUICK)
    assert [next(lines), next(lines)] == [None, "a"]
    time.sleep(QUICK.idle_seconds + 0.1)
    assert [next(lines), next(lines)] == ["b", None]
    lines.close()


def test_endless_line_is_too_large(pages: PageServer) -> None:
    pages.pages["/"] = open_page(*[b"x" * 1000] * 20)
    with pytest.raises(http.TooLarge):
        list(http_streams.stream_lines(pages.url(), bounds=QUICK))


def test_stopping_ends_the_lines_within_two_seconds(pages: PageServer) -> None:
    pages.pages["/"] = open_page()
    asked = time.monotonic()
    patient = StreamBounds(idle_seconds=30, quiet_seconds=30)
    stopping = lambda: time.monotonic() - asked > 0.3  # noqa: E731
    assert list(http_streams.stream_lines(pages.url(), bounds=patient, stopping=stopping)) == [None]
    assert time.monotonic() - asked < 2.0


def test_closing_the_lines_closes_the_connection(pages: PageServer) -> None:
    gone = threading.Event()
    pages.pages["/"] = open_page(b"a\n", gone=gone)
    lines = http_streams.stream_lines(pages.url(), bounds=QUICK)
    assert [next(lines), next(lines)] == [None, "a"]
    lines.close()
    assert gone.wait(2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://localhost/", "file:///etc/passwd"])
def test_lines_of_an_address_inside_are_refused(url: str) -> None:
    with pytest.raises(http.AddressRefused):
        list(http_streams.stream_lines(url, allowed=()))


def test_lines_say_what_a_server_answers_instead(pages: PageServer) -> None:
    pages.pages["/"] = page(b'{"error": "no"}', 401, {"Retry-After": "7"})
    with pytest.raises(http_streams.NotStreaming) as refused:
        list(http_streams.stream_lines(pages.url(), bounds=QUICK))
    answer = refused.value.answer
    assert (answer.status, answer.headers["retry-after"], json.loads(answer.body)) == (401, "7", {"error": "no"})


def test_page_that_is_no_stream_is_told(pages: PageServer) -> None:
    pages.pages["/"] = page(b"<p>hi</p>", headers={"Content-Type": "text/html; charset=utf-8"})
    with pytest.raises(http_streams.NotStreaming) as told:
        list(http_streams.stream_lines(pages.url(), bounds=QUICK))
    assert (told.value.answer.status, told.value.answer.body) == (200, b"<p>hi</p>")


def test_lines_of_another_kind_are_read_where_they_are_asked_for(pages: PageServer) -> None:
    def answer(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json; charset=utf-8")
        request.end_headers()
        request.wfile.write(b'{"data":1}\r\n\r\n')

    pages.pages["/"] = answer
    with closing(http_streams.stream_lines(pages.url(), kind="application/json", bounds=QUICK)) as lines:
        assert list(itertools.islice(lines, 3)) == [None, '{"data":1}', ""]
    assert pages.seen[0]["accept"] == "application/json"
    with pytest.raises(http_streams.NotStreaming):
        list(http_streams.stream_lines(pages.url(), bounds=QUICK))


def test_authorization_is_not_carried_to_another_host(pages: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with PageServer() as other:
        monkeypatch.setenv(http.ALLOWED_VARIABLE, f"{pages.host},{other.host}")
        pages.pages["/"] = page(status=302, headers={"Location": other.url("/there")})
        other.pages["/there"] = open_page(b"a\n", hold=False)
        lines = http_streams.stream_lines(pages.url(), headers={"Authorization": "Bearer x"}, bounds=QUICK)
        assert list(lines) == [None, "a"]
    assert "authorization" not in other.seen[0]


def test_redirect_to_an_address_inside_is_refused(pages: PageServer) -> None:
    pages.pages["/"] = page(status=302, headers={"Location": "http://127.0.0.1:1/"})
    with pytest.raises(http.AddressRefused):
        list(http_streams.stream_lines(pages.url(), bounds=QUICK))


def test_packed_lines_are_not_read(pages: PageServer) -> None:
    pages.pages["/"] = page(b"\x1f\x8b", headers={"Content-Type": "text/event-stream", "Content-Encoding": "gzip"})
    with pytest.raises(http.BadAnswer):
        list(http_streams.stream_lines(pages.url(), bounds=QUICK))


def test_proxy_connects_the_stream(pages: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.pages["/"] = open_page(b"a\n", hold=False)
    asked: list[bytes] = []

    def proxy(listener: socket.socket) -> None:
        near, _ = listener.accept()
        with near, socket.create_connection(("127.0.0.1", int(pages.host.rpartition(":")[2]))) as far:
            asked.append(near.recv(4096))
            near.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            far.sendall(near.recv(4096))
            while data := far.recv(4096):
                near.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("HTTP_PROXY", f"http://us:word@127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        thread = threading.Thread(target=proxy, args=(listener,))
        thread.start()
        assert list(http_streams.stream_lines("http://stream.example/", bounds=QUICK)) == [None, "a"]
        thread.join()
    assert asked[0].startswith(b"CONNECT stream.example:80 HTTP/1.1\r\n")
    assert b"Basic dXM6d29yZA==" in asked[0]
    with pytest.raises(http.AddressRefused):
        list(http_streams.stream_lines("http://127.0.0.2/", bounds=QUICK))


def test_messages_come_after_what_we_send(monkeypatch: pytest.MonkeyPatch) -> None:
    def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        connection.send(connection.request.headers["Authorization"] + str(connection.recv()))
        connection.send(b"binary")
        connection.send(["in ", "parts"])

    with websocket_server(talk, monkeypatch) as url:
        said = list(
            http_streams.websocket_messages(url, headers={"Authorization": "Bearer x"}, send=["ü"], bounds=QUICK)
        )
    assert said == [None, "Bearer xü", "in parts"]


def test_answered_pings_keep_a_quiet_websocket(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        websocket_server(hold, monkeypatch) as url,
        closing(http_streams.websocket_messages(url, bounds=QUICK)) as messages,
    ):
        assert list(itertools.islice(messages, 6)) == [None] * 6


def test_large_message_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        websocket_server(lambda connection: connection.send("x" * 20_000), monkeypatch) as url,
        pytest.raises(http.TooLarge),
    ):
        list(http_streams.websocket_messages(url, bounds=QUICK))


def test_stopping_ends_the_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = time.monotonic()
    patient = StreamBounds(idle_seconds=30, quiet_seconds=30)
    with websocket_server(hold, monkeypatch) as url:
        stopping = lambda: time.monotonic() - asked > 0.3  # noqa: E731
        assert list(http_streams.websocket_messages(url, bounds=patient, stopping=stopping)) == [None]
    assert time.monotonic() - asked < 2.5


def test_messages_say_what_a_server_answers_instead(pages: PageServer) -> None:
    def refuse(request: Request) -> None:
        request.protocol_version = "HTTP/1.1"
        page(b"no", 403)(request)

    pages.pages["/"] = refuse
    url = pages.url().replace("http:", "ws:")
    with pytest.raises(http_streams.NotStreaming) as refused:
        list(http_streams.websocket_messages(url, bounds=QUICK))
    assert (refused.value.answer.status, refused.value.answer.body) == (403, b"no")


@pytest.mark.parametrize(
    "url", ["ws://127.0.0.1:1/", "wss://localhost/", "http://stream.example/", "ws://u:p@a.example/"]
)
def test_messages_of_an_address_inside_are_refused(url: str) -> None:
    with pytest.raises(http.AddressRefused):
        list(http_streams.websocket_messages(url, allowed=()))
