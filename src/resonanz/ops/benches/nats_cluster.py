"""A cluster of NATS servers on loopback, as an operator would run them on three machines: for tests and benches."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nats
from nats.js.api import StreamInfo

from resonanz.ops.errors import OperatorError

_PASSWORD = "loopback"  # noqa: S105 - nobody else reaches these servers
_CONFIGURATION = """
server_name: {name}
listen: "127.0.0.1:{port}"
jetstream {{ store_dir: "{folder}", sync_interval: always }}
authorization {{ user: resonanz, password: "{password}" }}
"""
_TOGETHER = 'cluster {{ name: resonanz, listen: "127.0.0.1:{route}", routes: [{routes}] }}'


@dataclass
class Cluster:
    """Servers that keep what they were told; each may be killed and started again."""

    folder: Path
    ports: list[int]
    routes: list[int]
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def addresses(self) -> list[str]:
        """What RESONANZ_STREAM would say, one by one."""
        return [f"nats://resonanz:{_PASSWORD}@127.0.0.1:{port}" for port in self.ports]

    def start(self, number: int) -> None:
        """Start one, which finds what it kept."""
        folder = self.folder / f"node-{number}"
        folder.mkdir(exist_ok=True)
        file = folder / "server.conf"
        routes = ", ".join(f'"nats://127.0.0.1:{route}"' for route in self.routes)
        together = _TOGETHER if len(self.ports) > 1 else ""  # one alone would wait for others for ever
        file.write_text(
            (_CONFIGURATION + together).format(
                name=f"node-{number}", port=self.ports[number], route=self.routes[number], folder=folder / "kept",
                password=_PASSWORD, routes=routes,
            )
        )  # fmt: skip
        log = (folder / "log").open("ab")
        with closing(log):
            self.processes[number] = subprocess.Popen([_program(), "-c", str(file)], stdout=log, stderr=log)

    def kill(self, number: int) -> None:
        """As when the machine loses its power."""
        process = self.processes.pop(number)
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    def leader(self, stream: str = "resonanz") -> int:
        """The number of the server that leads the stream, and whose loss costs most."""
        cluster = self._look(stream).cluster
        return int(((cluster and cluster.leader) or "node-0").rpartition("-")[2])

    def copies(self, stream: str) -> int:
        """On how many servers each parcel of the stream lies."""
        return self._look(stream).config.num_replicas or 1

    def _look(self, stream: str) -> StreamInfo:
        return asyncio.run(_looked_at(self.addresses, stream))

    def stop(self) -> None:
        """All of them."""
        for number in list(self.processes):
            self.kill(number)


@contextmanager
def cluster(folder: Path, size: int = 3) -> Iterator[Cluster]:
    """Running within the block."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(2 * size)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        ports = [one.getsockname()[1] for one in sockets]
    made = Cluster(folder, ports[:size], ports[size:])
    try:
        for number in range(size):
            made.start(number)
        yield made
    finally:
        made.stop()


async def _looked_at(addresses: list[str], stream: str) -> StreamInfo:
    client = await nats.connect(addresses)
    try:
        return await client.jetstream().stream_info(stream)
    finally:
        await client.close()


def _program() -> str:
    """That of the package in this environment, or of the machine."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise OperatorError(
            "ops.nats.missing",
            "nats-server was not found. It is there after ./resonanz check, which installs what development needs; or"
            " put one into the PATH.",
        )
    return found
