"""PostgreSQL processes that an earlier run left behind, and how they end.

Every process of a cluster has the cluster's folder as its working directory: that finds the postmaster as well as
backends whose postmaster was killed, without trusting a pid in a file that another process may have by now.
"""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from resonanz.core import clock

_STEPS = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))


def processes_of(cluster: Path) -> list[psutil.Process]:
    """Every living process whose working directory is `cluster`."""
    found = []
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == "postgres" and process.info["cwd"] == str(cluster):
            found.append(process)
    return found


def postmaster_of(cluster: Path) -> psutil.Process | None:
    """The living postmaster of `cluster`, if there is one."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((cluster / "postmaster.pid").read_text("ascii").split("\n", 1)[0])
        return next((process for process in processes_of(cluster) if process.pid == pid), None)
    return None


def end_leftovers(cluster: Path) -> bool:
    """Stop whatever still runs on `cluster`, cleanly while that works, and remove stale lock files.

    Returns whether there was something to stop. The caller holds the lock of the data folder.
    """
    cluster = cluster.resolve()
    living = processes_of(cluster)
    for with_signal, seconds in _STEPS:
        if not living:
            break
        _send(cluster, living, with_signal)
        deadline = clock.monotonic() + seconds
        while processes_of(cluster) and clock.monotonic() < deadline:
            clock.sleep(0.05)
        if not processes_of(cluster):
            break
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    return bool(living)


def _send(cluster: Path, living: list[psutil.Process], with_signal: signal.Signals) -> None:
    """A postmaster passes the request on to its backends; without one each backend is told itself."""
    postmaster = postmaster_of(cluster)
    for process in living:
        if with_signal is signal.SIGINT and postmaster is not None and process.pid != postmaster.pid:
            continue
        with contextlib.suppress(psutil.NoSuchProcess):
            # A backend alone reads SIGINT as "cancel the query" and SIGTERM as "end".
            alone = postmaster is None and with_signal is signal.SIGINT
            process.send_signal(signal.SIGTERM if alone else with_signal)
