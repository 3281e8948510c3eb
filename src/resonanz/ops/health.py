"""`resonanz status`: what runs, how much there is, what is stuck since when."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import psutil  # type: ignore[import-untyped]

from resonanz.core import clock, env
from resonanz.networks.connections.spending import WARNS_AT
from resonanz.networks.metering import Unit
from resonanz.ops import queues_report
from resonanz.ops.supervisor import STATE_FILE


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(as_json: bool) -> None:
    """Show what runs, how many posts, cases and answers there are, and what is stuck since when.

    The exit status is 0 when everything runs and nothing is stuck, else 1.
    """
    report = read_report()
    click.echo(json.dumps(report, indent=2) if as_json else "\n".join(_lines(report)))
    if report["stuck"] or not all(one["state"] == "running" for one in report["processes"]) or not report["running"]:
        raise click.exceptions.Exit(1)


def read_report() -> dict[str, Any]:
    """Everything `status` tells, ready for JSON."""
    state = _state()
    stuck = [
        {"what": one.what, "count": one.count, "since": one.since.isoformat() if one.since else None}
        for one in queues_report.stuck()
    ]
    return {
        "at": clock.now().isoformat(),
        "running": state is not None,
        "address": state["base_url"] if state else None,
        "processes": [_looked_at(one) for one in state["processes"]] if state else [],
        "counts": queues_report.counts(),
        "spending": queues_report.spending(),
        "stuck": stuck,
    }


def running_at() -> str | None:
    """The address of what runs on this data folder; None where nothing does."""
    state = _state()
    return str(state["base_url"]) if state and state.get("base_url") else None


def _state() -> dict[str, Any] | None:
    """What the supervisor wrote, while it lives."""
    file = Path(env.text("RESONANZ_DATA")) / "run" / STATE_FILE
    try:
        state: dict[str, Any] = json.loads(file.read_text("utf-8"))
        os.kill(int(state["supervisor"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    return state


def _looked_at(process: dict[str, Any]) -> dict[str, Any]:
    """The supervisor's word, unless the process died this moment."""
    alive = process["pid"] is not None and psutil.pid_exists(process["pid"])
    return process if alive else process | {"state": "waiting"}


def _lines(report: dict[str, Any]) -> list[str]:
    lines = [f"Resonanz answers at {report['address']}" if report["running"] else "Resonanz does not run."]
    for process in report["processes"]:
        times = f", started again {process['restarts']} times" if process["restarts"] else ""
        lines.append(f"  {process['name']:<10} {process['state']} since {process['started_at'][:19]}{times}")
    for name, count in report["counts"].items():
        told = ", ".join(f"{number} {state}" for state, number in count.items()) if isinstance(count, dict) else count
        lines.append(f"{name:<10} {told or 0}")
    for one in report["spending"]:
        unit = "USD" if one["unit"] == Unit.MICRO_DOLLARS else "units"
        warned = (
            ", nearly used up" if WARNS_AT <= one["percent"] < 100 else ", used up" if one["percent"] >= 100 else ""
        )
        lines.append(f"Spent on {one['channel']}: {one['used']} of {one['budget']} {unit}, {one['percent']} %{warned}")
    if not report["stuck"]:
        lines.append("Nothing is stuck.")
    for one in report["stuck"]:
        since = f" since {_ago(one['since'])}" if one["since"] else ""
        lines.append(f"Stuck: {one['what']} ({one['count']}){since}")
    return lines


def _ago(moment: str) -> str:
    minutes = int((clock.now() - datetime.fromisoformat(moment)).total_seconds() // 60)
    return f"{moment[:19]} ({minutes} min)"
