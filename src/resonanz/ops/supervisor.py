"""Keeps processes running: starts them, starts again what dies, and stops all of them in order.

Everything happens in one thread, the main one: the kernel ends a child with the *thread* that started it. Each child
leads a session of its own, so Ctrl-C in the terminal reaches us alone, and a whole family of processes can be ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psutil  # type: ignore[import-untyped]

from resonanz.core import clock
from resonanz.ops import logs
from resonanz.ops.child_process import dying_with_us
from resonanz.ops.data_folder import DataFolder

TICK_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 60.0
# Whoever ran this long before dying begins again with the shortest pause.
STEADY_SECONDS = 60.0
DAY_SECONDS = 23 * 3600.0
STATE_FILE = "processes.json"


@dataclass(frozen=True)
class Program:
    """What is to run; `start` gets the descriptor for its output."""

    name: str
    start: Callable[[int], subprocess.Popen[bytes]]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0


def python_program(
    name: str, arguments: Sequence[str], environment: Mapping[str, str], *, stop_seconds: float = 10.0
) -> Program:
    """A command of ours as a program: `python -m resonanz ARGUMENTS`."""

    def start(output: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "resonanz", *arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=dying_with_us(signal.SIGTERM),
        )

    return Program(name, start, stop_seconds=stop_seconds)


@dataclass
class Running:
    """A program and how it fares."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    started_at: str = ""
    failures: int = 0
    restarts: int = 0
    due: float | None = field(default=None)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """The processes of one data folder, in the order they were started."""

    def __init__(self, *, folder: DataFolder, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._running: list[Running] = []
        self._errand: Running | None = None
        self._hurry = False
        self.base_url = ""

    def start(self, program: Program) -> Running:
        """Start `program` and look after it from now on."""
        running = Running(program)
        self._running.append(running)
        self._launch(running)
        return running

    def watch(self, daily: Program) -> None:
        """Look after everything until KeyboardInterrupt, and run `daily` once a day."""
        next_look = 0.0
        while True:
            self.tend()
            if clock.monotonic() > next_look:
                next_look = clock.monotonic() + 10.0
                with contextlib.suppress(OSError):  # a full disk must not end what still runs
                    logs.bound(self._folder.logs)
                    self._run_daily(daily)
            clock.sleep(TICK_SECONDS)

    def _run_daily(self, program: Program) -> None:
        """Start `program` when a day has passed since it last began; a mark in the data folder outlives restarts."""
        mark = self._folder.run / f"{program.name}.began"
        if not mark.exists():
            mark.touch()
        is_due = clock.now().timestamp() - mark.stat().st_mtime > DAY_SECONDS
        if is_due and not (self._errand and self._errand.is_alive()):
            mark.touch()
            self._errand = Running(program)
            self._launch(self._errand)

    def tend(self) -> None:
        """One look: note who died, start again whose pause is over."""
        for running in self._running:
            if running.due is not None and clock.monotonic() >= running.due:
                self._relaunch(running)
            elif running.due is None and not running.is_alive():
                self._note_death(running)

    def stop_all(self, order: Sequence[str]) -> None:
        """Stop everything, those named in `order` first and in that order, then the rest, the newest first.

        A second Ctrl-C kills; PostgreSQL survives that, it recovers at the next start.
        """
        signal.signal(signal.SIGINT, self._kill_now)
        signal.signal(signal.SIGTERM, self._kill_now)
        # A terminal that closes hangs up more than once: by the kernel, and by its shell.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        rank = {name: place for place, name in enumerate(order)}
        newest_first = [*([self._errand] if self._errand else []), *reversed(self._running)]
        for running in sorted(newest_first, key=lambda one: rank.get(one.program.name, len(rank))):
            running.due = None
            if running.is_alive():
                self._stop(running)
        self._running.clear()
        (self._folder.run / STATE_FILE).unlink(missing_ok=True)

    def record(self) -> None:
        """Write down what runs, for `status` and for the start after a crash."""
        state = {
            "supervisor": os.getpid(),
            "base_url": self.base_url,
            "processes": [_described(running) for running in self._running],
        }
        beside = self._folder.run / f"{STATE_FILE}.new"
        with contextlib.suppress(OSError):  # a full disk must not end what still runs
            beside.write_text(json.dumps(state), "utf-8")
            beside.replace(self._folder.run / STATE_FILE)

    def _launch(self, running: Running) -> None:
        output = logs.open_log(self._folder.logs, running.program.name)
        try:
            running.process = running.program.start(output)
        finally:
            os.close(output)
        running.started, running.due = clock.monotonic(), None
        running.started_at = clock.now().isoformat()
        self.record()

    def _relaunch(self, running: Running) -> None:
        running.restarts += 1
        try:
            self._launch(running)
        except Exception as error:  # noqa: BLE001  # whatever hinders one start must not end the other processes
            self._say(f"{running.program.name} cannot be started: {error}")
            self._plan_restart(running)

    def _note_death(self, running: Running) -> None:
        if running.process is not None:
            _end_family(running.process.pid)
            ended = _ending(running.process.returncode)
            self._say(
                f"{running.program.name} {ended}; its words are in {self._folder.logs}/{running.program.name}.log"
            )
        if clock.monotonic() - running.started > STEADY_SECONDS:
            running.failures = 0
        self._plan_restart(running)

    def _plan_restart(self, running: Running) -> None:
        pause = min(LONGEST_PAUSE_SECONDS, 0.5 * 2**running.failures)
        running.failures = min(running.failures + 1, 10)
        running.due = clock.monotonic() + pause
        self._say(f"{running.program.name} starts again in {pause:g} s")
        self.record()

    def _stop(self, running: Running) -> None:
        process = running.process
        if process is None:
            return
        if not self._hurry:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(running.program.stop_signal)
        deadline = clock.monotonic() + running.program.stop_seconds
        while process.poll() is None and clock.monotonic() < deadline and not self._hurry:
            clock.sleep(0.02)
        if process.poll() is None:
            self._say(f"{running.program.name} did not stop in time and is ended.")
        _end_family(process.pid)
        process.wait()

    def _kill_now(self, _signal: int, _frame: object) -> None:
        self._hurry = True


def _described(running: Running) -> dict[str, Any]:
    alive = running.is_alive()
    return {
        "name": running.program.name,
        "pid": running.process.pid if running.process is not None else None,
        "state": "running" if alive else "waiting",
        "started_at": running.started_at,
        "restarts": running.restarts,
    }


def _ending(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _end_family(leader: int) -> None:
    """Kill what is left of a session after its leader, whose number it keeps (web servers have worker processes)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_strays(folder: DataFolder) -> int:
    """End what a killed supervisor left running, by the record it kept; the caller holds the data folder.

    A number in the record may belong to somebody else by now: only processes started with this data folder count.
    """
    try:
        record = json.loads((folder.run / STATE_FILE).read_text("utf-8"))
        leaders = {one["pid"] for one in record["processes"] if one["name"] != "database"}
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    strays = [process for process in psutil.process_iter() if _is_stray(process, leaders, folder)]
    for process in strays:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _gone, stubborn = psutil.wait_procs(strays, timeout=5)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    (folder.run / STATE_FILE).unlink(missing_ok=True)
    return len(strays)


def _is_stray(process: psutil.Process, leaders: set[int], folder: DataFolder) -> bool:
    try:
        if os.getpgid(process.pid) not in leaders or process.pid == os.getpid():
            return False
        return bool(process.environ().get("RESONANZ_DATA") == str(folder.path))
    except (OSError, psutil.Error):
        return False
