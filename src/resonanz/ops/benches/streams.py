"""Many open streams on one web process: how soon each gets a notice, and what they cost."""

from __future__ import annotations

import asyncio
import statistics

import psutil  # type: ignore[import-untyped]
import psycopg

from resonanz.core import clock
from resonanz.ops.bench import Figure

STREAMS = 500
MOST_CONNECTIONS = 4
NOTICE = '{"cases": [7], "posts": 1}'
_AT_ONCE = 50


def told_and_held(port: int, cookie: str, database_url: str, pid: int, streams: int) -> list[Figure]:
    """Open `streams` streams on a server of one process that serves nothing else, notify once, and count."""
    return asyncio.run(_measure(port, cookie, database_url, pid, streams))


async def _measure(port: int, cookie: str, database_url: str, pid: int, streams: int) -> list[Figure]:
    before = _memory(pid)
    opening = asyncio.Semaphore(_AT_ONCE)
    readers = await asyncio.gather(*(_open(port, cookie, opening) for _ in range(streams)))
    waiting = [asyncio.create_task(_noticed(reader)) for reader, _ in readers]
    await asyncio.sleep(0.5)
    with psycopg.connect(database_url, autocommit=True) as connection:
        held = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchone()
        started = clock.monotonic()
        connection.execute("SELECT pg_notify('resonanz', %s)", [NOTICE])
    told = sorted([moment - started for moment in await asyncio.gather(*waiting)])
    after = _memory(pid)
    for _, writer in readers:
        writer.close()
    return [
        Figure(f"{streams} streams, notice p50", statistics.median(told) * 1000, "ms"),
        Figure(f"{streams} streams, notice p95", told[int(len(told) * 0.95)] * 1000, "ms"),
        Figure(f"{streams} streams, connections held", held[0] if held else 0, "connections", most=MOST_CONNECTIONS),
        Figure(f"{streams} streams, memory", (after - before) / 1024 / streams, "KiB each"),
    ]


async def _open(
    port: int, cookie: str, opening: asyncio.Semaphore
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with opening:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET /stream/ HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: sessionid={cookie}\r\n\r\n".encode("ascii")
        )
        await writer.drain()
        await _until(reader, b"event: ready")
        return reader, writer


async def _noticed(reader: asyncio.StreamReader) -> float:
    await _until(reader, b"event: notice")
    return clock.monotonic()


async def _until(reader: asyncio.StreamReader, words: bytes) -> None:
    while line := await asyncio.wait_for(reader.readline(), 60):
        if line.startswith(words):
            return
    raise ConnectionError("a stream ended early")


def _memory(pid: int) -> int:
    """Resident bytes of the server and its workers."""
    server = psutil.Process(pid)
    return sum(process.memory_info().rss for process in [server, *server.children(recursive=True)])
