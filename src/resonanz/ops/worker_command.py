"""`resonanz worker`: the jobs of one queue, and what runs by the clock."""

from __future__ import annotations

import click

from resonanz.core import jobs
from resonanz.ops import schedule as schedule  # declares what runs by itself


@click.command()
@click.option("--queue", default=jobs.DEFAULT_QUEUE, show_default=True, help="`default` or `outbox`.")
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True, help="Jobs at the same time.")
def worker(queue: str, concurrency: int) -> None:
    """Run a worker for one queue alone. The outbox has its own, so that no other work delays an answer."""
    jobs.work(queue=queue, concurrency=concurrency)
