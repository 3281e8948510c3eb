"""`resonanz demo`: the practice network goes on living. Started by `up` in a demonstration."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from resonanz.ops.data_folder import open_data_folder
from resonanz.ops.demo_world.living import live
from resonanz.ops.demo_world.practice import Practice


@click.command(name="demo")
@click.option("--memory-url", required=True, help="Where the practice network answers.")
@click.option(
    "--network-file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file in which the network lives.",
)
@click.option("--data", type=click.Path(path_type=Path, readable=False), help="The data folder.")
@click.option("--speed", type=click.FloatRange(0.1, 1000), default=1.0, show_default=True, help="Divides all pauses.")
def demo(memory_url: str, network_file: Path, data: Path | None, speed: float) -> None:
    """Let strangers go on speaking on the practice network, and react to answers."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    practice = Practice.at(url=memory_url, file=network_file)
    live(practice=practice, folder=open_data_folder(data).path, speed=speed, stopping=stopping)
