"""The supervisor, with real processes: what dies comes back, nothing outlives it, and it stops in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from resonanz.core import clock
from resonanz.ops.data_folder import DataFolder, open_data_folder
from resonanz.ops.supervisor import STATE_FILE, Program, Supervisor, end_strays

_SLEEPS = "import time; time.sleep(60)"
_NOTES_ITS_END = """
import signal, sys, time
def note(*_):
    open(sys.argv[1], "a").write(sys.argv[2] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, note)
print("ready", flush=True)
time.sleep(60)
"""
_DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
_HAS_A_CHILD = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, flush=True); sys.exit(3)"


@pytest.fixture
def folder(place: Path) -> DataFolder:
    return open_data_folder(place / "data")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(folder: DataFolder, told: list[str]) -> Iterator[Supervisor]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    supervisor = Supervisor(folder=folder, say=told.append)
    yield supervisor
    supervisor.stop_all(())
    for number, handler in before.items():
        signal.signal(number, handler)


def _program(name: str, code: str, *arguments: str, stop_seconds: float = 5.0) -> Program:
    def start(output: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-S", "-c", code, *arguments]
        return subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)

    return Program(name, start, stop_seconds=stop_seconds)


def _wait(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = clock.monotonic() + seconds
    while not condition():
        assert clock.monotonic() < deadline, "waited in vain"
        clock.sleep(0.02)


def _tend_until(supervisor: Supervisor, condition: Callable[[], object]) -> None:
    def tended() -> object:
        supervisor.tend()
        return condition()

    _wait(tended)


def _words(folder: DataFolder, name: str) -> str:
    return (folder.logs / f"{name}.log").read_text("utf-8")


def test_killed_process_is_started_again_and_the_person_is_told(supervisor: Supervisor, told: list[str]) -> None:
    running = supervisor.start(_program("worker", _SLEEPS))
    assert running.process is not None
    first = running.process

    first.kill()
    first.wait()
    _tend_until(supervisor, lambda: running.restarts == 1)

    assert running.is_alive()
    assert running.process is not first
    assert "worker was ended by SIGKILL" in told[0]
    assert told[1] == "worker starts again in 0.5 s"


def test_pauses_grow_while_a_process_keeps_dying(supervisor: Supervisor, told: list[str]) -> None:
    running = supervisor.start(_program("listen", "raise SystemExit(3)"))

    _tend_until(supervisor, lambda: running.restarts == 2 and len(told) == 6)

    assert [line for line in told if "again" in line] == [
        "listen starts again in 0.5 s",
        "listen starts again in 1 s",
        "listen starts again in 2 s",
    ]
    assert "ended with exit code 3" in told[0]


def test_children_of_a_dead_process_are_ended(supervisor: Supervisor, folder: DataFolder) -> None:
    running = supervisor.start(_program("web", _HAS_A_CHILD))
    _wait(lambda: not running.is_alive() and _words(folder, "web").strip())
    grandchild = int(_words(folder, "web"))
    assert psutil.Process(grandchild).name() == "sleep"

    supervisor.tend()

    _wait(lambda: not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE)


def test_stop_all_keeps_the_order_and_ends_who_does_not_listen(
    supervisor: Supervisor, folder: DataFolder, told: list[str]
) -> None:
    notes = folder.path / "notes"
    for name in ("database", "web", "listen"):
        supervisor.start(_program(name, _NOTES_ITS_END, str(notes), name))
    deaf = supervisor.start(_program("worker", _DEAF, stop_seconds=0.3))
    _wait(lambda: all("ready" in _words(folder, name) for name in ("database", "web", "listen", "worker")))

    supervisor.stop_all(("listen", "web", "worker", "database"))

    assert notes.read_text().split() == ["listen", "web", "database"]
    assert told == ["worker did not stop in time and is ended."]
    assert not deaf.is_alive()
    assert not (folder.run / STATE_FILE).exists()


def test_record_tells_what_runs(supervisor: Supervisor, folder: DataFolder) -> None:
    running = supervisor.start(_program("worker", _SLEEPS))
    assert running.process is not None

    record = json.loads((folder.run / STATE_FILE).read_text("utf-8"))

    assert record["supervisor"] == os.getpid()
    described = [(one["name"], one["pid"], one["state"], one["restarts"]) for one in record["processes"]]
    assert described == [("worker", running.process.pid, "running", 0)]


def test_end_strays_ends_ours_and_spares_a_stranger_with_the_same_number(folder: DataFolder) -> None:
    ours = subprocess.Popen(["sleep", "60"], start_new_session=True, env={"RESONANZ_DATA": str(folder.path)})
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True, env={"RESONANZ_DATA": "/elsewhere"})
    processes = [{"name": name, "pid": one.pid} for name, one in (("web", ours), ("worker", stranger))]
    (folder.run / STATE_FILE).write_text(json.dumps({"processes": processes}), "utf-8")
    # Popen returns while the kernel still lays out the new program; for a moment its environment cannot be read.
    _wait(lambda: all(psutil.Process(one.pid).environ() for one in (ours, stranger)))

    try:
        assert end_strays(folder) == 1
        ours.wait(5)
        assert not psutil.pid_exists(ours.pid)
        assert stranger.poll() is None
    finally:
        for one in (ours, stranger):
            one.kill()
            one.wait()
