"""`up`, as an operator starts it: everything answers, what dies comes back, and it goes on after any end."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from resonanz.core import clock
from resonanz.ops.database.leftovers import processes_of
from tests.ops.surroundings import free_port, operator_environment

pytestmark = pytest.mark.slow

NAMES = ["database", "memory", "web", "worker", "outbox", "listen"]


class Up:
    """`resonanz up` on one data folder, started and stopped as often as a test wants."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.told: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Return when it said that it stands."""
        self.told = []
        command = [sys.executable, "-m", "resonanz", "up", "--data", str(self.data), "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, env=operator_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        threading.Thread(target=self._listen, args=[self.process], daemon=True).start()
        wait_for(lambda: any("Ctrl-C stops" in line for line in self.told) or self.ended(), 120)
        assert not self.ended(), self.told

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(with_signal)
        return self.process.wait(60)

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def state(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            found: dict[str, Any] = json.loads((self.data / "run" / "processes.json").read_text("utf-8"))
            return found
        return {"processes": []}

    def pids(self) -> dict[str, int]:
        return {one["name"]: one["pid"] for one in self.state()["processes"]}

    def answer(self) -> int:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", "/")
            return connection.getresponse().status

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            self.told.extend(line.rstrip() for line in iter(process.stdout.readline, ""))


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = clock.monotonic() + seconds
    while not condition():
        assert clock.monotonic() < deadline, "waited in vain"
        clock.sleep(0.05)


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    folder = Path(tempfile.mkdtemp(prefix="resonanz-up-"))
    folder.chmod(0o711)
    house = Up(folder / "data")
    yield house
    if not house.ended():
        house.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def standing(up: Up) -> Up:
    if up.ended():
        up.start()
    return up


def test_up_tells_address_and_a_sign_in_link(standing: Up) -> None:
    told = "\n".join(standing.told)

    assert f"Resonanz answers at http://localhost:{standing.port}" in told
    assert re.search(rf"http://localhost:{standing.port}/sign-in/\S{{20,}}", told)
    assert list(standing.pids()) == NAMES
    assert standing.answer() < 500


def test_second_up_on_the_same_folder_is_refused(standing: Up) -> None:
    command = [sys.executable, "-m", "resonanz", "up", "--data", str(standing.data), "--port", str(free_port())]

    done = subprocess.run(command, env=operator_environment(), capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Resonanz already runs with the data folder {standing.data}")


def test_taken_port_is_refused_with_the_way_out(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "resonanz", "up", "--data", str(place / "data"), "--port", str(port)]
        done = subprocess.run(command, env=operator_environment(), capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == (
        f"Port {port} is taken by another program; choose another one: ./resonanz up --port {port + 1}\n"
    )


@pytest.mark.parametrize("name", ["database", "web", "outbox"])
def test_killed_process_comes_back_and_pages_answer(standing: Up, name: str) -> None:
    before = standing.pids()[name]

    psutil.Process(before).kill()

    wait_for(lambda: standing.pids().get(name) not in {before, None})
    wait_for(lambda: _answers_well(standing))
    assert any(line.startswith(f"{name} ") and "SIGKILL" in line for line in standing.told)


def test_up_goes_on_after_its_supervisor_was_killed(standing: Up) -> None:
    before = standing.pids()

    assert standing.stop(signal.SIGKILL) == -signal.SIGKILL
    standing.start()

    assert _answers_well(standing)
    assert not any(psutil.pid_exists(pid) and _is_ours(pid, standing.data) for pid in before.values())


def test_ctrl_c_stops_everything_in_order(standing: Up) -> None:
    pids = standing.pids()

    code = standing.stop()

    assert code == 0
    assert standing.told[-2:] == ["Stopping …", "Stopped. ./resonanz up goes on from here."]
    assert [pid for pid in pids.values() if psutil.pid_exists(pid)] == []
    assert processes_of(standing.data / "database") == []


def _answers_well(up: Up) -> bool:
    try:
        return up.answer() < 500
    except OSError:
        return False


def _is_ours(pid: int, data: Path) -> bool:
    with contextlib.suppress(psutil.Error):
        return bool(psutil.Process(pid).environ().get("RESONANZ_DATA") == str(data))
    return False
